# The installation's processes: what each is, how it starts, when it must be started anew.
# Needs console.sh, processes.sh, cluster.sh, settings.sh. Sourced.

serviceNames=(postgres redis bank-simulator k-admin k-public nginx) # in the order of their start
startedNow=()

serviceAlive() { processPid "$pidDir/$1.process" >/dev/null; }

programFingerprint() { # PROGRAM: changes with the binary and with any setting
  {
    stat -L -c '%n %Y %s' "$1"
    env | grep '^K_' | sort
    [ -z "${K_CRYPTO_MASTER_KEYS_FILE:-}" ] || sha256sum "$K_CRYPTO_MASTER_KEYS_FILE"
  } | sha256sum
}

gatewayFingerprint() {
  {
    stat -L -c '%n %Y %s' "$(command -v nginx)"
    find "$K_RUN_DIR/nginx" "$rootDir/nginx" -type f \( -name '*.conf' -o -name '*.lua' \) -print0 | sort -z |
      xargs -0 sha256sum
  } | sha256sum
}

serviceFingerprint() {
  case $1 in
    postgres) echo "$K_SOCKET_DIR" ;;
    redis) echo "$K_SOCKET_DIR" && declare -f startRedis writeRedisUsers ;;
    nginx) gatewayFingerprint ;;
    bank-simulator) find "$rootDir/test/briSimulator" "$K_RUN_DIR/bank/config.json" -type f -print0 | sort -z | xargs -0 sha256sum ;;
    *) programFingerprint "$buildDir/apps/$1" ;;
  esac
}

serviceAnswers() { # URL
  curl -fs -m 2 -o /dev/null "$1"
}

startProgram() { # NAME PIDFILE LOG: with our settings, how to reach PostgreSQL, and what sanitizers are told
  local processEnvironment='K_[A-Z0-9_]+|PG[A-Z]+|SSL_CERT_(FILE|DIR)|CREDENTIALS_DIRECTORY|[A-Z]+SAN_OPTIONS'
  startProcess "$2" "$3" "${serverWords[@]}" "$buildDir/apps/$1"
}

launchService() { # waits until it is ready; 1 past its deadline, 2 when it ended
  local pidFile=$pidDir/$1.process log=$K_LOG_DIR/$1.log
  case $1 in
    postgres) startPostgres "$K_RUN_DIR/postgres" "$K_SOCKET_DIR" "$pidFile" "$log" ;;
    redis)
      mkdir -p "$K_RUN_DIR/redis" &&
        writeRedisUsers "$K_RUN_DIR/redis/users.acl" "$(secret redisProcesses)" "$(secret redisGateway)" &&
        startRedis "$K_RUN_DIR/redis" "$K_SOCKET_DIR/redis.sock" "$pidFile" "$log" --aclfile "$K_RUN_DIR/redis/users.acl"
      ;;
    bank-simulator)
      startProcess "$pidFile" "$log" node "$rootDir/test/briSimulator/briSimulator.mjs" --port "$K_BANK_SIMULATOR_PORT" \
        --data "$K_RUN_DIR/bank" --config "$K_RUN_DIR/bank/config.json"
      waitUntil 15 "$pidFile" serviceAnswers "http://127.0.0.1:$K_BANK_SIMULATOR_PORT/sim/state"
      ;;
    k-admin)
      startProgram k-admin "$pidFile" "$log"
      waitUntil 30 "$pidFile" serviceAnswers "http://127.0.0.1:$K_ADMIN_PORT/health/ready"
      ;;
    k-public)
      startProgram k-public "$pidFile" "$log"
      waitUntil 30 "$pidFile" serviceAnswers "http://127.0.0.1:$K_PUBLIC_PORT/health/ready"
      ;;
    nginx)
      startProcess "$pidFile" "$log" nginx -p "$K_RUN_DIR/nginx" -c "$K_RUN_DIR/nginx/nginx.conf" -e "$log" -g 'daemon off;'
      waitUntil 10 "$pidFile" gatewayAnswers
      ;;
  esac
}

gatewayAnswers() { # with TLS this port redirects, which is an answer too
  serviceAnswers "http://$(gatewayHost):$K_GATEWAY_PORT/health"
}

gatewayHost() {
  local first=${K_GATEWAY_BIND%%[, ]*}
  case $first in
    0.0.0.0) echo 127.0.0.1 ;;
    ::) echo '[::1]' ;;
    *:*) echo "[$first]" ;;
    *) echo "$first" ;;
  esac
}

stopWords() { # NAME: how long a stop may take, and its signal
  case $1 in
    postgres) echo 30 INT ;;
    k-*) echo 15 TERM ;;
    *) echo 10 TERM ;;
  esac
}

stopService() {
  stopProcess "$pidDir/$1.process" $(stopWords "$1")
  rm -f "$pidDir/$1.fingerprint"
}

# logsOwner: the K_RUN_DIR of the installation that writes into K_LOG_DIR.
logsOwner() { cat "$K_LOG_DIR/installation" 2>/dev/null || echo "$K_RUN_DIR"; }

