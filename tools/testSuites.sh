# How each suite runs. A suite is test/NAME/run.sh, or a Catch2 program of the dev build. It finds in its
# environment K_BUILD_DIR (dev build) and K_TEST_TMP (a directory of its own); background processes that it
# starts with tools/processes.sh keep their pid files below K_TEST_TMP and are stopped at the end whatever happens.
# A runner may close with a line "N passed, N failed"; otherwise the suite counts as one. Sourced.

suiteNames=(architecture tidy unit contract simulation torture integration gateway briSimulator web api fuzz)
namedSuites=(tsan paymentDay) # run when named only: a build of everything with ThreadSanitizer; a day of payments

declare -A suiteTargets=(
  [unit]=unitTests [contract]=contractTests [simulation]=simulation [torture]=collectorProcess
  [integration]="k-public k-admin kctl httpTests" [paymentDay]="k-public k-admin kctl" [web]="k-public k-admin kctl" [api]="k-public k-admin kctl"
)
declare -A suiteSeconds=([simulation]=900 [torture]=1200 [integration]=1200 [web]=900 [fuzz]=1500 [tidy]=1500 [tsan]=2400)

runSuite() { # NAME
  case $1 in
    tidy) runTidy ;;
    contract) runContract "$K_BUILD_DIR" ;;
    tsan) runTsan ;;
    integration) runIntegration ;;
    fuzz) runFuzz ;;
    *)
      if [ -x "$rootDir/test/$1/run.sh" ]; then
        "$rootDir/test/$1/run.sh"
      else
        "$K_BUILD_DIR/test/${suiteTargets[$1]}"
      fi
      ;;
  esac
}

runContract() { # BUILD: with a PostgreSQL and a Redis of its own
  startPostgres "$K_TEST_TMP/postgres" "$K_TEST_TMP/sock" "$K_TEST_TMP/postgres.process" "$K_TEST_TMP/postgres.log" \
    fsync=off synchronous_commit=off || { tail "$K_TEST_TMP/postgres.log" && return 1; }
  startRedis "$K_TEST_TMP/redis" "$K_TEST_TMP/sock/redis.sock" "$K_TEST_TMP/redis.process" "$K_TEST_TMP/redis.log" ||
    { tail "$K_TEST_TMP/redis.log" && return 1; }
  K_TEST_POSTGRES_CTL=$rootDir/test/contract/postgresControl.sh K_TEST_DATABASE_URL=$(postgresUrl "$K_TEST_TMP/sock") \
    K_TEST_REDIS_URL=unix://$K_TEST_TMP/sock/redis.sock \
    "$1/test/contractTests"
}

# The HTTP server alone over raw sockets, then both processes; both run even when the first fails.
runIntegration() {
  local failed=0
  "$K_BUILD_DIR/test/integration/http/httpTests" || failed=1
  "$rootDir/test/integration/run.sh" || failed=1
  return $failed
}

# clang-tidy on everything but the tests, a unity batch at a time (tools/tidyUnit.sh).
runTidy() {
  local build=$rootDir/build/tidy log=$K_TEST_TMP/build.log findings units=()
  [ -e "$build/build.ninja" ] || (cd "$rootDir" && cmake --preset tidy -B "$build") >"$log" 2>&1 || { tail -n 40 "$log" && return 1; }
  find "$dependencyCache/tidy" -type f -mtime +60 -delete 2>/dev/null
  ninja -C "$build" build.ninja >"$log" 2>&1 || { tail -n 40 "$log" && return 1; }
  mapfile -t units < <(ninja -C "$build" -t targets all |
    sed -nE 's#^((core|crypto|messages|persistence|actors|monitoring|http|apps)/.*\.o): CXX.*#\1#p')
  if [ ${#units[@]} -gt 0 ] && buildCpp tidy "$build" "$log" -k 0 "${units[@]}"; then
    echo "${#units[@]} passed, 0 failed"
    return 0
  fi
  findings=$(sed -nE "s#^$rootDir/([^:]+:[0-9]+:[0-9]+: (error|warning): .*)#\1#p" "$log" | sort -u)
  if [ -n "$findings" ]; then echo "$findings"; else tail -n 40 "$log"; fi
  return 1
}

# Everything that has threads, under ThreadSanitizer.
runTsan() {
  local build=$rootDir/build/tsan
  buildCpp tsan "$build" "$K_TEST_TMP/build.log" unitTests contractTests ||
    { tail -n 40 "$K_TEST_TMP/build.log" && return 1; }
  "$build/test/unitTests" && runContract "$build"
}

# Every libFuzzer target, two at a time; the corpus in git is only read, findings stay in the build folder.
runFuzz() {
  local seconds=${K_FUZZ_SECONDS:-30} build=$rootDir/build/fuzz target name passed=0 failed=0
  local -a running=() targets=()
  for target in "$rootDir"/test/fuzz/*Fuzz.cpp; do targets+=("$(basename "$target" .cpp)"); done
  buildCpp fuzz "$build" "$K_TEST_TMP/build.log" "${targets[@]}" || { tail -n 40 "$K_TEST_TMP/build.log" && return 1; }
  fuzzOne() {
    local work=$K_TEST_TMP/$1 found=$build/findings/$1
    mkdir -p "$work" "$found" "$rootDir/test/fuzz/corpus/$1"
    timeout -k 5 $((seconds + 60)) "$build/test/$1" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=65536 \
      -print_final_stats=1 -artifact_prefix="$found/" "$work" "$rootDir/test/fuzz/corpus/$1" >"$K_TEST_TMP/$1.log" 2>&1
  }
  local index batch
  for ((index = 0; index < ${#targets[@]}; index += 2)); do
    running=()
    batch=("${targets[@]:index:2}")
    for name in "${batch[@]}"; do
      fuzzOne "$name" &
      running+=($!)
    done
    for name in "${batch[@]}"; do
      if wait "${running[0]}"; then
        passed=$((passed + 1))
        echo "ok $name: $(grep -E 'number_of_executed_units' "$K_TEST_TMP/$name.log")"
      else
        failed=$((failed + 1))
        echo "FAILED $name"
        tail -n 30 "$K_TEST_TMP/$name.log"
      fi
      running=("${running[@]:1}")
    done
  done
  echo "$passed passed, $failed failed"
  [ $failed = 0 ]
}
