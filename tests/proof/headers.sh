#!/usr/bin/env bash
# Every public header compiles alone, without a warning.
#   headers.sh DIRECTORY HEADER... -- COMPILER...    (or a folder of headers)
set -euo pipefail

directory=$1
shift
headers=()
while [ "$1" != -- ]; do
  for header in "$1" "$1"/*.hpp; do
    [ ! -f "$header" ] || headers+=("${header#"$directory"/}")
  done
  shift
done
shift
read -ra flags < <(pkg-config --cflags armadillo nlohmann_json 2>/dev/null || echo)

compile() {
  header=$1
  shift
  # Twice: the guard has to work too.
  printf '#include "%s"\n#include "%s"\n' "$header" "$header" |
    "$@" -x c++ -fsyntax-only - || { echo "$header does not compile alone"; return 1; }
}
export -f compile
printf '%s\0' "${headers[@]}" |
  xargs -0 -P "$(nproc)" -I '{}' bash -c 'compile "$@"' _ '{}' "$@" -std=c++20 -Wall -Wextra \
    -Wpedantic -Wconversion -Wshadow -Werror -I "$directory" "${flags[@]}"
echo "${#headers[@]} headers compile alone"
