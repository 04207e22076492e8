#!/usr/bin/env bash
# What is compiled for instructions that a processor may lack runs only when it is called: nothing
# of it runs before main(), and no function of it may stand in for the same one of another file.
#   instruction_sets.sh NM LIBRARY...
set -euo pipefail

nm=$1
shift
symbols=$("$nm" -A "$@")
if grep -E ' [tT] _?(_GLOBAL__sub_I_|_GLOBAL__I_|__cxx_global_var_init)| W ' <<<"$symbols"; then
  echo "compiled for an instruction set, these may be merged with others or run before main()"
  exit 1
fi
echo "$(grep -cE ' [tT] ' <<<"$symbols" || true) functions, none of them to be merged with those of another file"
