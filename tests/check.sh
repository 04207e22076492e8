#!/usr/bin/env bash
# Sets up, builds and tests in build/. The last line: N passed, N failed(, N skipped).
#   tests/check.sh [--slow]      --slow adds the slow suites, a minute of random input a reader, and
#                                tests/attack/run.sh
# With CI=true warnings are errors.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source tests/build.sh

suites=(unit proof)
case "${1:-}" in
  '') ;;
  --slow) suites+=(slow) ;;
  *) echo "usage: ${0##*/} [--slow]" >&2; exit 2 ;;
esac
options=(--buildtype=release -Dwerror=false)
[ "${CI:-}" != true ] || options=(--buildtype=release -Dwerror=true)

failed=0
if .ci/set-up.sh build && quietly configure build "${options[@]}" &&
   quietly ninja -C build all meson-test-prereq; then
  rm -f build/meson-logs/testlog.txt
  quietly meson test -C build --no-rebuild --print-errorlogs "${suites[@]/#/--suite=}" || failed=1
  read -r -a count < <(counts build)
else
  count=(0 1 0)
fi
if [[ " ${suites[*]} " == *" slow "* ]]; then
  for tool in "tests/fuzz/run.sh 60" tests/attack/run.sh; do
    log=$(mktemp)
    $tool | tee "$log" >&2 || failed=1
    read -r -a found < <(tail -n 1 "$log" | tr -dc '0-9 ')
    rm -f "$log"
    for i in 0 1 2; do count[i]=$((count[i] + ${found[i]:-0})); done
  done
fi
summary "${count[@]}"
[ "$failed" = 0 ] && [ "${count[1]}" = 0 ]
