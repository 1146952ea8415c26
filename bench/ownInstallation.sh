# For benchmarks that measure a whole installation of their own: sets rootDir, here and work (a directory for logs, removed at the end),
# stops whatever has a pid file there ($work/NAME.process), and takes the installation away again whatever happens. Sourced by bench/NAME.sh.
rootDir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
here=$rootDir/bench
. "$rootDir/tools/console.sh"
. "$rootDir/tools/processes.sh"
. "$rootDir/tools/cluster.sh"
. "$rootDir/tools/installation.sh"
work=$(mktemp -d /tmp/k-bench-XXXXXX) || exit 1
installed=

cleanUp() {
  local status=$? pidFile
  trap - EXIT INT TERM
  for pidFile in "$work"/*.process; do
    [ ! -e "$pidFile" ] || stopProcess "$pidFile" 5
  done
  [ -z "$installed" ] || stopInstallation --wipe >/dev/null 2>&1
  rm -rf "$work"
  exit $status
}
trap cleanUp EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

needCommands() { # NAME...
  local name
  for name in "$@"; do
    command -v "$name" >/dev/null || die "the benchmark needs $name: run tools/setup.sh"
  done
}

# beginInstallation [NAME=VALUE...]: settings that differ from the defaults.
beginInstallation() {
  stepBegin "installation"
  startInstallation "$work/installation" "$@" >"$work/up.log" 2>&1 ||
    { stepFail "./k up failed" "$work/up.log" "./k up shows the same by itself"; exit 1; }
  installed=1
  stepEnd
}

# The first administrator's tokens, as JSON, in `tokens`; a new password and a second factor are set up first.
signInAdministrator() {
  local email password
  stepBegin "signed-in administrator"
  email=$(sed -n 's/^email: //p' "$K_RUN_DIR/firstAdmin.txt") password=$(sed -n 's/^password: //p' "$K_RUN_DIR/firstAdmin.txt")
  tokens=$(node "$here/adminToken.mjs" "http://127.0.0.1:$K_GATEWAY_PORT" "$email" "$password" 2>"$work/signIn.log")
  [ -n "$tokens" ] || { stepFail "the administrator could not sign in" "$work/signIn.log"; exit 1; }
  stepEnd
}
