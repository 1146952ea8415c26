# Messages and timed steps. Sourced.

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
  styleRed=$'\e[31m' styleGreen=$'\e[32m' styleOff=$'\e[0m'
else
  styleRed='' styleGreen='' styleOff=''
fi

nowMs() {
  local t=${EPOCHREALTIME/[.,]/}
  echo $((t / 1000))
}

formatMs() {
  printf '%d.%01d s' $(($1 / 1000)) $(($1 % 1000 / 100))
}

say() { printf '%s\n' "$@"; }

complain() { printf '%s%s%s\n' "$styleRed" "$*" "$styleOff" >&2; }

die() {
  complain "$@"
  exit 1
}

# stepBegin NAME / stepEnd [REMARK]: one line a step, with its time.
stepBegin() {
  stepName=$1
  stepStart=$(nowMs)
  [ -t 1 ] && printf '  ...  %s\r' "$stepName"
  return 0
}

stepEnd() {
  printf '  %sok%s   %-28s %9s  %s\n' "$styleGreen" "$styleOff" "$stepName" \
    "$(formatMs $(($(nowMs) - stepStart)))" "${1:-}"
}

# watched LOG COMMAND...: shows Ninja's counter, which COMMAND writes into LOG, while it runs: in place on a terminal, else as a
# line every half minute.
watched() {
  local log=$1 pid seconds=0 shown='' now status
  shift
  : >"$log"
  "$@" &
  pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    sleep 1
    now=$(tail -n 20 "$log" 2>/dev/null | sed -nE 's#^\[([0-9]+)/([0-9]+)\].*#\1 \2#p' | tail -n 1)
    [ -n "$now" ] && [ "$now" != "$shown" ] || { ((++seconds)) && continue; }
    if [ -t 1 ]; then
      printf '  ...  %s %3d %%\r' "$stepName" $((100 * ${now% *} / ${now#* }))
      shown=$now
    elif ((++seconds % 30 == 0)); then
      printf '  ...  %s %d %% (%s of %s)\n' "$stepName" $((100 * ${now% *} / ${now#* })) ${now% *} ${now#* }
      shown=$now
    fi
  done
  wait "$pid"
  status=$?
  [ ! -t 1 ] || printf '%*s\r' 60 ''
  return $status
}

# stepFail CAUSE LOGFILE NEXTSTEP: the cause, the log's last lines, what to do.
stepFail() {
  printf '  %sFAIL%s %-28s %9s\n' "$styleRed" "$styleOff" "$stepName" \
    "$(formatMs $(($(nowMs) - stepStart)))" >&2
  complain "$1"
  if [ -n "${2:-}" ] && [ -s "$2" ]; then
    printf -- '--- last lines of %s\n' "$2" >&2
    tail -n "${K_FAIL_LINES:-15}" "$2" >&2
    printf -- '---\n' >&2
  fi
  [ -z "${3:-}" ] || printf 'Next: %s\n' "$3" >&2
}
