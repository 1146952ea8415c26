#!/usr/bin/env bash
# Layers, doors, words, shape and format of every source file.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
rootDir=$(cd "$here/../.." && pwd)
passed=0 failed=0
export PYTHONDONTWRITEBYTECODE=1

check() { # TITLE COMMAND...
  local title=$1
  shift
  if "$@"; then
    echo "ok     $title"
    passed=$((passed + 1))
  else
    echo "FAILED $title"
    failed=$((failed + 1))
  fi
}

formatted() { # names the files that clang-format would change
  local faults
  faults=$(cd "$rootDir" &&
    find core crypto messages persistence actors bank monitoring http apps test bench \
      \( -name '*.cpp' -o -name '*.hpp' \) -print0 2>/dev/null |
    xargs -0 -r -n 20 clang-format --dry-run -Werror 2>&1 |
      sed -nE 's/^([^:]+):[0-9]+:[0-9]+: error:.*/       \1: run clang-format -i/p' | sort -u)
  [ -z "$faults" ] || echo "$faults"
  [ -z "$faults" ]
}

shellParses() {
  local file
  while IFS= read -r file; do bash -n "$file" || return 1; done < <(
    echo "$rootDir/k"
    find "$rootDir"/{tools,nginx,test,bench,deploy,.ci} -name node_modules -prune -o -type f -name '*.sh' -print 2>/dev/null
  )
}

check "the checks themselves" python3 "$here/selfTest.py"
check "clang-format" formatted
check "shell scripts parse" shellParses

tree=$(python3 "$here/checkTree.py" "$rootDir")
echo "$tree" | sed '$d'
if [[ $(tail -n 1 <<<"$tree") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed ]]; then
  passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
else
  failed=$((failed + 1))
fi
echo "$passed passed, $failed failed"
[ $failed = 0 ]
