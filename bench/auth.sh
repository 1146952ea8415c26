#!/bin/bash
# ./k bench auth: sign-ins against bare Argon2id on all cores; refresh, introspection and session GET against Fastify with
# Redis and better-auth with PostgreSQL; memory of the idle processes. Every side is asked on its own loopback port, in
# alternating rounds. Environment: K_BENCH_SECONDS (4) a run, K_BENCH_ROUNDS (3).
set -u
rootDir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
here=$rootDir/bench
. "$rootDir/tools/console.sh"
. "$rootDir/tools/processes.sh"
. "$rootDir/tools/cluster.sh"

for command in wrk node npm psql redis-cli; do
  command -v $command >/dev/null || die "the benchmark needs $command: run tools/setup.sh"
done
export K_BUILD_DIR=${K_BUILD_DIR:-$rootDir/build/release}
[ -x "$K_BUILD_DIR/apps/k-public" ] || die "$K_BUILD_DIR/apps/k-public is not built: ./k build first"
K_TEST_TMP=$(mktemp -d /tmp/k-bench-XXXXXX) || exit 1
export K_TEST_TMP

running=''
cleanUp() {
  local status=$? pidFile
  trap - EXIT INT TERM
  [ -z "$running" ] || { kill -TERM "$running" 2>/dev/null && wait "$running"; }
  while read -r pidFile; do stopProcess "$pidFile" 10; done < <(find "$K_TEST_TMP" -name '*.process' -type f 2>/dev/null)
  rm -rf "$K_TEST_TMP"
  exit $status
}
trap cleanUp EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

stepBegin "programs and peers"
{ ninja -C "$K_BUILD_DIR" -j1 bareArgon && { [ -d "$here/peers/node_modules/better-auth" ] || (cd "$here/peers" && npm ci); }; } \
  >"$K_TEST_TMP/setup.log" 2>&1 || { stepFail "bareArgon or the peers" "$K_TEST_TMP/setup.log"; exit 1; }
startRedis "$K_TEST_TMP/redis" "$K_TEST_TMP/redis.sock" "$K_TEST_TMP/redis.process" "$K_TEST_TMP/redis.log" ||
  { stepFail "the peers' Redis" "$K_TEST_TMP/redis.log"; exit 1; }
stepEnd
read -r load _ </proc/loadavg
node "$here/auth/measure.mjs" "$rootDir" "$load" "${K_BENCH_SECONDS:-4}" "${K_BENCH_ROUNDS:-3}" &
running=$!
wait "$running"
status=$?
running=''
exit $status
