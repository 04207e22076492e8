#!/usr/bin/env bash
# find_package(pinnscope) of CMake finds what is installed: programs build against its targets, and
# run; what is not there is said.
#   cmake.sh PREFIX_OR_BUILD_DIRECTORY SOURCE_DIRECTORY VERSION COMPILER COMPONENT...
# MESON_EXE_WRAPPER runs the programs of another machine.
source "$(dirname "${BASH_SOURCE[0]}")/installed.sh"
installed=$1 source=$(realpath "$2") version=$3 compiler=$4
shift 4
prepare "$installed"

configure() {
  rm -rf "$place/project"
  cmake -S "$source/tests/install" -B "$place/project" -G Ninja -DCMAKE_CXX_COMPILER="${compiler##* }" \
    -DCMAKE_PREFIX_PATH="${headers%/include/pinnscope}" -DCMAKE_BUILD_TYPE=Release "$@" \
    >"$place/log" 2>&1
}

# refused WORDS OPTION...: the project cannot be configured, and CMake says these words.
refused() {
  local words=$1
  shift
  if configure "$@" || ! grep -q -- "$words" "$place/log"; then
    echo "expected CMake to say \"$words\", found:"
    cat "$place/log"
    exit 1
  fi
}
refused "no component nothing is installed" -DCOMPONENTS=nothing
refused "version: $version" -DVERSION=99.0
refused "version: $version" -DVERSION=0.0.1

if ! { configure -DVERSION="$version" -DCOMPONENTS="$(IFS=\;; echo "$*")" &&
       cmake --build "$place/project" >"$place/log" 2>&1; }; then
  cat "$place/log"
  exit 1
fi
for component; do
  run_example "$place/project" "${example_of[$component]}"
  echo "${example_of[$component]} builds against pinnscope::$component and runs"
done
[ "$(${MESON_EXE_WRAPPER:-} "$place/project/version")" = "$version $version" ]
