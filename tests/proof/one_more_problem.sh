#!/usr/bin/env bash
# One more problem is one file, and an include and a row in the list: in a copy of the list a program
# finds it by its name, trains a network on it and compares with its solution.
#   one_more_problem.sh LIB-DIRECTORY DIRECTORY LIBRARY COMPILER...
set -euo pipefail

lib=$1 given=$2 library=$3
shift 3
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
list=pinnscope/pde/problems.cpp
mkdir -p "$copy/pinnscope/pde/problems"
cp "$given/decay.hpp" "$copy/pinnscope/pde/problems/"
sed -e '/include "pinnscope\/pde\/problems\/advection.hpp"/a #include "pinnscope/pde/problems/decay.hpp"' \
  -e '/^constexpr std::array kProblems{/a \    pde::decay::kProblem,' "$lib/$list" >"$copy/$list"
added=$(diff "$lib/$list" "$copy/$list" | grep -c '^>' || true)
if [ "$added" != 2 ]; then
  echo "$list: expected an include and a row to be added, found $added lines"
  exit 1
fi
"$@" -std=c++20 -I "$copy" -I "$lib" "$given/program.cpp" "$copy/$list" "$library" -pthread -lm \
  -o "$copy/program"
"$copy/program"
