#!/usr/bin/env bash
# The tests of the simulator: node only. Arguments: names of test files without "Test.mjs", default all. Ends with "N passed, N failed".
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
rootDir=$(cd "$here/../.." && pwd)
. "$rootDir/tools/nodeTests.sh"
command -v node >/dev/null || { echo "briSimulator: node is not installed" >&2; exit 1; }

export TMPDIR
TMPDIR=$(mktemp -d "${K_TEST_TMP:-/tmp}/bri-suite-XXXXXX") || exit 1
cleanUp() {
  stopTests
  rm -rf "$TMPDIR"
}
trap cleanUp EXIT
trap 'exit 143' TERM INT

files=()
for name in "$@"; do files+=("$here/${name}Test.mjs"); done
[ ${#files[@]} -gt 0 ] || files=("$here"/*Test.mjs)
runNodeTests 240 "$TMPDIR/report.tap" "${files[@]}"
