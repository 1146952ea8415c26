#!/usr/bin/env bash
# The API suite: the OpenAPI documents that the programs print are linted by Redocly and Spectral, are those that the
# web apps are made from, every answer that integration tests get is checked against them, a TypeScript client made
# from them calls the servers, and the examples of docs/api.md run. Ends with "N passed, N failed".
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
rootDir=$(cd "$here/../.." && pwd)
for part in console processes dependencies node nodeTests; do
  . "$rootDir/tools/$part.sh"
done
useNode

export K_BUILD_DIR=${K_BUILD_DIR:-$rootDir/build/release}
temporary=${K_TEST_TMP:-}
[ -n "$temporary" ] || temporary=$(mktemp -d "${TMPDIR:-/tmp}/k-api-XXXXXX")
recording=''
cleanUp() {
  [ -z "$recording" ] || { kill -TERM "$recording" 2>/dev/null && wait "$recording"; }
  stopTests
  find "$temporary" -name '*.process' -type f 2>/dev/null | while read -r pidFile; do stopProcess "$pidFile" 10; done
  rm -rf "$temporary"
}
trap cleanUp EXIT
trap 'exit 143' TERM INT

if [ "$here/package-lock.json" -nt "$here/node_modules/.package-lock.json" ]; then
  (cd "$here" && npm ci) || { echo "the packages of test/api cannot be installed"; exit 1; }
fi

export K_DOCUMENT_DIR=$temporary/documents K_RECORD_DIR=$temporary/answers
mkdir -p "$K_DOCUMENT_DIR" "$K_RECORD_DIR"
for name in public admin; do
  "$K_BUILD_DIR/apps/k-$name" --openapi >"$K_DOCUMENT_DIR/$name.json" || { echo "k-$name --openapi failed"; exit 1; }
done

K_TEST_TMP=$temporary/run "$rootDir/test/integration/run.sh" account adminPayments audit badInput blocks claims device guessing identifiers impersonation keys liveFeed mfa monitoring outage paymentDecisions payments personalData reconciliation recovery refunds refusals revocation security settings superadmin userImport users webhooks >"$temporary/recording.log" 2>&1 &
recording=$! # in the background, so that a signal is heard at once
wait "$recording"
recorded=$?
recording=''
if [ $recorded != 0 ]; then
  tail -n 60 "$temporary/recording.log"
  echo "the integration tests whose answers are looked at fail; see ./k test integration"
fi

export K_RECORDED=$recorded REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true K_TEST_TMP=$temporary/servers
runNodeTests 300 "$temporary/report.tap" "$here"/*Test.mjs
