#!/usr/bin/env bash
# The web suite: logic of the apps (vitest), then Chromium on a running installation. Without K_FIRST_ADMIN_PASSWORD a
# private installation is started for it and stopped after. Ends with "N passed, N failed".
#
# Against an installation that runs already, set K_PUBLIC_URL (its gateway), K_DATABASE_URL, K_FIRST_ADMIN_EMAIL,
# K_FIRST_ADMIN_PASSWORD and, once it has a second factor, K_FIRST_ADMIN_TOTP (its secret).
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
rootDir=$(cd "$here/../.." && pwd)
for part in console processes dependencies node installation; do
  . "$rootDir/tools/$part.sh"
done
useNode

chromium=${K_CHROMIUM:-/usr/bin/chromium}
for command in psql "$chromium"; do
  command -v "$command" >/dev/null || { echo "web: $command is not installed" >&2; exit 1; }
done
[ -d "$rootDir/web/node_modules" ] || (cd "$rootDir/web" && npm ci --no-audit --no-fund) || exit 1

temporary=${K_TEST_TMP:-$(mktemp -d)}
mkdir -p "$temporary"
started=''
cleanUp() {
  [ -z "$started" ] || stopInstallation >/dev/null
  [ -n "${K_TEST_TMP:-}" ] || rm -rf "$temporary"
}
trap cleanUp EXIT

passed=0 failed=0
addCounts() { # PASSED FAILED
  passed=$((passed + ${1:-0}))
  failed=$((failed + ${2:-0}))
}

logicReport=$temporary/logic.json
(cd "$rootDir/web" && npm run --silent generate >/dev/null &&
  npx vitest run --reporter=default --reporter=json --outputFile.json="$logicReport") || failed=1
readReport() { node -p "const r = JSON.parse(require('fs').readFileSync(process.argv[1])); r.numPassedTests + ' ' + r.numFailedTests" "$1"; }
[ ! -s "$logicReport" ] || { read -r logicPassed logicFailed < <(readReport "$logicReport"); failed=0; addCounts "$logicPassed" "$logicFailed"; }

if [ -z "${K_FIRST_ADMIN_PASSWORD:-}" ]; then
  [ -e "$rootDir/web/dist/admin/index.html" ] || (cd "$rootDir/web" && npm run build) || exit 1
  started=1
  unset K_PUBLIC_URL K_DATABASE_URL
  # The browser asks more often than a person would; what is limited here is the sign-in, after a few of them.
  startInstallation "$temporary/run" K_RATE_LIMIT_ADMIN=500 K_RATE_LIMIT_SESSION=1000 K_RATE_LIMIT_LOGIN=12 || { echo "$passed passed, $((failed + 1)) failed"; exit 1; }
  K_FIRST_ADMIN_EMAIL=$(sed -n 's/^email: //p' "$K_RUN_DIR/firstAdmin.txt")
  K_FIRST_ADMIN_PASSWORD=$(sed -n 's/^password: //p' "$K_RUN_DIR/firstAdmin.txt")
fi
export K_PUBLIC_URL K_DATABASE_URL K_FIRST_ADMIN_EMAIL K_FIRST_ADMIN_PASSWORD K_CHROMIUM=$chromium

report=$temporary/browser.tap
timeout -k 10 600 node --test --test-reporter=spec --test-reporter-destination=stdout \
  --test-reporter=tap --test-reporter-destination="$report" "$here/browserTest.mjs"
status=$?
browserFailed=$(($(sed -n 's/^# fail //p' "$report") + $(sed -n 's/^# cancelled //p' "$report")))
[ $status = 0 ] || [ "$browserFailed" != 0 ] || browserFailed=1
addCounts "$(sed -n 's/^# pass //p' "$report")" "$browserFailed"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
