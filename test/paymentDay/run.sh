#!/usr/bin/env bash
# A day of payments on the real servers and the simulated bank: 5 % faults, everything is killed and started again, and in the
# end both sides have counted the same money.
#   run.sh [--payments N] [--seed N]
# Environment: K_PAYMENT_DAY_PAYMENTS (1500), K_PAYMENT_DAY_SEED (from the clock). Ends with "N passed, N failed".
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
rootDir=$(cd "$here/../.." && pwd)
for part in console processes dependencies node nodeTests; do
  . "$rootDir/tools/$part.sh"
done
useNode

export K_BUILD_DIR=${K_BUILD_DIR:-$rootDir/build/release}
for program in k-public k-admin kctl; do
  [ -x "$K_BUILD_DIR/apps/$program" ] || { complain "$K_BUILD_DIR/apps/$program is not built"; exit 1; }
done
while [ $# -gt 0 ]; do
  case $1 in
    --payments) export K_PAYMENT_DAY_PAYMENTS=${2:?--payments needs a number} ;;
    --seed) export K_PAYMENT_DAY_SEED=${2:?--seed needs a number} ;;
    *) die "paymentDay knows no \"$1\"; it takes --payments N and --seed N" ;;
  esac
  shift 2
done
payments=${K_PAYMENT_DAY_PAYMENTS:-1500}
[[ $payments =~ ^[1-9][0-9]{1,5}$ ]] || die "$payments payments: a number from 10 to 999999"

temporary=${K_TEST_TMP:-}
[ -n "$temporary" ] || temporary=$(mktemp -d "${TMPDIR:-/tmp}/k-paymentDay-XXXXXX")
export K_TEST_TMP=$temporary
mkdir -p "$temporary"

cleanUp() { # a day that was cut off leaves its processes' pid files behind
  local pidFile
  stopTests
  find "$temporary" -name '*.process' -type f 2>/dev/null | while read -r pidFile; do stopProcess "$pidFile" 10; done
  rm -rf "$temporary"
}
trap cleanUp EXIT
trap 'exit 143' TERM INT

# At least 8 payments a second, and what does not depend on their number.
runNodeTests $((540 + payments / 8)) "$temporary/report.tap" "$here/paymentDayTest.mjs"
