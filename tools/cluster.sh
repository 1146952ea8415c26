# Private PostgreSQL and Redis in a directory of one's own; for ./k up and for tests. Needs console.sh and
# processes.sh. Sourced.

postgresBin() { # [DATA]: the newest server installed, or the one that made DATA
  local wanted=${1:+$(cat "$1/PG_VERSION" 2>/dev/null)} directory
  directory=$(ls -d /usr/lib/postgresql/${wanted:-*}/bin 2>/dev/null | sort -V | tail -n 1)
  if [ -z "$directory" ]; then
    complain "no PostgreSQL ${wanted:-server} is installed${wanted:+, but the data in $1 were made by it}"
    return 1
  fi
  echo "$directory"
}

# PostgreSQL refuses to run as root. A user namespace that shows root as another user keeps the files root's;
# where namespaces are forbidden, the server runs as the system user postgres, which must reach the directory.
postgresUserPrefix() {
  local inNamespace="unshare --user --map-user=$(id -u postgres) --map-group=$(id -g postgres)"
  if [ "$(id -u)" != 0 ]; then
    return 0
  elif $inNamespace true 2>/dev/null; then
    echo "$inNamespace"
  else
    echo 'setpriv --reuid=postgres --regid=postgres --clear-groups'
  fi
}

# openForPostgres PREFIX PATH...: where the server runs as user postgres, it must reach its directories.
openForPostgres() {
  local prefix=$1 path
  shift
  [[ "$prefix" == setpriv* ]] || return 0
  for path in "$@"; do
    chmod o+x "$(dirname "$path")"
    if ! $prefix test -x "$(dirname "$path")"; then
      complain "PostgreSQL does not run as root, and its user postgres cannot reach $path" \
        "(nor may root make user namespaces here): use a normal user, or set K_RUN_DIR to a place like /var/tmp/k"
      return 1
    fi
  done
}

# initPostgres DATA LOG: a cluster with checksums, reachable through its Unix socket only (trust: the
# socket is its owner's alone). Its buffers take an eighth of the memory, at least 128 MB and at most 1 GB.
initPostgres() {
  local data=$1 log=$2 bin prefix buffers
  buffers=$(awk '/^MemTotal:/ { mb = int($2 / 8192); print (mb < 128 ? 128 : mb > 1024 ? 1024 : mb) }' /proc/meminfo)
  bin=$(postgresBin) || return 1
  prefix=$(postgresUserPrefix)
  mkdir -p "$data.new" && chmod 700 "$data.new" || return 1
  openForPostgres "$prefix" "$data.new" || return 1
  [[ "$prefix" != setpriv* ]] || chown postgres: "$data.new" || return 1
  $prefix "$bin/initdb" -D "$data.new" -U k --auth=trust --data-checksums --encoding=UTF8 --locale=C.UTF-8 \
    --no-sync >>"$log" 2>&1 || return 1
  cat >>"$data.new/postgresql.conf" <<EOF
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 120
shared_buffers = ${buffers:-128}MB
max_wal_size = 1GB
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %a '
EOF
  mv -T "$data.new" "$data"
}

# startPostgres DIRECTORY SOCKETDIR [PIDFILE LOG OPTION...]: data in DIRECTORY; creates database and user "k".
# OPTION: a server setting as name=value, for example fsync=off in tests.
startPostgres() {
  local data=$1 sockets=$2 pidFile=${3:-$1.pid} log=${4:-$1.log} bin setting
  local -a options=()
  shift $(($# < 4 ? $# : 4))
  for setting in "$@"; do options+=(-c "$setting"); done
  if [ ! -e "$data/PG_VERSION" ]; then
    rm -rf "$data.new"
    initPostgres "$data" "$log" || return 1
  fi
  bin=$(postgresBin "$data") || return 1
  mkdir -p "$sockets"
  local prefix
  prefix=$(postgresUserPrefix)
  openForPostgres "$prefix" "$data" "$sockets" || return 1
  [[ "$prefix" != setpriv* ]] || chmod 1777 "$sockets"
  dropStalePostmasterPid "$data"
  startProcess "$pidFile" "$log" $prefix "$bin/postgres" -D "$data" -k "$sockets" "${options[@]}"
  waitUntil 60 "$pidFile" "$bin/pg_isready" -q -h "$sockets" -U k -d postgres || return 1
  [ "$(psql -X -h "$sockets" -U k -d postgres -Atc "select 1 from pg_database where datname = 'k'")" = 1 ] ||
    createdb -h "$sockets" -U k k >>"$log" 2>&1
}

stopPostgres() { # DIRECTORY [PIDFILE]: fast shutdown
  stopProcess "${2:-$1.pid}" 30 INT
}

# dropStalePostmasterPid DATA: a server that was killed leaves its pid file, and the number may be another process's by now.
# PostgreSQL would then take that one for a server on its data. Where the process is gone PostgreSQL itself finds out whether
# children of it are left.
dropStalePostmasterPid() {
  local pid place
  read -r pid 2>/dev/null <"$1/postmaster.pid" || return 0
  place=$(readlink "/proc/$pid/cwd" 2>/dev/null) || return 0
  [ "$place" = "$(readlink -f "$1")" ] || rm -f "$1/postmaster.pid"
}

postgresUrl() { # SOCKETDIR
  echo "postgresql:///k?host=$1&user=k"
}

# startRedis DIRECTORY SOCKET [PIDFILE LOG OPTION...]: nothing is written to disk; bounded memory; no TCP port, and a
# socket that is its owner's alone.
startRedis() {
  local directory=$1 socket=$2 pidFile=${3:-$1.pid} log=${4:-$1.log}
  shift $(($# < 4 ? $# : 4))
  mkdir -p "$directory"
  startProcess "$pidFile" "$log" redis-server --port 0 --unixsocket "$socket" --unixsocketperm 600 --dir "$directory" \
    --save '' --appendonly no --maxmemory 256mb --maxmemory-policy volatile-lru --daemonize no "$@"
  waitUntil 10 "$pidFile" redisAnswers "$socket"
}

redisAnswers() { # SOCKET: also one that wants a user first
  [[ $(redis-cli -s "$1" ping 2>/dev/null) == @(PONG|NOAUTH*) ]]
}

# writeRedisUsers FILE PROCESSES GATEWAY: whose passwords these are. Each may do what it needs: the gateway reads bans,
# limits and whose a token is, and writes what it counts.
writeRedisUsers() {
  local hash='sha256sum | cut -d" " -f1' processes gateway
  processes=$(printf %s "$2" | eval "$hash") gateway=$(printf %s "$3" | eval "$hash")
  (umask 077 && cat >"$1.new") <<EOF
user default off resetpass -@all
user processes on #$processes ~kauth:* ~ksysadmin:* ~rate_limit:violations* &kauth:* &ksysadmin:* -@all +ping +select +get +set +del +exists +scan +eval +ttl +pttl +lrange +rename +persist +publish +subscribe +unsubscribe
user gateway on #$gateway %R~ksysadmin:ban:* %R~ksysadmin:settings:rate_limits %R~kauth:token:* ~rate_limit:violations ~rate_limit:violations:dropped ~rate_limit:window:* resetchannels -@all +ping +select +get +mget +eval +evalsha +llen +rpush +ltrim +incrby +expire +time +hmget +hset +pexpire
EOF
  mv "$1.new" "$1"
}

stopRedis() { # DIRECTORY [PIDFILE]
  stopProcess "${2:-$1.pid}" 5
}
