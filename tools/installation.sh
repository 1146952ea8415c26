# A whole private installation on free ports, for tests: startInstallation DIRECTORY [NAME=VALUE...] exports its
# settings and runs ./k up with the programs of K_BUILD_DIR; stopInstallation stops it. Needs console.sh,
# processes.sh and rootDir. Sourced.

startInstallation() {
  local name
  export K_RUN_DIR=$1 K_ENV_FILE=/dev/null
  shift
  for name in K_GATEWAY_PORT K_PUBLIC_PORT K_ADMIN_PORT K_BANK_SIMULATOR_PORT; do
    export "$name=$(freePort)" || return 1
  done
  for name in "$@"; do export "${name?}"; done
  "$rootDir/k" up --no-build || return 1
  readInstallation
}

# The settings that ./k up derives, for the caller's own use: sockets, addresses, logs, the master key.
readInstallation() {
  . "$rootDir/tools/settings.sh"
  loadSettings
}

stopInstallation() {
  "$rootDir/k" down "$@"
}
