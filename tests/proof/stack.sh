#!/usr/bin/env bash
# That whatever boards link takes less than 8 KiB of stack, on its deepest path of calls.
#   stack.sh x86-64|aarch64|cortex-m    compiles those floors as a release does, with GCC
#   stack.sh control                    a recursion, which is refused
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# A compiler cache gives back objects without their call graphs.
export CCACHE_DISABLE=1
target=$1
objects=$(mktemp -d)
trap 'rm -rf "$objects"' EXIT
flags=(-std=gnu++20 -O3 -DNDEBUG -fno-exceptions -fno-rtti -fno-math-errno -Ilib
       "-I$objects" -fcallgraph-info=su)
case $target in
  x86-64) compiler=(g++) family=x86 ;;
  aarch64) compiler=(aarch64-linux-gnu-g++ -Wno-psabi) family=aarch64 ;;
  # Threads as an operating system for boards has them: newlib declares them to those alone.
  cortex-m) compiler=(arm-none-eabi-g++ -mcpu=cortex-m4 -mthumb -mfloat-abi=hard
                      -mfpu=fpv4-sp-d16 -Wno-psabi -D_POSIX_THREADS=1
                      -D_POSIX_C_SOURCE=200809L -D_POSIX_PRIORITY_SCHEDULING=1)
            family=other ;;
  control) compiler=(g++) ;;
  *) echo "usage: ${0##*/} x86-64|aarch64|cortex-m|control" >&2; exit 2 ;;
esac

# What the build tells the compiler for an instruction set.
arguments_of() {
  sed -n "s/^ *'$1': \[\(.*\)\].*/\1/p" lib/pinnscope/instruction_sets/meson.build | tr -d "',"
}

compile() {
  local file=$1 name
  shift
  name=${file//\//_}
  case $file in
    lib/pinnscope/instruction_sets/*) set -- "$@" $(arguments_of "$(basename "$file" .cpp)") ;;
  esac
  "$@" -c "$file" -o "$objects/$name.o"
}
export objects
export -f compile arguments_of

if [ "$target" = control ]; then
  files=tests/proof/stack_control.cpp
else
  files=$(ls lib/pinnscope/{core,nn,step,signals,tape,pde,train}/*.cpp)
  simd=lib/pinnscope/simd
  mkdir -p "$objects/pinnscope/simd"
  sed "s/@family@/$family/" $simd/instruction_sets.hpp.in >"$objects/pinnscope/simd/instruction_sets.hpp"
  sets=$(sed -n 's/^using InstructionSets = FastestFirst<\(.*\)>;/\L\1/p' $simd/instruction_sets_$family.hpp)
  for set in ${sets//,/}; do files+=$'\n'lib/pinnscope/instruction_sets/network/$set.cpp; done
fi
xargs -P "$(nproc)" -I{} bash -c 'compile "$@"' _ {} "${compiler[@]}" "${flags[@]}" <<<"$files"
python3 tests/proof/stack.py 8192 "$objects"
