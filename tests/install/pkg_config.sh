#!/usr/bin/env bash
# What is installed suffices: its headers compile alone, programs build against it through
# pkg-config, and run; all that tell the version tell the same.
#   pkg_config.sh PREFIX_OR_BUILD_DIRECTORY PROGRAMS_DIRECTORY VERSION PROGRAM=PACKAGE... -- COMPILER...
# EXE_WRAPPER runs the programs of another machine.
source "$(dirname "${BASH_SOURCE[0]}")/installed.sh"
installed=$1 programs=$2 version=$3
shift 3
pairs=()
while [ "$1" != -- ]; do pairs+=("$1"); shift; done
shift

prepare "$installed"
if [ "$(cd "$headers" && ls ./*.hpp)" != ./version.hpp ] || [ ! -f "$headers/core/arena.hpp" ]; then
  echo "headers do not arrive as include/pinnscope/<floor>/<name>.hpp and version.hpp:"
  find "$headers" -name '*.hpp'
  exit 1
fi
export PKG_CONFIG_PATH=$descriptions

for pair in "${pairs[@]}"; do
  program=${pair%%=*} package=${pair#*=}
  read -ra compile_flags < <(pkg-config --cflags "$package")
  read -ra link_flags < <(pkg-config --static --libs "$package")
  "$@" -std=c++20 -Wall -Wextra -Werror "${compile_flags[@]}" "$programs/$program.cpp" \
    -o "$place/$program" "${link_flags[@]}"
  ${EXE_WRAPPER:-} "$place/$program"
  [ "$(pkg-config --modversion "$package")" = "$version" ]
  echo "$program builds against $package $version and runs"
done
[ "$(${EXE_WRAPPER:-} "$place/version")" = "$version $version" ]
