#!/usr/bin/env bash
# One more operation of the tape is a struct, its name in the list and its function, all in one file:
# in a copy of that file a residual is recorded with it, and value and gradient are what they should
# be. From outside it is the struct alone. One without an adjoint, or not in the list although the
# library's own, does not compile.
#   one_more_operation.sh LIB-DIRECTORY DIRECTORY LIBRARY COMPILER...
set -euo pipefail

lib=$1 given=$2 library=$3
shift 3
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
compile=("$@" -std=c++20 -Wall -Wextra -Werror)

echo 'from outside'
"${compile[@]}" -D OUTSIDE -I "$lib" "$given/program.cpp" "$library" -pthread -lm -o "$copy/outside"
"$copy/outside"

cp -r "$lib/pinnscope" "$copy/pinnscope"
list=$copy/pinnscope/tape/operations.hpp
sed -i -e "/^struct Exponential/,/^};/{
/^};/r $given/hyperbolic_cosine.inl
}" -e 's/AtMost>;/AtMost, HyperbolicCosine>;/' \
  -e '/friend Term exp(Term a)/a \  friend Term cosh(Term a) noexcept { return of<operations::HyperbolicCosine>(a, a); }' "$list"
changed=$( (diff -rq "$lib/pinnscope" "$copy/pinnscope" || true) | wc -l)
[ "$changed" = 1 ] || { echo "expected one changed file, found $changed"; exit 1; }
outside_struct=$( (diff "$lib/pinnscope/tape/operations.hpp" "$list" || true) | grep '^>' |
  grep -cvxF -f <(sed 's/^/> /' "$given/hyperbolic_cosine.inl") || true)
[ "$outside_struct" = 2 ] ||
  { echo "expected two lines beside the struct, found $outside_struct"; exit 1; }
echo "in the list: 1 file, the struct and $outside_struct lines"
# The copy's tape stands in front of the library's.
"${compile[@]}" -fno-math-errno -I "$copy" "$given/program.cpp" "$copy"/pinnscope/tape/*.cpp \
  "$library" -pthread -lm -o "$copy/inside"
"$copy/inside"

refused() {  # HEADERS WHAT MESSAGE
  if "${compile[@]}" -fsyntax-only -D OUTSIDE -I "$1" -I "$given" "$copy/program.cpp" 2>"$copy/log"; then
    echo "$2 compiles"
    exit 1
  fi
  grep -q "$3" "$copy/log" || { echo "$2: no \"$3\" in"; cat "$copy/log"; exit 1; }
}
cp "$given/program.cpp" "$copy/program.cpp"
sed 's/Adjoints<T> adjoint/Adjoints<T> adjointly/' "$given/hyperbolic_cosine.inl" >"$copy/hyperbolic_cosine.inl"
refused "$lib" 'an operation without an adjoint' PointwiseOperation
cp "$given/hyperbolic_cosine.inl" "$copy/hyperbolic_cosine.inl"
sed -i 's/AtMost, HyperbolicCosine>;/AtMost>;/' "$list"
sed -i 's/#ifdef OUTSIDE/#if 0/; s/static_assert(Op.*//' "$copy/program.cpp"
refused "$copy" 'a function whose operation is not in the list' 'not in the list of operations'
