# ./k up: from a checkout to a running installation. Sourced by ./k.

upFailed() {
  local status=$?
  trap - EXIT INT TERM
  if [ ${#startedNow[@]} -gt 0 ]; then
    complain "stopping what this run started: ${startedNow[*]}"
    stopStartedNow
  fi
  exit $status
}

upStep() { # NAME LOG NEXTSTEP COMMAND...
  local name=$1 log=$2 next=$3
  shift 3
  stepBegin "$name"
  if ! "$@"; then
    stepFail "$name failed" "$log" "$next"
    exit 1
  fi
  stepEnd
}

renderGateway() {
  local log=$K_LOG_DIR/render.log
  mkdir -p "$K_RUN_DIR/nginx"
  {
    "$rootDir/nginx/render.sh" "$K_RUN_DIR/nginx" &&
      withoutSettings nginx -t -q -p "$K_RUN_DIR/nginx" -c "$K_RUN_DIR/nginx/nginx.conf" -e stderr
  } >"$log" 2>&1
}

logTo() { # LOG COMMAND...
  local log=$1
  shift
  "$@" >"$log" 2>&1
}

runKctl() { # LOG ARGUMENT...
  local log=$1
  shift
  "${programWords[@]}" "$buildDir/apps/kctl" "$@" >"$log" 2>&1 </dev/null
}

# preparePrivateRoles: k is the cluster's superuser, k_owner has the tables, k_service is what the servers connect as. A
# database of an earlier version, whose tables are k's, is brought up to date by k and then handed over.
preparePrivateRoles() {
  local superuser
  superuser=$(postgresUrl "$K_SOCKET_DIR")
  psql -XAtq -v ON_ERROR_STOP=1 -d "$superuser" -f "$rootDir/tools/databaseRoles.sql" || return 1
  [ "$(psql -XAtd "$superuser" -c "select pg_get_userbyid(datdba) from pg_database where datname = 'k'")" = k ] || return 0
  if [ "$(psql -XAtd "$superuser" -c "select to_regclass('schema_migration') is not null")" = t ]; then
    K_DATABASE_OWNER_URL=$superuser "${programWords[@]}" "$buildDir/apps/kctl" migrate up </dev/null || return 1
  fi
  psql -XAtq -v ON_ERROR_STOP=1 -d "$superuser" -f "$rootDir/tools/databaseOwner.sql"
}

up() {
  local skipBuild='' argument service begin
  for argument in "$@"; do
    case $argument in
      --no-build) skipBuild=1 ;;
      *) die "./k up knows --no-build only, not $argument" ;;
    esac
  done
  begin=$(nowMs)
  [ -n "$skipBuild" ] || "$rootDir/tools/setup.sh" up || exit 1
  loadSettings
  exec 8>"$K_RUN_DIR/k.lock"
  flock -n 8 || die "another ./k up or ./k down is at work in $K_RUN_DIR"
  ulimit -Sn "$(ulimit -Hn)" 2>/dev/null || true
  claimLogs
  for service in "${serviceNames[@]}"; do endLeftoversOf "$service"; done
  checkPortsFree || exit 1
  trap upFailed EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM

  if [ -z "$skipBuild" ]; then
    upStep "build programs" "$K_LOG_DIR/build.log" "the whole log is $K_LOG_DIR/build.log" \
      withoutSettings buildCpp release "$buildDir" "$K_LOG_DIR/build.log" k-public k-admin kctl
    upStep "build web apps" "$K_LOG_DIR/buildWeb.log" "the whole log is $K_LOG_DIR/buildWeb.log" \
      withoutSettings buildWeb "$K_LOG_DIR/buildWeb.log"
  fi
  upStep "gateway configuration" "$K_LOG_DIR/render.log" "mend the setting or nginx/ file named above" renderGateway

  if [ -n "$privatePostgres" ]; then
    ensureService postgres
    upStep "database roles" "$K_LOG_DIR/roles.log" "the whole log is $K_LOG_DIR/roles.log" logTo "$K_LOG_DIR/roles.log" preparePrivateRoles
  fi
  [ -z "$privateRedis" ] || ensureService redis
  upStep "migrations" "$K_LOG_DIR/migrate.log" "./k kctl migrate status shows the schema's state" \
    runKctl "$K_LOG_DIR/migrate.log" migrate up
  [ -z "$bankSimulator" ] || { writeBankSimulatorConfig && ensureService bank-simulator; }
  ensureService k-admin
  ensureService k-public
  ensureService nginx
  upStep "first administrator" "$K_LOG_DIR/adminCreate.log" "./k kctl admin create --help" \
    runKctl "$K_LOG_DIR/adminCreate.log" admin create --if-none --output "$K_RUN_DIR/firstAdmin.txt"
  privateLogs
  trap - EXIT INT TERM
  exec 8>&-
  upSummary "$begin"
}

upSummary() {
  say "" "Ready after $(formatMs $(($(nowMs) - $1)))."
  say "" "  admin      $K_PUBLIC_URL/admin/" "  API        $K_PUBLIC_URL/api/auth/openapi.json" \
    "             $K_PUBLIC_URL/api/admin/openapi.json" "  gateway    $K_PUBLIC_URL/health" "  logs       ./k logs"
  [ -z "$bankSimulator" ] || say "  bank       $K_BRI_URL/ (simulated: pay virtual accounts and QR codes here)"
  if [ -s "$K_RUN_DIR/firstAdmin.txt" ]; then
    say "" "First administrator, one-time password ($K_RUN_DIR/firstAdmin.txt):"
    sed 's/^/  /' "$K_RUN_DIR/firstAdmin.txt"
    say "" "Its first sign-in asks for a new password and sets up an authenticator app."
  fi
}

down() {
  local wipe='' service index begin
  case ${1:-} in
    --wipe) wipe=1 ;;
    '') ;;
    *) die "./k down knows --wipe only, not $1" ;;
  esac
  loadSettings
  exec 8>"$K_RUN_DIR/k.lock"
  flock -w 60 8 || die "another ./k up or ./k down is at work in $K_RUN_DIR"
  for ((index = ${#serviceNames[@]} - 1; index >= 0; index--)); do
    service=${serviceNames[index]}
    if serviceAlive "$service"; then
      stepBegin "stop $service"
      stopService "$service"
      stepEnd
    fi
    endLeftoversOf "$service"
  done
  checkPortsLeft || exit 1
  [ -z "$wipe" ] || wipeData
}

wipeData() {
  local name
  for name in postgres postgres.new redis nginx bank mail logs pids sock secrets firstAdmin.txt generated.env k.lock; do
    rm -rf "${K_RUN_DIR:?}/$name"
  done
  rm -rf "${K_SOCKET_DIR:?}"
  rmdir "$K_RUN_DIR" 2>/dev/null || true
  say "  data removed from $K_RUN_DIR"
}
