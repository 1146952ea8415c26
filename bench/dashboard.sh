#!/bin/bash
# ./k bench dashboard: the dashboard's figures and charts over seven days of requests, asked of k-admin, against the SQL
# over raw rows that gives the same answer; and how far the estimates (p95, unique addresses) are from the exact ones.
# Environment: K_BENCH_ROWS (10000000) requests, K_BENCH_ROUNDS (100) questions to k-admin for each figure,
# K_BENCH_SQL_LIMIT (45) seconds that one statement over raw rows may take.
set -u
rootDir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
here=$rootDir/bench
. "$rootDir/tools/console.sh"
. "$rootDir/tools/processes.sh"
. "$rootDir/tools/installation.sh"

rows=${K_BENCH_ROWS:-10000000} rounds=${K_BENCH_ROUNDS:-100} days=7
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

for command in nginx node psql curl; do
  command -v $command >/dev/null || die "the benchmark needs $command: run tools/setup.sh"
done

# The first administrator: prints the tokens.
signIn() {
  local email password
  email=$(sed -n 's/^email: //p' "$K_RUN_DIR/firstAdmin.txt") password=$(sed -n 's/^password: //p' "$K_RUN_DIR/firstAdmin.txt")
  node "$here/adminToken.mjs" "http://127.0.0.1:$K_GATEWAY_PORT" "$email" "$password"
}

stepBegin "installation"
startInstallation "$work/installation" K_RATE_LIMITS=off >"$work/up.log" 2>&1 ||
  { stepFail "./k up failed" "$work/up.log" "./k up shows the same by itself"; exit 1; }
installed=1
stepEnd
stepBegin "$rows requests of $days days, with their rollups"
began=$(date +%s%N)
"$K_BUILD_DIR/bench/dashboardFill" "$K_DATABASE_URL" "$rows" "$days" 2>"$work/fill.log" ||
  { stepFail "the requests could not be stored" "$work/fill.log"; exit 1; }
fillMs=$((($(date +%s%N) - began) / 1000000))
# What autovacuum does within the first minutes.
psql -XAtqd "$K_DATABASE_URL" -c 'VACUUM ANALYZE' >"$work/vacuum.log" 2>&1 || { stepFail "VACUUM failed" "$work/vacuum.log"; exit 1; }
stepEnd
stepBegin "signed-in administrator"
tokens=$(signIn)
[ -n "$tokens" ] || { stepFail "the administrator could not sign in" "$K_LOG_DIR/k-public.log"; exit 1; }
stepEnd

node "$here/dashboardReport.mjs" "$rootDir" "$K_DATABASE_URL" "$K_ADMIN_PORT" "$rows" "$rounds" "$K_BENCH_LOAD" "$fillMs" 3<<<"$tokens"
