#!/usr/bin/env bash
# What is installed suffices: an example a library builds against it through pkg-config, and runs;
# all that tell the version tell the same.
#   pkg_config.sh PREFIX_OR_BUILD_DIRECTORY SOURCE_DIRECTORY VERSION LIBRARY... -- COMPILER...
# MESON_EXE_WRAPPER runs the programs of another machine.
source "$(dirname "${BASH_SOURCE[0]}")/installed.sh"
installed=$1 source=$(realpath "$2") version=$3
shift 3
libraries=()
while [ "$1" != -- ]; do libraries+=("$1"); shift; done
shift

prepare "$installed"
if [ "$(cd "$headers" && ls ./*.hpp)" != ./version.hpp ] || [ ! -f "$headers/core/arena.hpp" ]; then
  echo "headers do not arrive as include/pinnscope/<floor>/<name>.hpp and version.hpp:"
  find "$headers" -name '*.hpp'
  exit 1
fi
# What an installed header includes of pinnscope is installed.
needed=$(cd "$headers/.." && grep -rhoE '#include ["<]pinnscope/[^">]+' pinnscope | sed 's/.*["<]//' | sort -u)
absent=$(cd "$headers/.." && for file in $needed; do [ -f "$file" ] || echo "$file"; done)
if [ -z "$needed" ] || [ -n "$absent" ]; then
  echo "installed headers include what is not installed: $absent"
  exit 1
fi
export PKG_CONFIG_PATH=$descriptions

# build PROGRAM LIBRARY: of a source file.
build() {
  local compile_flags link_flags
  read -ra compile_flags < <(pkg-config --cflags "pinnscope-$2")
  read -ra link_flags < <(pkg-config --static --libs "pinnscope-$2")
  "${compile[@]}" -std=c++20 -Wall -Wextra -Werror "${compile_flags[@]}" "$1" \
    -o "$place/$(basename "$1" .cpp)" "${link_flags[@]}"
}

compile=("$@")
cd "$place"
for library in "${libraries[@]}"; do
  [ "$(pkg-config --modversion "pinnscope-$library")" = "$version" ]
  example=${example_of[$library]}
  build "$source/apps/examples/$example.cpp" "$library"
  run_example "$place" "$example"
  echo "$example builds against pinnscope-$library $version and runs"
done
build "$source/tests/install/version.cpp" network
[ "$(${MESON_EXE_WRAPPER:-} ./version)" = "$version $version" ]
