#!/bin/bash
# ./k bench dashboard: the dashboard's figures and charts over seven days of requests, asked of k-admin, against the SQL
# over raw rows that gives the same answer; and how far the estimates (p95, unique addresses) are from the exact ones.
# Environment: K_BENCH_ROWS (10000000) requests, K_BENCH_ROUNDS (100) questions to k-admin for each figure,
# K_BENCH_SQL_LIMIT (45) seconds that one statement over raw rows may take.
set -u
. "$(dirname "${BASH_SOURCE[0]}")/ownInstallation.sh"

rows=${K_BENCH_ROWS:-10000000} rounds=${K_BENCH_ROUNDS:-100} days=7
needCommands nginx node psql curl
beginInstallation K_RATE_LIMITS=off
stepBegin "$rows requests of $days days, with their rollups"
began=$(date +%s%N)
"$K_BUILD_DIR/bench/dashboardFill" "$K_DATABASE_OWNER_URL" "$rows" "$days" 2>"$work/fill.log" ||
  { stepFail "the requests could not be stored" "$work/fill.log"; exit 1; }
fillMs=$((($(date +%s%N) - began) / 1000000))
# What autovacuum does within the first minutes.
psql -XAtqd "$K_DATABASE_OWNER_URL" -c 'VACUUM ANALYZE' >"$work/vacuum.log" 2>&1 || { stepFail "VACUUM failed" "$work/vacuum.log"; exit 1; }
stepEnd
signInAdministrator

node "$here/dashboardReport.mjs" "$rootDir" "$K_DATABASE_OWNER_URL" "$K_ADMIN_PORT" "$rows" "$rounds" "$K_BENCH_LOAD" "$fillMs" 3<<<"$tokens"