# claimLogs: two installations in one folder of logs would each take the other's servers for what an earlier start left, and
# both would read the same access.log.
claimLogs() {
  local other pidFile
  other=$(logsOwner)
  if [ "$other" != "$K_RUN_DIR" ]; then
    for pidFile in "$other"/pids/*.process; do
      ! processPid "$pidFile" >/dev/null ||
        die "the installation of $other writes its logs to $K_LOG_DIR: set K_LOG_DIR to another folder, or K_RUN_DIR=$other ./k down"
    done
  fi
  echo "$K_RUN_DIR" >"$K_LOG_DIR/installation"
}

# endLeftoversOf NAME: what an earlier start left although its recorded process is gone: workers of a killed nginx, a
# server whose pid file was lost.
endLeftoversOf() {
  local ended
  ! serviceAlive "$1" || return 0
  [ "$(logsOwner)" = "$K_RUN_DIR" ] || return 0
  [ -n "$(outputHolders "$K_LOG_DIR/$1.log")" ] || return 0
  stepBegin "leftovers of $1"
  ended=$(endLeftovers "$K_LOG_DIR/$1.log" $(stopWords "$1"))
  stepEnd "ended pid $ended"
}

# ensureService NAME: leaves an unchanged running one alone.
ensureService() {
  local fingerprint status=0 pid
  fingerprint=$(serviceFingerprint "$1")
  stepBegin "$1"
  if serviceAlive "$1"; then
    if [ "$(cat "$pidDir/$1.fingerprint" 2>/dev/null)" = "$fingerprint" ]; then
      stepEnd "running since before"
      return 0
    fi
    stopService "$1"
  fi
  startedNow+=("$1")
  launchService "$1" || status=$?
  if [ $status != 0 ]; then
    local cause="$1 ended during its start"
    [ $status = 2 ] || cause="$1 is not ready"
    stepFail "$cause" "$K_LOG_DIR/$1.log" "mend the cause named above, then ./k up again; the whole log is $K_LOG_DIR/$1.log"
    exit 1
  fi
  echo "$fingerprint" >"$pidDir/$1.fingerprint"
  pid=$(processPid "$pidDir/$1.process")
  stepEnd "pid $pid"
}

stopStartedNow() {
  local index
  for ((index = ${#startedNow[@]} - 1; index >= 0; index--)); do
    stopService "${startedNow[index]}"
  done
}

usesOurFiles() { # PID
  find "/proc/$1/cwd" "/proc/$1/fd" -maxdepth 1 -type l -printf '%l\n' 2>/dev/null | grep -qF -e "$K_RUN_DIR/" -e "$K_LOG_DIR/"
}

# checkPortsLeft: after a stop: names every process that still listens on a port of ours and uses our files, which no
# record tells of.
checkPortsLeft() {
  local name owner failed=
  for name in K_GATEWAY_PORT K_GATEWAY_TLS_PORT K_PUBLIC_PORT K_ADMIN_PORT K_BANK_SIMULATOR_PORT; do
    while read -r owner; do
      [[ $owner =~ ^[0-9]+\  ]] && usesOurFiles "${owner%% *}" || continue
      complain "port ${!name} ($name) is still held by ${owner#* } (pid ${owner%% *}), which no record of ./k up tells of" \
        "although it uses files of $K_RUN_DIR: end it by hand"
      failed=1
    done < <(portOwners "${!name}")
  done
  [ -z "$failed" ]
}

# checkPortsFree: names every port that somebody else listens on; ours is a running service's own.
checkPortsFree() {
  local name service port owner pid failed=
  local -a pairs=(k-admin:K_ADMIN_PORT k-public:K_PUBLIC_PORT nginx:K_GATEWAY_PORT)
  [ -z "$bankSimulator" ] || pairs+=(bank-simulator:K_BANK_SIMULATOR_PORT)
  [ -z "${K_TLS_CERTIFICATE:-}" ] || pairs+=(nginx:K_GATEWAY_TLS_PORT)
  for service in "${pairs[@]}"; do
    name=${service#*:} service=${service%%:*}
    port=${!name}
    pid=$(processPid "$pidDir/$service.process") || pid=none
    while read -r owner; do
      [ -n "$owner" ] || continue
      set -- $owner
      # Of a process that lets nobody look into it the kernel tells its owner nothing.
      case $pid in
        none) ;;
        "$1" | "$(ps -o ppid= -p "${1/\?/0}" 2>/dev/null | tr -d ' ')") continue ;;
        *) [ "$owner" != '?' ] || continue ;;
      esac
      if [ "$owner" = '?' ]; then
        complain "port $port ($name, for $service) is in use by a process of another user"
      else
        complain "port $port ($name, for $service) is in use by $2 (pid $1)"
      fi
      failed=1
      break
    done < <(portOwners "$port")
  done
  if [ -n "$failed" ]; then
    say "Next: stop that process, or choose other ports: K_PORT_OFFSET=100 ./k up shifts all of them, $rootDir/.env keeps a choice" >&2
    return 1
  fi
}
