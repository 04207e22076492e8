#!/usr/bin/env bash
# What is installed suffices: programs build against it through pkg-config, and run.
#   install.sh BUILD_DIRECTORY PROGRAMS_DIRECTORY PROGRAM=PACKAGE... -- COMPILER...
# EXE_WRAPPER runs the programs of another machine.
set -euo pipefail

build=$1 programs=$2
shift 2
pairs=()
while [ "$1" != -- ]; do pairs+=("$1"); shift; done
shift

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
if ! meson install -C "$build" --no-rebuild --tags devel --destdir "$place" >"$place/log" 2>&1; then
  cat "$place/log"
  exit 1
fi
headers=$(find "$place" -type d -path '*/include/pinnscope')
if [ -n "$(find "$headers" -maxdepth 1 -name '*.hpp')" ] || [ ! -f "$headers/core/arena.hpp" ]; then
  echo "headers do not arrive as include/pinnscope/<floor>/<name>.hpp:"
  find "$headers" -name '*.hpp'
  exit 1
fi
# The files name the final prefix; here everything lies below $place.
descriptions=$(dirname "$(find "$place" -name pinnscope-core.pc)")
sed -i "s|^prefix=|prefix=$place|" "$descriptions"/pinnscope*.pc
export PKG_CONFIG_PATH=$descriptions

for pair in "${pairs[@]}"; do
  program=${pair%%=*} package=${pair#*=}
  read -ra compile_flags < <(pkg-config --cflags "$package")
  read -ra link_flags < <(pkg-config --static --libs "$package")
  "$@" -std=c++20 -Wall -Wextra -Werror "${compile_flags[@]}" "$programs/$program.cpp" \
    -o "$place/$program" "${link_flags[@]}"
  ${EXE_WRAPPER:-} "$place/$program"
  echo "$program builds against $package and runs"
done
