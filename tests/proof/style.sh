#!/usr/bin/env bash
# What must not stand in the sources.
#   style.sh ROOT
set -euo pipefail

cd "$1"
failed=0
# absent PATTERN REASON PATH...
absent() {
  local pattern=$1 reason=$2
  shift 2
  if grep -rnE --include='*.[hc]pp' --include=meson.build --include='*.in' -e "$pattern" "$@"; then
    echo "$reason"
    failed=1
  fi
}
absent '\b(TODO|FIXME|XXX|HACK)\b' 'finish it or leave it out' lib apps tests meson.build
absent '-f(fast-math|unsafe-math|associative-math)|-Ofast' 'it changes the numbers' \
  lib apps tests meson.build
absent '^ *# *(if|ifdef|ifndef|define)\b' 'the library has one shape: no preprocessor' lib
absent '< *iostream *>' 'the library does not print' lib
absent '\b(virtual|override|dynamic_cast|typeid)\b' 'the library has no type information: a table of functions' \
  lib/pinnscope/{core,simd,nn,step,signals,tape,pde,train}
# A switch over an enumeration has a case for each value, so that the compiler finds a new one. These
# files switch over a number and over a letter.
others=$(grep -rnE --include='*.[hc]pp' --include='*.inl' -e '^ *(case .*)?default *:' lib apps |
  grep -vE '^(lib/pinnscope/step/sweeps\.inl|apps/common/html\.cpp):' || true)
if [ -n "$others" ]; then
  echo "$others"
  echo 'a switch over an enumeration names every value'
  failed=1
fi
[ "$failed" = 0 ] && echo "the sources are clean"
