#!/bin/bash
# ./k bench httpServer: our event loop and cpp-httplib behind the same HttpServer header, the same handler and the same nginx over
# Unix sockets, beside a backend that costs nothing. Rounds alternate. "quick": what our loop answers on its own thread;
# "worker": what it hands to a worker, as httplib always does.
# Environment: K_BENCH_SECONDS (5) a run, K_BENCH_ROUNDS (3), K_BENCH_CONNECTIONS (32).
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
rootDir=$(cd "$here/.." && pwd)
. "$rootDir/tools/console.sh"
for part in processes dependencies; do . "$rootDir/tools/$part.sh"; done
K_BUILD_DIR=${K_BUILD_DIR:-$rootDir/build/release}

seconds=${K_BENCH_SECONDS:-5} rounds=${K_BENCH_ROUNDS:-3} connections=${K_BENCH_CONNECTIONS:-32}
read -r load _ </proc/loadavg
work=$(mktemp -d /tmp/k-bench-http-XXXXXX) || exit 1
cleanUp() {
  for name in nginx loop httplib; do stopProcess "$work/$name.process" 5; done
  rm -rf "$work"
}
trap cleanUp EXIT
trap 'exit 143' TERM INT

ticksOf() { # SIDE: processor time of its process in clock ticks; none for the free backend, which is nginx itself
  local pid
  [ "$1" != free ] || { echo 0 && return; }
  read -r pid _ <"$work/$1.process"
  sed 's/.*) //' "/proc/$pid/stat" | awk '{ print $12 + $13 }'
}

port=$(freePort) || exit 1
config=$(cat "$here/httpServer/nginx.conf.template")
config=${config//@DIRECTORY@/$work}
config=${config//@PORT@/$port}
user=
[ "$(id -u)" != 0 ] || user="user root $(id -gn);" # else nginx cannot reach the folder
printf '%s\n' "${config//@USER@/$user}" >"$work/nginx.conf"
for side in loop httplib; do
  startProcess "$work/$side.process" "$work/$side.log" "$K_BUILD_DIR/bench/httpBenchServer" "$side" "$work/$side.sock"
  waitUntil 5 "$work/$side.process" test -S "$work/$side.sock" || { cat "$work/$side.log" && exit 1; }
done
startProcess "$work/nginx.process" "$work/nginx.log" nginx -p "$work" -c "$work/nginx.conf" -e "$work/nginx.log" -g 'daemon off;'
for side in loop httplib free; do
  waitUntil 5 "$work/nginx.process" curl -fs -m 2 -o /dev/null "http://127.0.0.1:$port/$side/quick" || { cat "$work/nginx.log" && exit 1; }
done

for ((round = 1; round <= rounds; ++round)); do
  stepBegin "round $round of $rounds"
  for route in quick worker; do
    for side in loop httplib free; do
      begin=$(ticksOf "$side")
      text=$(wrk -t1 -c"$connections" -d"${seconds}s" --latency "http://127.0.0.1:$port/$side/$route" 2>&1)
      printf '@@ %s %s 0 %s %s\n%s\n' "$side" "$route" "$(($(ticksOf "$side") - begin))" "$(getconf CLK_TCK)" "$text" >>"$work/runs.txt"
    done
  done
  stepEnd
done
node "$here/httpServerReport.mjs" "$work/runs.txt" "$rootDir" "$seconds" "$rounds" "$connections" "$load"
