#!/usr/bin/env bash
# The torture suite: the collector as a real process against files that rotate, are cut, and lie, and against a real
# PostgreSQL that dies. Every scenario ends with: lines written = rows = rollup totals, each line once.
#   run.sh [--seed N] [NAME...]: named scenarios, then random programs. --seed N: that one random program only.
# Environment: K_TORTURE_SEEDS (6) random programs, K_TORTURE_SECONDS (60) after which no further one begins,
# K_TORTURE_FIRST (from the clock) the first one's seed. Ends with "N passed, N failed".
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
rootDir=$(cd "$here/../.." && pwd)
for part in console processes cluster dependencies node nodeTests; do
  . "$rootDir/tools/$part.sh"
done
useNode

export K_BUILD_DIR=${K_BUILD_DIR:-$rootDir/build/dev}
[ -x "$K_BUILD_DIR/test/collectorProcess" ] || { complain "$K_BUILD_DIR/test/collectorProcess is not built"; exit 1; }
files=()
while [ $# -gt 0 ]; do
  if [ "$1" = --seed ]; then
    export K_TORTURE_FIRST=${2:?--seed needs a number} K_TORTURE_SEEDS=1
    files=("$here/randomTest.mjs")
    shift
  else
    files+=("$here/${1}Test.mjs")
  fi
  shift
done
[ ${#files[@]} -gt 0 ] || files=("$here"/*Test.mjs)

temporary=${K_TEST_TMP:-}
[ -n "$temporary" ] || temporary=$(mktemp -d "${TMPDIR:-/tmp}/k-torture-XXXXXX")
export K_TEST_TMP=$temporary K_TORTURE_SOCKETS=$temporary/sock
cleanUp() {
  stopTests
  stopPostgres "$temporary/postgres" "$temporary/postgres.process"
  rm -rf "$temporary"
}
trap cleanUp EXIT
trap 'exit 143' TERM INT

startPostgres "$temporary/postgres" "$temporary/sock" "$temporary/postgres.process" "$temporary/postgres.log" \
  fsync=off full_page_writes=off max_connections=300 || { tail "$temporary/postgres.log" && exit 1; }
createdb -h "$temporary/sock" -U k torture_template &&
  "$K_BUILD_DIR/test/collectorProcess" migrate "postgresql:///torture_template?host=$temporary/sock&user=k" || exit 1

runNodeTests 1100 "$temporary/report.tap" "${files[@]}"
