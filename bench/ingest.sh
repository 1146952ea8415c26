#!/bin/bash
# ./k bench ingest: a log of two million lines, from the file to committed rows and rollups by k-admin, against GoAccess on
# the same file and against parsing and COPY alone into the same indexes. Then: memory, rubbish among the lines, dashboards
# loading meanwhile, and the time from writing a line to seeing it. Rounds alternate.
# Environment: K_BENCH_LINES (2000000), K_BENCH_ROUNDS (3), K_BENCH_SECONDS (20) of the last part.
set -u
rootDir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
for part in console processes aptPackages dependencies node; do
  . "$rootDir/tools/$part.sh"
done
useNode

work=$(mktemp -d "${TMPDIR:-/tmp}/k-bench-XXXXXX") || exit 1
running=
cleanUp() {
  local status=$? pidFile
  trap - EXIT INT TERM
  [ -z "$running" ] || { kill -TERM "$running" 2>/dev/null && wait "$running"; }
  find "$work" -name '*.process' -type f 2>/dev/null | while read -r pidFile; do stopProcess "$pidFile" 10; done
  rm -rf "$work"
  exit $status
}
trap cleanUp EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

if ! command -v goaccess >/dev/null; then
  stepBegin "GoAccess"
  installAptPackages "$work/apt.log" goaccess ||
    { stepFail "goaccess could not be installed" "$work/apt.log" "run as root: apt-get install goaccess"; exit 1; }
  stepEnd
fi
K_TEST_TMP=$work K_BENCH_WORK=$work node "$rootDir/bench/ingest/measure.mjs" &
running=$! # in the background, so that a signal is heard at once
wait "$running"
status=$?
running=
exit $status
