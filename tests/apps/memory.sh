#!/usr/bin/env bash
# Memory that is not there: one line says how much was needed and for what, and the exit code is 1;
# nothing hangs, no signal ends anything, no file is left.
# Steps of a training allocate nothing, whatever the command does around them.
#   memory.sh PINNSCOPE COUNT_ALLOCATIONS [KIB...]      limits to try, in place of ten
source "$(dirname "${BASH_SOURCE[0]}")/cases.sh"
pinnscope=$(realpath "$1")
counter=$(realpath "$2")
shift 2
limits=("$@")
[ $# -gt 0 ] || limits=(50000 70000 90000 120000 150000 190000 240000 300000 500000 2000000)
viscous=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")/datasets/viscous-1.safetensors
cd "$directory" || exit 1

# refuses LIMIT WORDS ARGUMENT...: one line on stderr that says WORDS, exit code 1, under ulimit -v.
refuses() {
  local limit=$1 words=$2
  shift 2
  (ulimit -v "$limit" && exec timeout -s KILL 60 "$pinnscope" "$@") >stdout.txt 2>stderr.txt
  local code=$?
  if [ $code = 1 ] && [ "$(wc -l <stderr.txt)" = 1 ] && grep -qE -- "^pinnscope: .*$words" stderr.txt; then
    good
  else
    bad "$(head -c 100 <<<"$*"): expected one line with \"$words\" and code 1, found code $code: $(head -c 300 stderr.txt)"
  fi
}

sizes='expected [0-9.]+ [KMGTPE]iB of memory for '
refuses unlimited "${sizes}.*L-BFGS steps \([0-9.]+ TiB\).*, found [0-9.]+ [KMGTPE]iB" \
  train heat --width 10000 --layers 1000 --out large.safetensors --log large.csv --checkpoint large
equal "files of a training that was refused" "$(ls | grep -c large)" 0

# A file of one layer of 8 TB, all of them zeros that the disk does not hold.
header='{"layers.0.weight":{"dtype":"F32","shape":[2000000,1000000],"data_offsets":[0,8000000000000]},'
header+='"layers.0.bias":{"dtype":"F32","shape":[1000000],"data_offsets":[8000000000000,8000004000000]}}'
printf '%b' "\\x$(printf %02x ${#header})\\0\\0\\0\\0\\0\\0\\0$header" >sparse.safetensors
if truncate -s $((8 + ${#header} + 8000004000000)) sparse.safetensors 2>/dev/null; then
  for command in "info sparse.safetensors" "spectra sparse.safetensors --out spectra" \
                 "errors heat sparse.safetensors"; do
    # shellcheck disable=SC2086
    refuses unlimited 'sparse.safetensors: expected 7.3 TiB of memory for its bytes, found' $command
  done
  rm sparse.safetensors
else
  skip "the file system has no files of 8 TB"
fi

# Sanitizers need more address space than any of these limits.
if grep -q -e __asan_init -e __tsan_init "$pinnscope"; then
  skip "memory cannot be limited under sanitizers"
  close_cases
  exit
fi

refuses 4000000 "$sizes.*points inside \(7.5 GiB\)" \
  train heat --points 1000000000 --out large.safetensors

works "train" train heat --points 50 --layers 2 --width 20 --adam-steps 2 --lbfgs-iterations 0 \
  --out small.safetensors

# What threads and points take is asked for as a whole, before the first of it is touched.
works "a ring" pde --from-scheme ftcs --cells 300 --layers 1 --out ring.safetensors
# shellcheck disable=SC2046
refuses 1000000 'expected 1.3 GiB of memory for the layers as steps, found' \
  pde ring.safetensors $(printf -- '--at 0,%s ' $(seq 2000))
mkdir wide
yes "$(yes 0.01 | head -n 300 | paste -sd ' ')" | head -n 700 >wide/weights_layer0.txt
head -n 1 wide/weights_layer0.txt >wide/biases_layer0.txt
input=$(yes 0.5 | head -n 700 | paste -sd ' ')
works "seven hundred inputs" propagate wide --at "$input" --threads 1 --out wide_signals
refuses 4000000 "${sizes}directions .* and more, 16 times, found" \
  propagate wide --at "$input" --threads 16 --out wide_signals

# Under any limit a command ends by itself: well, or with one line and code 1, which may be the
# loader's with code 127 where not even the libraries fit.
ends() {
  local limit=$1
  shift
  (ulimit -v "$limit" && exec timeout -s KILL 60 "$pinnscope" "$@") >stdout.txt 2>stderr.txt
  local code=$?
  case $code in
    0) [ ! -s stderr.txt ] && good && return ;;
    1 | 127) [ "$(wc -l <stderr.txt)" = 1 ] && good && return ;;
  esac
  bad "ulimit -v $limit, $*: expected a result or one line, found code $code: $(head -c 300 stderr.txt)"
}

for limit in "${limits[@]}"; do
  ends "$limit" columns
  ends "$limit" spectra small.safetensors --out spectra --draws 4 --threads 4
  ends "$limit" train heat --points 50 --layers 2 --width 20 --adam-steps 2 --lbfgs-iterations 2 \
    --out trained.safetensors
done
if "$pinnscope" info small.safetensors | grep -q OpenBLAS; then
  refuses 150000 'expected 128.0 MiB of memory for a buffer of OpenBLAS, found ' \
    spectra small.safetensors --out spectra --draws 0 --relabellings 0
  refuses 400000 'memory for each of 8 buffers of OpenBLAS, found ' \
    spectra small.safetensors --out spectra --draws 4 --threads 8
else
  skip "the BLAS is not OpenBLAS, which takes a buffer a call"
fi

# allocations ADAM_STEPS LBFGS_ITERATIONS: of a run with a log.
allocations() {
  rm -f log.csv counted.safetensors
  : >count.txt  # so that each run meets as many files, whose names it goes through
  PINNSCOPE_ALLOCATIONS=count.txt LD_PRELOAD=$counter "$pinnscope" train heat --points 50 \
    --layers 1 --width 4 --adam-steps "$1" --lbfgs-iterations "$2" --lbfgs-tolerance 0 \
    --threads 2 --log log.csv --out counted.safetensors >stdout.txt 2>stderr.txt
  cat count.txt
}

# same NAME FEW MANY: of two counts, between which 90 steps lie or more. A text of the network that is a
# digit longer may take one more, of which there are a dozen.
same() {
  if [ "$2" -gt 100 ] && [ $(($3 - $2)) -lt 20 ] && [ $(($3 - $2)) -gt -20 ]; then
    good
  else
    bad "$1: expected as many allocations, found $2 and $3"
  fi
}

same "100 and 1000 steps of Adam" "$(allocations 100 0)" "$(allocations 1000 0)"
equal "rows of 1000 steps" "$(wc -l <log.csv)" 101
same "10 and 100 iterations of L-BFGS" "$(allocations 10 10)" "$(allocations 10 100)"
equal "what is printed as memory" "$(grep -cE \
  '^[0-9.]+ KiB of memory: points and tapes [0-9.]+ KiB, network, gradients and optimisers' stdout.txt)" 1
train_of_points() {
  "$pinnscope" train heat --points "$1" --held-out 0 --layers 1 --width 4 --adam-steps 0 --lbfgs-iterations 0 \
    --out counted.safetensors | sed -n 's/^\([0-9.]*\) MiB of memory.*tapes \([0-9.]*\) MiB.*/\1 \2/p'
}
read -r whole points <<<"$(train_of_points 1000000)"
equal "memory with a million points of 8 bytes" "${points%.*}" 7
[ "${whole%.*}" -ge 7 ] && good || bad "the whole: expected 7 MiB of points in it, found $whole"

# Every command within a main stack of 128 KiB, of which the environment has its part.
printf '0.5 0.3\n' >points.txt
on_small_stack() {
  (ulimit -S -s 128 && exec env -i timeout -s KILL 60 "$pinnscope" "$@") >stdout.txt 2>stderr.txt
  equal "code of $1 on a stack of 128 KiB, $(head -c 300 stderr.txt)" $? 0
}
on_small_stack train viscous --points 50 --layers 2 --width 8 --adam-steps 3 --lbfgs-iterations 3 --threads 2 \
  --log stack.csv --checkpoint stack --out stack.safetensors
on_small_stack info "$viscous"
on_small_stack evaluate "$viscous" --points points.txt --derivatives --out values.csv
on_small_stack errors viscous stack.safetensors
on_small_stack propagate --scheme crank_nicolson --cells 50 --out chain.csv
on_small_stack propagate "$viscous" --at 0.5,0.3 --out signals
on_small_stack spectra stack.safetensors --draws 4 --threads 2 --out layers
on_small_stack pde stack.safetensors --draws 9 --out pde.csv

# Armadillo's products would call BLAS behind the back of what sees to its buffers.
if command -v nm >/dev/null; then
  equal "products of BLAS that a program calls" \
    "$(nm -D -u "$pinnscope" | grep -cE '[sd](gemm|gemv|ger|syrk|trmm|trmv)_$')" 0
else
  skip "nm is not there to list what is called"
fi

close_cases
