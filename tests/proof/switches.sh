#!/usr/bin/env bash
# A value more in an enumeration is an error wherever a switch over it does not know it.
#   switches.sh LIB CXX...
set -euo pipefail
lib=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# needs ENUMERATION HEADER SOURCE: SOURCE does not compile with a value more, and for that reason.
needs() {
  local enumeration=$1 header=$2 source=$3
  shift 3
  mkdir -p "$work/pinnscope/$(dirname "$header")"
  sed "/enum class $enumeration\\b/,/}/ s/{/{ value_that_no_one_knows,/" \
    "$lib/pinnscope/$header" >"$work/pinnscope/$header"
  if ! grep -q value_that_no_one_knows "$work/pinnscope/$header"; then
    echo "$header: expected an enumeration $enumeration"
    failed=1
  elif "$@" -std=c++20 -I "$work" -I "$lib" -Wswitch -Werror -fsyntax-only \
    "$lib/pinnscope/$source" >"$work/errors.txt" 2>&1; then
    echo "$source compiles with a $enumeration that it does not know"
    failed=1
  elif ! grep -q 'value_that_no_one_knows.*not handled' "$work/errors.txt"; then
    echo "$source: expected a value that is not handled, found:"
    head -n 5 "$work/errors.txt"
    failed=1
  fi
  rm -f "$work/pinnscope/$header"
}

needs StatusCode core/status.hpp core/arena.cpp "$@"
needs Operation tape/expression.hpp tape/collapse.cpp "$@"
needs Operation tape/expression.hpp tape/replay.cpp "$@"
needs Ending train/ending.hpp train/lbfgs.cpp "$@"
needs ProblemKind pde/training_problem.hpp pde/training_problem.cpp "$@"
needs Scheme step/scheme.hpp step/stepper.cpp "$@"
needs Boundary step/boundary.hpp step/stepper.cpp "$@"
needs Normalisation step/normalisation.hpp step/normalisation.cpp "$@"
needs Activation nn/activation.hpp nn/mlp.cpp "$@"
needs Initialiser nn/initialise.hpp nn/initialise.cpp "$@"
needs NullKind spectra/null_model.hpp spectra/null_model.cpp "$@"
needs LawKind spectra/weight_law.hpp spectra/weight_law.cpp "$@"
[ "$failed" = 0 ] && echo "every switch needs every value"
