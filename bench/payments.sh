#!/bin/bash
# ./k bench payments: payments created, and notices of the bank booked, by k-public and by Fastify with pg on the same PostgreSQL with durable
# commits; afterwards both books must agree with what was answered. The bank is test/briSimulator.
# Environment: K_BENCH_PAYMENTS (6000) requests a run, K_BENCH_ROUNDS (3), K_BENCH_CONNECTIONS (32), K_BENCH_LIMIT_S (120) seconds a run may take.
set -u
. "$(dirname "${BASH_SOURCE[0]}")/ownInstallation.sh"

needCommands nginx node npm psql curl
K_BENCH_LOAD=${K_BENCH_LOAD:-$(cut -d' ' -f1 /proc/loadavg)}
# A call to the bank lives longer than a run with a silent bank. PostgreSQL is reached as in production.
beginInstallation K_RATE_LIMITS=off K_PAYMENT_WAIT_MS=0 K_BRI_TIMEOUT_MS=30000 K_DATABASE_POOL_SIZE=20
[ -n "$bankSimulator" ] || die "the benchmark needs the simulated bank: K_BRI_URL must not be set"
stepBegin "machine's key and peer"
BENCH_KEY=$("${programWords[@]}" "$buildDir/apps/kctl" key create bench --kind service --scopes payments:read,payments:write --json 2>"$work/key.log" |
  sed -nE 's/.*"key" *: *"([^"]+)".*/\1/p')
[ -n "$BENCH_KEY" ] || { stepFail "no key could be made" "$work/key.log"; exit 1; }
export BENCH_KEY
[ -d "$here/peers/node_modules/pg" ] || (cd "$here/peers" && npm ci) >"$work/npm.log" 2>&1 || { stepFail "npm ci failed" "$work/npm.log"; exit 1; }
stepEnd

# In the background, so that a signal is heard at once; cleanUp ends what has a pid file.
node "$here/payments/measure.mjs" "$rootDir" "$work" "$K_BENCH_LOAD" &
printf '%s %s\n' $! "$(processStartTime $!)" >"$work/measure.process"
wait $!
