#!/usr/bin/env bash
# Builds the benchmarks optimised, measures the limits of the machine, the work and the peers in one
# run, writes bench.csv (medians of seven runs, with the least and the most, in milliseconds, and
# what a second does) and prints the table of targets, limits and peers.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: tests/bench/run.sh [options] [FILE.csv]
  --docs        also draw cost against size, and rewrite docs/bench.csv and the generated parts of
                docs/performance.md
  --reproduce   also time apps/reproduce.sh on a clone without a build
  --no-peers    measure the library alone
  -h, --help    this text
PYTHON names the interpreter that has the peers in Python (default: python3).
TEXT
}

here=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tests/build.sh

out=bench.csv docs=0 reproduce=0 peers=1 options=()
while [ $# -gt 0 ]; do
  [[ $1 != -* ]] || options+=("$1")
  case $1 in
    --docs) docs=1 ;;
    --reproduce) reproduce=1 ;;
    --no-peers) peers=0 ;;
    -h | --help) usage; exit 0 ;;
    -*) echo "unknown option: $1" >&2; usage >&2; exit 2 ;;
    *) out=$1 ;;
  esac
  shift
done
case $out in /*) ;; *) out=$here/$out ;; esac
programs=build/tests/bench
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Of the kernels that the BLAS has for the processor the best count.
blas_cores=('')
if grep -qw avx512f /proc/cpuinfo 2>/dev/null; then blas_cores+=(SkylakeX); fi

# with_each_blas THREADS COMMAND...
with_each_blas() {
  local threads=$1 core
  shift
  for core in "${blas_cores[@]}"; do
    env ${core:+OPENBLAS_CORETYPE=$core} OPENBLAS_NUM_THREADS="$threads" \
      OMP_NUM_THREADS="$threads" "$@"
  done
}

limits() {
  local threads
  for threads in 1 2; do with_each_blas $threads $programs/bench_limits $threads; done
}

library() {
  local program
  for program in work products functions; do
    [ ! -x $programs/bench_$program ] || $programs/bench_$program
  done
  [ -x build/apps/pinnscope ] || { echo 'skipped: memory needs the apps' >&2; return; }
  $programs/bench_resident 'memory: resident; train viscous; the paper; 3 steps of Adam and 2 of L-BFGS' \
    build/apps/pinnscope train viscous --threads 2 --adam-steps 3 --lbfgs-iterations 2 \
    --out "$work/viscous.safetensors"
}

# In threads 1 and 2: the table shows the better one.
peers() {
  local threads name
  [ ! -x $programs/bench_products ] || with_each_blas 1 $programs/bench_products blas
  for threads in 1 2; do
    for name in eigen armadillo; do
      if [ -x $programs/bench_$name ]; then
        OPENBLAS_NUM_THREADS=$threads OMP_NUM_THREADS=$threads $programs/bench_$name $threads
      elif [ $threads = 1 ]; then
        echo "skipped: ${name^} is not installed" >&2
      fi
    done
    command -v "$python" >/dev/null || continue
    for name in numpy_scipy scikit_learn onnx_runtime pytorch jax_xla; do
      PYTHONDONTWRITEBYTECODE=1 "$python" tests/bench/peers/$name.py $threads 2>"$work/said" ||
        echo "failed: $name: $(tail -n 1 "$work/said")" >&2
      if [ $threads = 1 ]; then grep '^skipped' "$work/said" >&2 || true; fi
    done
  done
  command -v "$python" >/dev/null || { echo "skipped: the peers in Python ($python)" >&2; return; }
  PYTHONDONTWRITEBYTECODE=1 "$python" tests/bench/peers/pytorch.py 2 memory 2>/dev/null || true
}

time_reproduction() {
  local start
  git clone -q . "$work/clone"
  start=$EPOCHREALTIME
  (cd "$work/clone" && quietly apps/reproduce.sh)
  awk -v start="$start" -v end="$EPOCHREALTIME" 'BEGIN {
    seconds = end - start; ms = 1000 * seconds
    printf "reproduce: apps/reproduce.sh; clone and build; one run,pinnscope,%.6g,%.6g,%.6g,%.6g,s\n",
           ms, ms, ms, seconds
  }'
}

table() { awk -F , -v part="$1" -v style="$2" -f tests/bench/table.awk tests/bench/targets.csv "$out"; }

machine() {
  lscpu | awk -F ': *' '
    $1 ~ /^ *(Model name|CPU family|Model|CPU\(s\)|L1d cache|L2 cache|L3 cache)$/ {
      sub(/^ */, "", $1); printf "| %s | %s |\n", $1, $2
    }
    $1 ~ /^ *Flags$/ {
      n = split($2, flags, " "); text = ""
      for (i = 1; i <= n; ++i)
        if (flags[i] ~ /^(sse4_2|avx|avx2|fma|avx512(f|dq|bw|vl|_bf16|_vnni))$/) text = text " " flags[i]
      printf "| Instructions |%s |\n", text
    }'
  awk '$1 == "MemTotal:" { printf "| Memory | %.0f GiB |\n", $2 / 1048576 }' /proc/meminfo
  echo "| System | $(. /etc/os-release && echo "$PRETTY_NAME"), $(c++ --version | head -n 1) |"
  echo "| Date | $(date -u +%F) |"
  echo "| Command | \`tests/bench/run.sh ${options[*]}\` |"
}

# fill NAME: what stands between the markers of that name in docs/performance.md <- stdin
fill() {
  awk -v name="$1" -v text="$work/text" '
    $0 == "<!-- end: " name " -->" { inside = 0 }
    !inside { print }
    $0 == "<!-- begin: " name " -->" {
      inside = 1
      while ((getline line < text) > 0) print line
    }' docs/performance.md >"$work/page"
  cp "$work/page" docs/performance.md
}

write_docs() {
  local part
  cp "$out" docs/bench.csv
  { printf '| | |\n|---|---|\n'; machine; } >"$work/text"
  fill machine
  for part in limits work floors peers; do
    table $part markdown >"$work/text"
    fill $part
  done
  [ -x $programs/bench_sizes ] || { echo 'skipped: cost against size needs the apps' >&2; return; }
  { printf '| against | work | slope of the last tenfold |\n|---|---|---|\n'
    $programs/bench_sizes --out "$work/sizes" |
      awk -F , 'NF == 3 { printf "| %s | %s | %s |\n", $1, $2, $3 }'; } >"$work/text"
  fill slopes
  [ ! -f "$work/sizes/performance-sizes.svg" ] ||
    cp "$work/sizes/performance-sizes.svg" docs/performance-sizes.svg
}

.ci/set-up.sh build || true
quietly configure build --buildtype=release
quietly ninja -C build bench
{
  echo 'work,by,median_ms,least_ms,most_ms,rate,unit'
  limits
  library
  [ $reproduce = 0 ] || time_reproduction
} >"$work/rows"
python=${PYTHON:-python3}
if [ $peers = 1 ]; then peers >>"$work/rows"; fi
cp "$work/rows" "$out"
table limits text
echo
table work text
[ $docs = 0 ] || write_docs
