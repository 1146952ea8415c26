#!/bin/bash
# ./k bench users: searching a million accounts, asked of k-admin: by the beginning and the middle of addresses, by names, by filters, and
# deep pages. Environment: K_BENCH_USERS (1000000) accounts, K_BENCH_ROUNDS (40) questions of each kind.
set -u
. "$(dirname "${BASH_SOURCE[0]}")/ownInstallation.sh"

users=${K_BENCH_USERS:-1000000} rounds=${K_BENCH_ROUNDS:-40}
needCommands nginx node psql curl
beginInstallation K_RATE_LIMITS=off
stepBegin "$users accounts"
began=$(date +%s%N)
psql -XAtqd "$K_DATABASE_OWNER_URL" -v ON_ERROR_STOP=1 -v n="$users" -f "$here/usersFill.sql" >"$work/fill.log" 2>&1 ||
  { stepFail "the accounts could not be made" "$work/fill.log"; exit 1; }
fillMs=$((($(date +%s%N) - began) / 1000000))
stepEnd
signInAdministrator

node "$here/usersReport.mjs" "$rootDir" "$K_DATABASE_OWNER_URL" "$K_ADMIN_PORT" "$users" "$rounds" "$K_BENCH_LOAD" "$fillMs" 3<<<"$tokens"
