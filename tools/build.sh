# Building the C++ side and the web apps. Needs console.sh, node.sh and rootDir. Sourced.

# buildCpp PRESET DIRECTORY LOG TARGET...: configures once, and again when a test framework has come, then builds; shows how
# far it is.
buildCpp() {
  local preset=$1 directory=$2 log=$3
  shift 3
  watched "$log" buildCppQuietly "$preset" "$directory" "$log" "$@"
}

buildCppQuietly() {
  local preset=$1 directory=$2 log=$3
  shift 3
  if [ ! -e "$directory/build.ninja" ] || { grep -q '^KS_TESTS_FOUND:INTERNAL=OFF' "$directory/CMakeCache.txt" && dependencyReady catch2; }; then
    (cd "$rootDir" && cmake --preset "$preset" -B "$directory") >>"$log" 2>&1 || return 1
  fi
  ninja -C "$directory" "$@" >>"$log" 2>&1
}

webFingerprint() {
  (cd "$rootDir/web" && find . -path '*/node_modules' -prune -o -path '*/dist' -prune -o -type f -print0 |
    sort -z | xargs -0 stat -c '%n %Y %s' | sha256sum)
}

# buildWeb LOG: npm ci when the lock file changed, the apps when a source changed.
buildWeb() {
  local log=$1 stamps=$rootDir/build/web lock fingerprint
  mkdir -p "$stamps"
  : >"$log"
  useNode
  lock=$(sha256sum <"$rootDir/web/package-lock.json")
  if [ ! -d "$rootDir/web/node_modules" ] || [ "$(cat "$stamps/lock" 2>/dev/null)" != "$lock" ]; then
    (cd "$rootDir/web" && npm ci --no-audit --no-fund) >>"$log" 2>&1 || return 1
    echo "$lock" >"$stamps/lock"
  fi
  if [ "$(cat "$stamps/sources" 2>/dev/null)" != "$(webFingerprint)" ] || [ ! -e "$rootDir/web/dist/admin/index.html" ]; then
    (cd "$rootDir/web" && npm run build) >>"$log" 2>&1 || return 1
    # A build may itself write generated sources, so the fingerprint is taken afterwards.
    fingerprint=$(webFingerprint)
    echo "$fingerprint" >"$stamps/sources"
  fi
}
