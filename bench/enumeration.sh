#!/bin/bash
# ./k bench enumeration: whether login, register and forgot tell a known account from an unknown one by their time.
# Asked of k-public's own socket one after the other, known and unknown in random order. The ladder and the limits are
# on, but so wide, and the tries spread over so many identifiers, that they refuse nothing.
# Environment: K_BENCH_TRIES (2000) of each kind.
set -u
rootDir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
here=$rootDir/bench
. "$rootDir/tools/console.sh"
. "$rootDir/tools/processes.sh"
. "$rootDir/tools/installation.sh"

tries=${K_BENCH_TRIES:-2000}
work=$(mktemp -d /tmp/k-bench-XXXXXX) || exit 1
installed=

cleanUp() {
  local status=$?
  trap - EXIT INT TERM
  [ -z "$installed" ] || stopInstallation --wipe >/dev/null 2>&1
  rm -rf "$work"
  exit $status
}
trap cleanUp EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

for command in node psql; do
  command -v $command >/dev/null || die "the benchmark needs $command: run tools/setup.sh"
done
build=${K_BUILD_DIR:-$rootDir/build/release}
[ -x "$build/apps/k-public" ] || die "$build/apps/k-public is not built: ./k build first"

stepBegin "installation"
startInstallation "$work/installation" K_RATE_LIMITS=on K_LIMIT_REGISTER_ADDRESS=1000/1 K_LIMIT_MAIL_ACCOUNT=1000/1 \
  K_LIMIT_MAIL_ADDRESS=1000/1 >"$work/up.log" 2>&1 ||
  { stepFail "./k up failed" "$work/up.log" "./k up shows the same by itself"; exit 1; }
installed=1
stepEnd

read -r load _ </proc/loadavg
node "$here/enumeration.mjs" "$rootDir" "$K_SOCKET_DIR/public.http.sock" "$K_DATABASE_URL" "$tries" "$load"
