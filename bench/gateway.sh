#!/bin/bash
# ./k bench gateway: health and a session's GET through the full gateway, against the same gateway before a backend
# that costs nothing and against Fastify with Redis under the same gateway. Rounds alternate, so that whatever else the
# machine does meets all sides alike. Limits are off: one client makes all the load.
# Environment: K_BENCH_SECONDS (5) a run, K_BENCH_ROUNDS (3), K_BENCH_CONNECTIONS (32).
set -u
. "$(dirname "${BASH_SOURCE[0]}")/ownInstallation.sh"

seconds=${K_BENCH_SECONDS:-5} rounds=${K_BENCH_ROUNDS:-3} connections=${K_BENCH_CONNECTIONS:-32}
declare -A gatewayPort=() gatewayProcess=() backendProcess=()
needCommands nginx wrk node npm curl

installPeers() {
  [ -d "$here/peers/node_modules/fastify" ] || (cd "$here/peers" && npm ci) >"$work/npm.log" 2>&1
}

# A signed-in user of the installation: prints the access token.
signIn() {
  local email=bench@example.test password='correct horse battery staple' token answer
  answer=$(post /api/auth/register "{\"email\":\"$email\",\"password\":\"$password\",\"display_name\":\"Bench\"}") || return 1
  for _ in {1..100}; do
    token=$(verificationToken "$email")
    [ -z "$token" ] || break
    sleep 0.1
  done
  post /api/auth/verify-email "{\"token\":\"$token\"}" >/dev/null || return 1
  answer=$(post /api/auth/login "{\"identifier\":\"$email\",\"password\":\"$password\"}") || return 1
  grep -oE '"access_token" *: *"[^"]+"' <<<"$answer" | cut -d'"' -f4
}

post() { # PATH BODY
  curl -fsS -m 10 -H 'Content-Type: application/json' -d "$2" "http://127.0.0.1:$K_GATEWAY_PORT$1"
}

verificationToken() { # EMAIL: from the mails of the development mailbox
  grep -rlF "$1" "$K_MAIL_DIR" 2>/dev/null | xargs -r grep -ohE 'token=[A-Za-z0-9_.-]+' | head -n 1 | cut -d= -f2
}

# startGatewayFor NAME: the same gateway before another backend, whose sockets are in $work/NAME/sock.
startGatewayFor() {
  local port directory=$work/$1
  port=$(freePort) || return 1
  mkdir -p "$directory/logs"
  K_RUN_DIR=$directory K_SOCKET_DIR=$directory/sock K_LOG_DIR=$directory/logs K_GATEWAY_PORT=$port \
    "$rootDir/nginx/render.sh" "$directory/nginx" || return 1
  startProcess "$work/$1Gateway.process" "$directory/gateway.log" nginx -p "$directory/nginx" \
    -c "$directory/nginx/nginx.conf" -e "$directory/logs/nginx.log" -g 'daemon off;'
  waitUntil 10 "$work/$1Gateway.process" curl -fs -m 2 -o /dev/null "http://127.0.0.1:$port/api/auth/health" || return 1
  gatewayPort[$1]=$port gatewayProcess[$1]=$work/$1Gateway.process backendProcess[$1]=$work/$1.process
}

startFree() { # BODY
  local text
  mkdir -p "$work/free/sock"
  text=$(cat "$here/freeBackend.conf.template")
  text=${text//@DIRECTORY@/$work/free}
  printf '%s\n' "${text//@BODY@/${1//\'/}}" >"$work/free/backend.conf"
  startProcess "$work/free.process" "$work/free/backend.log" nginx -p "$work/free" -c "$work/free/backend.conf" \
    -e "$work/free/nginx.log" -g 'daemon off;'
  waitUntil 5 "$work/free.process" test -S "$work/free/sock/public.http.sock" && startGatewayFor free
}

startFastify() { # TOKEN BODY: the session that the token stands for
  mkdir -p "$work/fastify/sock"
  startRedis "$work/redis" "$work/redis.sock" "$work/redis.process" "$work/redis.log" || return 1
  redis-cli -s "$work/redis.sock" set "bench:session:$(printf %s "$1" | sha256sum | cut -d' ' -f1)" \
    "{\"user\":$2}" >/dev/null || return 1
  startProcess "$work/fastify.process" "$work/fastify/fastify.log" env PEER_SOCKET="$work/fastify/sock/public.http.sock" \
    PEER_REDIS_URL="$work/redis.sock" PEER_WORKERS=2 NODE_ENV=production node "$here/peers/fastifySession.mjs"
  waitUntil 15 "$work/fastify.process" curl -fs -m 2 -o /dev/null --unix-socket "$work/fastify/sock/public.http.sock" \
    http://localhost/api/auth/health && startGatewayFor fastify
}

# Processor time in clock ticks that a started process and all of its session have used.
ticksOf() { # PIDFILE
  local leader
  read -r leader _ <"$1" || return 1
  cat /proc/[0-9]*/stat 2>/dev/null | awk -v leader="$leader" '
    { sub(/.*\) /, ""); if ($4 == leader) ticks += $12 + $13 } END { print ticks + 0 }'
}

# measure SIDE ROUTE PATH [wrk options]: keeps wrk's own words, which report.mjs reads, and the processor time.
measure() {
  local side=$1 route=$2 path=$3 text gateway backend
  shift 3
  gateway=$(ticksOf "${gatewayProcess[$side]}") backend=$(ticksOf "${backendProcess[$side]}")
  text=$(wrk -t1 -c"$connections" -d"${seconds}s" --latency "$@" "http://127.0.0.1:${gatewayPort[$side]}$path" 2>&1)
  gateway=$(($(ticksOf "${gatewayProcess[$side]}") - gateway)) backend=$(($(ticksOf "${backendProcess[$side]}") - backend))
  printf '@@ %s %s %s %s %s\n%s\n' "$side" "$route" "$gateway" "$backend" "$(getconf CLK_TCK)" "$text" >>"$work/runs.txt"
}

beginInstallation K_RATE_LIMITS=off
gatewayPort[ours]=$K_GATEWAY_PORT gatewayProcess[ours]=$pidDir/nginx.process backendProcess[ours]=$pidDir/k-public.process
stepBegin "signed-in user"
token=$(signIn)
[ -n "$token" ] || { stepFail "no user could be signed in" "$K_LOG_DIR/k-public.log"; exit 1; }
user=$(curl -fsS -m 10 -H "Authorization: Bearer $token" "http://127.0.0.1:$K_GATEWAY_PORT/api/auth/me") || exit 1
stepEnd
stepBegin "peers"
installPeers || { stepFail "npm ci failed" "$work/npm.log"; exit 1; }
startFree "$user" || { stepFail "the free backend did not start" "$work/free/backend.log"; exit 1; }
startFastify "$token" "$user" || { stepFail "Fastify did not start" "$work/fastify/fastify.log"; exit 1; }
stepEnd

bearer=(-H "Authorization: Bearer $token")
for side in ours free fastify; do
  wrk -t1 -c"$connections" -d2s "${bearer[@]}" "http://127.0.0.1:${gatewayPort[$side]}/api/auth/me" >/dev/null 2>&1
done
for ((round = 1; round <= rounds; ++round)); do
  stepBegin "round $round of $rounds"
  for side in ours free fastify; do measure $side health /api/auth/health; done
  for side in ours free fastify; do measure $side session /api/auth/me "${bearer[@]}"; done
  stepEnd
done

node "$here/report.mjs" gateway "$work/runs.txt" "$rootDir" "$seconds" "$rounds" "$connections" "$K_BENCH_LOAD"
