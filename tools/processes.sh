# Starting and stopping background processes by pid file. A pid file holds "pid starttime", so that a
# number which the kernel gave to another process meanwhile is never taken for ours. Sourced.

processStartTime() { # PID: in ticks since boot; nothing for a dead or zombie process
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  stat=${stat##*) }
  [ "${stat%% *}" != Z ] || return 1
  set -- $stat
  echo "${20}"
}

processPid() { # PIDFILE: prints the pid if it lives and is ours
  local pid start
  read -r pid start 2>/dev/null <"$1" || return 1
  # A process that ended before its start time could be read has none, and neither has any other dead one.
  [ -n "$start" ] && [ "$(processStartTime "$pid")" = "$start" ] && echo "$pid"
}

# What a started process has of our environment; everything else, secrets above all, is none of its business.
plainEnvironment='PATH|HOME|USER|LOGNAME|PWD|LANG|LANGUAGE|LC_[A-Z]+|TZ|TMPDIR'

# withoutSettings COMMAND...: a build, or a check of files, has no need of our settings and their secrets.
withoutSettings() {
  (
    for name in $(compgen -e K_); do
      [ "$name" = K_CACHE_DIR ] || unset "$name"
    done
    "$@"
  )
}

# startProcess PIDFILE LOGFILE COMMAND...: `processEnvironment` is a pattern of what else it needs.
startProcess() {
  local pidFile=$1 log=$2 pid
  shift 2
  (
    umask 027 # logs are for their owner and group
    exec >>"$log" 2>&1 </dev/null 8>&- 9>&-
    for name in $(compgen -e); do
      [[ $name =~ ^($plainEnvironment|${processEnvironment:-})$ ]] || unset "$name"
    done
    exec setsid "$@"
  ) &
  pid=$!
  disown "$pid"
  printf '%s %s\n' "$pid" "$(processStartTime "$pid")" >"$pidFile"
}

stopProcess() { # PIDFILE SECONDS [SIGNAL]: then SIGKILL to the whole process group
  local pid deadline
  if pid=$(processPid "$1"); then
    kill -s "${3:-TERM}" "$pid" 2>/dev/null
    deadline=$(($(nowMs) + $2 * 1000))
    while processPid "$1" >/dev/null; do
      if [ "$(nowMs)" -gt "$deadline" ]; then
        kill -s KILL -- "-$pid" 2>/dev/null || kill -s KILL "$pid" 2>/dev/null
        deadline=$(($(nowMs) + 5000))
      fi
      sleep 0.05
    done
  fi
  rm -f "$1"
}

# outputHolders LOG: the pids of the processes whose standard output is this file, also after it has been renamed or
# deleted. Whoever startProcess started keeps it, and so do their children: it outlives a pid file and a killed parent.
outputHolders() {
  local place target
  find /proc/[0-9]*/fd/1 -maxdepth 0 -printf '%p\t%l\n' 2>/dev/null | while IFS=$'\t' read -r place target; do
    case $target in
      "$1" | "$1 (deleted)" | "$1".[0-9]*) place=${place#/proc/} && echo "${place%%/*}" ;;
    esac
  done
}

# endLeftovers LOG SECONDS [SIGNAL]: ends what still writes there after its recorded process has ended, then SIGKILL; prints
# the pids.
endLeftovers() {
  local signal=${3:-TERM} deadline ended='' pids
  deadline=$(($(nowMs) + $2 * 1000))
  while pids=$(outputHolders "$1"); [ -n "$pids" ]; do
    if [ "$(nowMs)" -gt "$deadline" ]; then
      signal=KILL
      deadline=$(($(nowMs) + 5000))
    fi
    if [ -n "$signal" ]; then
      kill -s "$signal" $pids 2>/dev/null
      ended=${ended:-$pids} signal=
    fi
    sleep 0.1
  done
  echo $ended
}

# waitUntil SECONDS PIDFILE COMMAND...: 0 when the command succeeds, 1 past the deadline, 2 when the process ended.
waitUntil() {
  local deadline=$(($(nowMs) + $1 * 1000)) pidFile=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    processPid "$pidFile" >/dev/null || return 2
    [ "$(nowMs)" -lt "$deadline" ] || return 1
    sleep 0.05
  done
}

# portOwners PORT: "pid name" of each listener; a lone "?" where the kernel does not tell us.
portOwners() {
  local line owners
  ss -Hltnp "sport = :$1" 2>/dev/null | while read -r line; do
    owners=$(grep -oE '\("[^"]+",pid=[0-9]+' <<<"$line" | sed -E 's/\("([^"]+)",pid=([0-9]+)/\2 \1/')
    echo "${owners:-?}"
  done | sort -u
}

freePort() { # a loopback port that nobody listens on, below the kernel's ephemeral range
  local port tries
  for tries in {1..200}; do
    port=$((20000 + RANDOM % 12000))
    if [ -z "$(ss -Hltn "sport = :$port")" ]; then
      echo "$port"
      return 0
    fi
  done
  return 1
}
