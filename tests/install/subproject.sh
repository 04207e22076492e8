#!/usr/bin/env bash
# A Meson project that knows pinnscope by its wrap file and an archive alone: each library by a plain
# dependency(), programs and tests of pinnscope left out. With "build" programs are built too and run.
#   subproject.sh SOURCE_DIRECTORY VERSION COMPILER configure|build LIBRARY...
set -euo pipefail
source=$1 version=$2 compiler=$3 extent=$4
shift 4
project=$(mktemp -d)
trap 'rm -rf "$project"' EXIT


mkdir -p "$project/subprojects/packagefiles"
cp "$source/docs/pinnscope.wrap" "$project/subprojects"
tar -C "$source" --transform "s|^|pinnscope-$version/|" \
  -cJf "$project/subprojects/packagefiles/pinnscope-$version.tar.xz" \
  meson.build meson_options.txt lib subprojects/{catch2,cli11,nlohmann_json,openblas}.wrap
cp "$source"/apps/examples/static_memory.cpp "$source"/tests/install/version.cpp "$project"
{
  echo "project('user', 'cpp', default_options: ['cpp_std=c++20', 'optimization=0'])"
  for library; do echo "dependency('pinnscope-$library', version: '== $version')"; done
  for program in static_memory version; do
    echo "executable('$program', '$program.cpp', dependencies: dependency('pinnscope-network'))"
  done
} >"$project/meson.build"

quietly() { "$@" >"$project/log" 2>&1 || { cat "$project/log"; exit 1; }; }
export CXX=$compiler
quietly meson setup "$project/build" "$project" --force-fallback-for=pinnscope-network
for unwanted in apps tests; do
  if [ -d "$project/build/subprojects/pinnscope-$version/$unwanted" ]; then
    echo "as a subproject it builds $unwanted"
    exit 1
  fi
done
if [ "$extent" = build ]; then
  quietly ninja -C "$project/build" static_memory version
  "$project/build/static_memory"
  [ "$("$project/build/version")" = "$version $version" ]
fi
echo "a subproject gives: $*"
