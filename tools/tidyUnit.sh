#!/usr/bin/env bash
# tidyUnit.sh COMPILER ARGUMENT...: stands in the compiler's place in the build that checks. Runs clang-tidy on the unit and
# writes no object. A unit whose preprocessed text, with comments, macros and the names of files, was good before is good in
# every checkout.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
verdicts=${K_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/k-services}/tidy
mkdir -p "$verdicts"

preprocess=() object='' source=''
previous=''
for argument in "$@"; do
  case $previous in
    -o) object=$argument ;;
    -c) source=$argument preprocess+=("$argument") ;;
    *) [[ $argument == -[oc] ]] || preprocess+=("$argument") ;;
  esac
  previous=$argument
done

text=$(mktemp)
trap 'rm -f "$text"' EXIT
"${preprocess[@]}" -E -C -dD -o "$text" # writes the list of headers too, by the -MD among the arguments
verdict=$verdicts/$({ clang-tidy --version && cat "$root/.clang-tidy" && sed "s#$root/##g" "$text"; } | sha256sum | cut -d' ' -f1)
[ -e "$verdict" ] || clang-tidy --quiet --warnings-as-errors='*' "$source" -- "$@"
touch "$verdict" "$object"
