#!/usr/bin/env bash
# Builds the benchmarks optimised, measures limits and work in one run, and writes bench.csv:
# medians of seven runs, with the least and the most, in milliseconds, and what a second does.
#   tests/bench/run.sh [FILE.csv]
set -euo pipefail
here=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tests/build.sh
out=${1:-bench.csv}
case $out in /*) ;; *) out=$here/$out ;; esac

.ci/set-up.sh build || true
quietly configure build --buildtype=release
quietly ninja -C build tests/bench/bench_limits tests/bench/bench_work
rows=$(mktemp)
trap 'rm -f "$rows"' EXIT
echo 'work,median_ms,least_ms,most_ms,rate,unit' >"$rows"
build/tests/bench/bench_limits >>"$rows"
build/tests/bench/bench_work >>"$rows"
mv "$rows" "$out"
awk -F , '{ printf "%-70s %12s %12s %12s %10s %s\n", $1, $2, $3, $4, $5, $6 }' "$out"
