#!/bin/bash
# ./k bench [NAME...]: builds the programs, then runs the named benchmarks, default all. Each starts what it needs on free ports.
set -u
rootDir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
here=$rootDir/bench
. "$rootDir/tools/console.sh"
for part in processes dependencies build; do . "$rootDir/tools/$part.sh"; done
all=(gateway ingest dashboard enumeration auth users httpServer payments)

names=("$@")
[ ${#names[@]} -gt 0 ] || names=("${all[@]}")
for name in "${names[@]}"; do
  if [[ " ${all[*]} " != *" $name "* ]]; then
    echo "./k bench knows: ${all[*]}; not $name" >&2
    exit 64
  fi
done

# The caller's installation is not what is measured.
for variable in $(compgen -e K_); do
  [[ $variable == K_BUILD_DIR || $variable == K_BENCH_* ]] || unset "$variable"
done
# What is measured is the source as it is now, never a program left over from before.
export K_BUILD_DIR=${K_BUILD_DIR:-$rootDir/build/release}
read -r K_BENCH_LOAD _ </proc/loadavg
export K_BENCH_LOAD
buildLog=$(mktemp /tmp/k-bench-build-XXXXXX) || exit 1
stepBegin "programs"
buildCpp release "$K_BUILD_DIR" "$buildLog" k-public k-admin kctl generateLog bareIngest dashboardFill httpBenchServer replayRequests ||
  { stepFail "the programs do not build" "$buildLog"; exit 1; }
rm -f "$buildLog"
stepEnd

failed=0
for name in "${names[@]}"; do
  "$here/$name.sh" || failed=1
done
exit $failed
