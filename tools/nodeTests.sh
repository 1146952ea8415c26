# Runs tests of node and counts them, for the suites that are written in it. Sourced.

runningTests=''

# stopTests: ends what runNodeTests runs, for a trap.
stopTests() { [ -z "$runningTests" ] || { kill -TERM "$runningTests" 2>/dev/null && wait "$runningTests"; }; }

# runNodeTests SECONDS REPORT FILE...: closes with "N passed, N failed"; fails when a test did or time ran out.
runNodeTests() {
  local seconds=$1 report=$2 status passed failed
  shift 2
  timeout -k 3 "$seconds" node --test --test-concurrency=2 --test-reporter=spec --test-reporter-destination=stdout \
    --test-reporter=tap --test-reporter-destination="$report" "$@" &
  runningTests=$! # in the background, so that a signal is heard at once
  wait "$runningTests"
  status=$?
  runningTests=''
  passed=$(sed -n 's/^# pass //p' "$report" | tail -n 1)
  failed=$(($(sed -n 's/^# fail //p' "$report" | tail -n 1) + $(sed -n 's/^# cancelled //p' "$report" | tail -n 1)))
  [ $status = 0 ] || [ "$failed" != 0 ] || failed=1
  echo "${passed:-0} passed, $failed failed"
  [ "$failed" = 0 ]
}
