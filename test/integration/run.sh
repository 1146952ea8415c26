#!/usr/bin/env bash
# The integration suite: real PostgreSQL, Redis, nginx and both servers, each test file with an installation of its
# own. Arguments: names of test files without "Test.mjs", default all. Ends with "N passed, N failed".
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
rootDir=$(cd "$here/../.." && pwd)
for part in console processes dependencies node nodeTests; do
  . "$rootDir/tools/$part.sh"
done
useNode

export K_BUILD_DIR=${K_BUILD_DIR:-$rootDir/build/release}
for program in k-public k-admin kctl; do
  [ -x "$K_BUILD_DIR/apps/$program" ] || { complain "$K_BUILD_DIR/apps/$program is not built"; exit 1; }
done
if [ "$here/package-lock.json" -nt "$here/node_modules/.package-lock.json" ]; then
  (cd "$here" && npm ci) || { echo "the packages of test/integration cannot be installed"; exit 1; }
fi
temporary=${K_TEST_TMP:-}
[ -n "$temporary" ] || temporary=$(mktemp -d "${TMPDIR:-/tmp}/k-integration-XXXXXX")
export K_TEST_TMP=$temporary
mkdir -p "$temporary"

cleanUp() { # a test that was cut off leaves its processes' pid files behind
  local pidFile
  stopTests
  find "$temporary" -name '*.process' -type f 2>/dev/null | while read -r pidFile; do stopProcess "$pidFile" 10; done
  rm -rf "$temporary"
}
trap cleanUp EXIT
trap 'exit 143' TERM INT

files=()
for name in "$@"; do files+=("$here/${name}Test.mjs"); done
[ ${#files[@]} -gt 0 ] || files=("$here"/*Test.mjs)
runNodeTests 1100 "$temporary/report.tap" "${files[@]}"
