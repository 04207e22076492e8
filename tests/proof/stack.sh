#!/usr/bin/env bash
# That whatever boards link takes less than 8 KiB of stack, on its deepest path of calls.
#   stack.sh x86-64|aarch64|cortex-m    compiles those floors as a release does, with GCC
#   stack.sh control                    a recursion, which is refused
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

target=$1
objects=$(mktemp -d)
trap 'rm -rf "$objects"' EXIT
flags=(-std=gnu++20 -O3 -DNDEBUG -fno-exceptions -fno-rtti -fno-math-errno -Ilib
       -fcallgraph-info=su)
others='lapack'  # files that a build for the target leaves out
case $target in
  x86-64) compiler=(g++); others+='|_other|neon|aarch64' ;;
  aarch64) compiler=(aarch64-linux-gnu-g++ -Wno-psabi); others+='|_x86|avx|available_kernels_other' ;;
  # Threads as an operating system for boards has them: newlib declares them to those alone.
  cortex-m) compiler=(arm-none-eabi-g++ -mcpu=cortex-m4 -mthumb -mfloat-abi=hard
                      -mfpu=fpv4-sp-d16 -Wno-psabi -D_POSIX_THREADS=1
                      -D_POSIX_C_SOURCE=200809L -D_POSIX_PRIORITY_SCHEDULING=1)
            others+='|_x86|avx|neon|aarch64' ;;
  control) compiler=(g++) ;;
  *) echo "usage: ${0##*/} x86-64|aarch64|cortex-m|control" >&2; exit 2 ;;
esac

compile() {
  local file=$1 name
  shift
  name=${file//\//_}
  case $file in
    *_avx2.cpp) set -- "$@" -mavx2 -mfma ;;
    *_avx512.cpp) set -- "$@" -mavx2 -mfma -mavx512f -mavx512dq -mavx512vl -mavx512bw ;;
  esac
  "$@" -c "$file" -o "$objects/$name.o"
}
export objects
export -f compile

if [ "$target" = control ]; then
  files=tests/proof/stack_control.cpp
else
  files=$(ls lib/pinnscope/{simd,core,nn,step,signals,tape,pde,train}/*.cpp | grep -vE "$others")
fi
xargs -P "$(nproc)" -I{} bash -c 'compile "$@"' _ {} "${compiler[@]}" "${flags[@]}" <<<"$files"
python3 tests/proof/stack.py 8192 "$objects"
