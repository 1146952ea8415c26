#!/usr/bin/env bash
# ./k test [--seed N] [--payments N] [suite...]: builds once, runs the suites one after the other, closes with "N passed, N failed".
set -uo pipefail
rootDir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
for part in console processes cluster dependencies node build testSuites; do
  . "$rootDir/tools/$part.sh"
done

suites=()
seed=
while [ $# -gt 0 ]; do
  case $1 in
    --seed)
      seed=${2:?--seed needs a number}
      shift
      ;;
    --payments)
      export K_PAYMENT_DAY_PAYMENTS=${2:?--payments needs a number}
      shift
      ;;
    *) suites+=("$1") ;;
  esac
  shift
done
# Torture alone is the long form: many more random programs.
long=
[ "${suites[*]-}" != torture ] || long=1
[ ${#suites[@]} -gt 0 ] || suites=("${suiteNames[@]}")
for suite in "${suites[@]}"; do
  [[ " ${suiteNames[*]} ${namedSuites[*]} " == *" $suite "* ]] ||
    die "no suite \"$suite\"; there are: ${suiteNames[*]}, and ${namedSuites[*]} when named"
done

# A developer's own settings must not reach the tests.
for name in $(compgen -e K_); do
  [[ " K_CACHE_DIR K_FUZZ_SECONDS K_TORTURE_SEEDS K_TORTURE_SECONDS K_PAYMENT_DAY_PAYMENTS K_PAYMENT_DAY_SEED " == *" $name "* ]] || unset "$name"
done
[ -z "$long" ] || export K_TORTURE_SEEDS=${K_TORTURE_SEEDS:-150} K_TORTURE_SECONDS=${K_TORTURE_SECONDS:-720}
[ -z "$seed" ] || export K_TORTURE_FIRST=$seed K_TORTURE_SEEDS=1 K_PAYMENT_DAY_SEED=$seed
[[ ${K_PAYMENT_DAY_PAYMENTS:-1500} =~ ^[1-9][0-9]*$ ]] || die "--payments $K_PAYMENT_DAY_PAYMENTS: a number"
suiteSeconds[paymentDay]=$((600 + ${K_PAYMENT_DAY_PAYMENTS:-1500} / 8))
export K_ENV_FILE=/dev/null K_BUILD_DIR=$rootDir/build/dev

logs=$rootDir/build/test
mkdir -p "$logs"
allTmp=$(mktemp -d "${TMPDIR:-/tmp}/k-test-XXXXXX")
suitePid=''

stopLeftovers() { # DIRECTORY: whatever still runs by the pid files below it
  local pidFile
  find "$1" \( -name '*.process' -o -name '*.pid' \) -type f 2>/dev/null | while read -r pidFile; do
    stopProcess "$pidFile" 10
  done
}

cleanUp() {
  trap - EXIT
  [ -z "$suitePid" ] || kill -s TERM -- "-$suitePid" 2>/dev/null
  stopLeftovers "$allTmp"
  rm -rf "$allTmp"
}
trap cleanUp EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# watchSuite PID SECONDS LOG: ends the suite's whole process group past its time.
watchSuite() {
  local sleeper
  exec >/dev/null 2>&1
  sleep "$2" &
  sleeper=$!
  trap 'kill "$sleeper"; exit' TERM
  wait "$sleeper"
  echo "stopped: more than $2 s" >>"$3"
  kill -s TERM -- "-$1"
  sleep 10
  kill -s KILL -- "-$1"
}

countCases() { # LOG STATUS: prints "passed failed", the sum over every program that the suite ran
  awk -v status="$2" '
    function number(word,   text) { text = $0; return match(text, "[0-9]+ " word) ? substr(text, RSTART) + 0 : 0 }
    /^[0-9]+ passed, [0-9]+ failed/ { found = 1; passed += $1; failed += $3 }
    /^All tests passed .* in [0-9]+ test case/ { found = 1; match($0, /in [0-9]+ test/); passed += substr($0, RSTART + 3) + 0 }
    /^test cases: / { found = 1; passed += number("passed"); failed += number("failed") }
    END { if (!found) { passed = (status == 0); failed = !passed } print passed + 0, failed + 0 }' "$1"
}

"$rootDir/tools/setup.sh" || exit 1
[[ " ${suites[*]} " != *" tsan "* ]] || "$rootDir/tools/setup.sh" tsan || exit 1

begin=$(nowMs)
targets=()
for suite in "${suites[@]}"; do
  for target in ${suiteTargets[$suite]:-}; do
    [[ " ${targets[*]-} " == *" $target "* ]] || targets+=("$target")
  done
done
buildOk=1
if [ ${#targets[@]} -gt 0 ]; then
  stepBegin "build dev"
  # -k 0: what compiles is tested even when another target does not compile.
  if buildCpp dev "$K_BUILD_DIR" "$logs/build.log" -k 0 "${targets[@]}"; then
    stepEnd
  else
    buildOk=
    K_FAIL_LINES=40 stepFail "the dev build failed" "$logs/build.log" "the whole log is $logs/build.log"
  fi
fi
webOk=1
if [[ " ${suites[*]} " == *" web "* ]]; then
  stepBegin "build web apps"
  if buildWeb "$logs/buildWeb.log"; then
    stepEnd
  else
    webOk=
    K_FAIL_LINES=40 stepFail "the web build failed" "$logs/buildWeb.log" "the whole log is $logs/buildWeb.log"
  fi
fi

suiteIsBuilt() { # NAME
  [ -n "$webOk" ] || [ "$1" != web ] || return 1
  [ -n "$buildOk" ] || [ -z "${suiteTargets[$1]:-}" ] || ninja -C "$K_BUILD_DIR" ${suiteTargets[$1]} >/dev/null 2>&1
}

totalPassed=0 totalFailed=0 failedSuites=()
for suite in "${suites[@]}"; do
  log=$logs/$suite.log
  stepBegin "$suite"
  if ! suiteIsBuilt "$suite"; then
    failedSuites+=("$suite")
    totalFailed=$((totalFailed + 1))
    stepFail "$suite: not run, what it needs does not build" "" "see the build's failure above"
    continue
  fi
  export K_TEST_TMP=$allTmp/$suite
  mkdir -p "$K_TEST_TMP"
  set -m
  (set +m && runSuite "$suite") >"$log" 2>&1 </dev/null &
  suitePid=$!
  set +m
  limit=${suiteSeconds[$suite]:-600}
  watchSuite "$suitePid" "$limit" "$log" &
  watchdog=$!
  wait "$suitePid"
  status=$?
  kill "$watchdog" 2>/dev/null
  wait "$watchdog" 2>/dev/null
  suitePid=''
  stopLeftovers "$K_TEST_TMP"
  read -r passed failed < <(countCases "$log" $status)
  [ $status = 0 ] || [ "$failed" != 0 ] || failed=1
  totalPassed=$((totalPassed + passed))
  totalFailed=$((totalFailed + failed))
  if [ $status = 0 ] && [ "$failed" = 0 ]; then
    stepEnd "$passed passed"
    rm -rf "$K_TEST_TMP"
  else
    failedSuites+=("$suite")
    K_FAIL_LINES=40 stepFail "$suite: $passed passed, $failed failed (exit status $status)" "$log" "the whole log is $log"
  fi
done

say "" "$(formatMs $(($(nowMs) - begin)))${failedSuites:+, failed: ${failedSuites[*]}}"
say "$totalPassed passed, $totalFailed failed"
[ $totalFailed = 0 ]
