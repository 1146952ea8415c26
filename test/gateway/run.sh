#!/bin/bash
# The gateway suite: real nginx and Redis on free ports, real HTTP backends on Unix sockets. Arguments: names of test
# files without ending, default all. Ends with "N passed, N failed".
set -u
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

for command in nginx redis-server redis-cli node openssl; do
  command -v $command >/dev/null || { echo "gateway: $command is not installed" >&2; exit 1; }
done

files=()
for name in "$@"; do files+=("$name.mjs"); done
[ ${#files[@]} -gt 0 ] || files=(*Test.mjs)

# Short, for Unix sockets' names are. Whatever a test that was cut off left running has its pid file in there.
export TMPDIR
TMPDIR=$(mktemp -d /tmp/ks-gw-XXXXXX) || exit 1
report=$TMPDIR/report
cleanUp() {
  local file
  for file in "$TMPDIR"/*/pids/*.pid; do
    [ ! -s "$file" ] || kill "$(cat "$file")" 2>/dev/null
  done
  rm -rf "$TMPDIR"
}
trap cleanUp EXIT
# Most of the time is waiting for time limits to run out: more files at once than cores.
timeout -k 5 180 node --test --test-reporter=spec --test-reporter-destination=stdout \
  --test-reporter=tap --test-reporter-destination="$report" --test-concurrency=6 "${files[@]}"
status=$?
passed=$(sed -n 's/^# pass //p' "$report")
failed=$(sed -n 's/^# fail //p' "$report")
cancelled=$(sed -n 's/^# cancelled //p' "$report")
if [ $status != 0 ] && [ "$((${failed:-0} + ${cancelled:-0}))" = 0 ]; then
  failed=1
fi
echo "${passed:-0} passed, $((${failed:-0} + ${cancelled:-0})) failed"
exit $status
