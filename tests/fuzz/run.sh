#!/usr/bin/env bash
# Feeds the readers of files and the command line with what chance and coverage find, under the
# sanitizers. A find is a death, undefined behaviour, a second of processor time or half a minute on one
# input, or more memory than 64 MiB at once. What a damaged HDF5 file does to the process that reads it is none.
#   tests/fuzz/run.sh [SECONDS-A-READER]      the last line: N passed, N failed
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tests/build.sh
seconds=${1:-60}
.ci/set-up.sh checks
CC=clang CXX=clang++ quietly configure build-fuzz --buildtype=release -Doptimization=1 \
  -Db_ndebug=false -Db_sanitize=address,undefined -Db_lundef=false \
  -Dcpp_args=-fsanitize=fuzzer-no-link -Dfuzz=enabled -Dapps=disabled
quietly ninja -C build-fuzz $(cd tests/fuzz && for f in *.cpp; do echo "tests/fuzz/fuzz_${f%.cpp}"; done)

passed=0
failed=0
for program in build-fuzz/tests/fuzz/fuzz_*; do
  [ -f "$program" ] && [ -x "$program" ] || continue
  reader=${program##*/fuzz_}
  # What an earlier run learned is kept beside the build; the seeds in the tree are only read.
  mkdir -p "build-fuzz/corpus/$reader" build-fuzz/finds
  if UBSAN_OPTIONS=halt_on_error=1 "$program" -max_total_time="$seconds" -timeout=30 \
       -malloc_limit_mb=64 -rss_limit_mb=1024 -print_final_stats=1 -close_fd_mask=3 \
       -artifact_prefix="build-fuzz/finds/$reader-" "build-fuzz/corpus/$reader" \
       "tests/fuzz/corpus/$reader" >"build-fuzz/$reader.log" 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    tail -n 12 "build-fuzz/$reader.log" >&2
  fi
  awk -v reader="$reader" '/number_of_executed_units/ { print reader ": " $2 " inputs"; exit }' "build-fuzz/$reader.log"
done
summary "$passed" "$failed" 0
[ "$failed" = 0 ]
