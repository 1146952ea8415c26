#!/bin/bash
# ./k bench [NAME...]: the named benchmarks, default all. Each starts what it needs on free ports.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
all=(gateway ingest dashboard)

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
failed=0
for name in "${names[@]}"; do
  "$here/$name.sh" || failed=1
done
exit $failed
