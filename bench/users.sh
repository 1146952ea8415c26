#!/bin/bash
# ./k bench users: searching a million accounts, asked of k-admin: by the beginning and the middle of addresses, by names, by filters, and
# deep pages. Environment: K_BENCH_USERS (1000000) accounts, K_BENCH_ROUNDS (40) questions of each kind.
set -u
rootDir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
here=$rootDir/bench
. "$rootDir/tools/console.sh"
. "$rootDir/tools/processes.sh"
. "$rootDir/tools/installation.sh"

users=${K_BENCH_USERS:-1000000} rounds=${K_BENCH_ROUNDS:-40}
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

# The first administrator's tokens, as JSON; a new password and a second factor are set up first.
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
stepBegin "$users accounts"
began=$(date +%s%N)
psql -XAtqd "$K_DATABASE_URL" -v ON_ERROR_STOP=1 -v n="$users" -f "$here/usersFill.sql" >"$work/fill.log" 2>&1 ||
  { stepFail "the accounts could not be made" "$work/fill.log"; exit 1; }
fillMs=$((($(date +%s%N) - began) / 1000000))
stepEnd
stepBegin "signed-in administrator"
tokens=$(signIn 2>"$work/signIn.log")
[ -n "$tokens" ] || { stepFail "the administrator could not sign in" "$work/signIn.log"; exit 1; }
stepEnd

node "$here/usersReport.mjs" "$rootDir" "$K_DATABASE_URL" "$K_ADMIN_PORT" "$users" "$rounds" "$K_BENCH_LOAD" "$fillMs" 3<<<"$tokens"
