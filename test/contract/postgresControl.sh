#!/usr/bin/env bash
# postgresControl.sh start|stop: the PostgreSQL that runContract (tools/testSuites.sh) started in K_TEST_TMP.
set -uo pipefail
rootDir=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
for part in console processes cluster; do . "$rootDir/tools/$part.sh"; done
data=$K_TEST_TMP/postgres
case ${1:-} in
  stop) stopPostgres "$data" "$data.process" ;;
  start) startPostgres "$data" "$K_TEST_TMP/sock" "$data.process" "$data.log" fsync=off synchronous_commit=off ;;
  *) exit 64 ;;
esac
