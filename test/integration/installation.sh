#!/usr/bin/env bash
# One private installation, for the tests: installation.sh up DIRECTORY [NAME=VALUE...] starts it and prints its
# settings as NAME=VALUE lines; with those in the environment: installation.sh start|stop SERVICE, and down.
set -uo pipefail
rootDir=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
for part in console processes cluster settings services installation; do
  . "$rootDir/tools/$part.sh"
done

action=$1
shift
case $action in
  up)
    startInstallation "$@" 1>&2 || exit 1
    env | grep -E '^K_[A-Z_0-9]+='
    ;;
  start)
    loadSettings
    launchService "$1"
    ;;
  stop)
    loadSettings
    stopService "$1"
    ;;
  down) stopInstallation 1>&2 ;;
esac
