#!/usr/bin/env bash
# A run that is killed at random moments and resumed each time writes the same file, byte for byte,
# as one that nobody disturbed; so does one stopped by SIGTERM; so does any number of threads.
#   kill_resume.sh PINNSCOPE
set -euo pipefail
pinnscope=$(realpath "$1")
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"

# A command, not a function: in the background $! must be the program itself.
run=("$pinnscope" train viscous --points 600 --layers 3 --width 24 --adam-steps 1200
     --lbfgs-iterations 150 --resample-every 90 --points-by sobol --seed 5)
fail() { echo "kill_resume: $*" >&2; exit 1; }

"${run[@]}" --threads 1 --out undisturbed.safetensors --log undisturbed.csv >whole.txt
"${run[@]}" --threads 2 --out two.safetensors >/dev/null
"${run[@]}" --threads 4 --out four.safetensors >/dev/null
cmp undisturbed.safetensors two.safetensors
cmp undisturbed.safetensors four.safetensors

# The moments, in milliseconds, come from a seeded generator: 20 of them.
RANDOM=20
kills=0
for _ in $(seq 1 20); do
  pause=$((RANDOM % 140 + 5))
  "${run[@]}" --threads 2 --out killed.safetensors --log killed.csv --checkpoint state \
    --checkpoint-every 10 --resume >killed.txt 2>&1 &
  victim=$!
  sleep "0.$(printf '%03d' "$pause")"
  if kill -9 "$victim" 2>/dev/null; then kills=$((kills + 1)); fi
  wait "$victim" 2>/dev/null || true
done
"${run[@]}" --threads 2 --out killed.safetensors --log killed.csv --checkpoint state --resume >killed.txt
cmp undisturbed.safetensors killed.safetensors
[ "$kills" -ge 5 ] || fail "only $kills of 20 kills came before the end"
cmp <(cut -d, -f1-7 undisturbed.csv) <(cut -d, -f1-7 killed.csv)
[ -z "$(find . -name '*.part-*')" ] || fail "files of interrupted writes were left"

# SIGTERM ends a run with 128 + 15 and a checkpoint, however rare those are otherwise.
"${run[@]}" --threads 1 --checkpoint-every 100000 --out stopped.safetensors --checkpoint other >stopped.txt &
victim=$!
sleep 0.1
kill -TERM "$victim"
status=0
wait "$victim" || status=$?
[ "$status" = 143 ] || fail "SIGTERM: exit $status, expected 143"
[ -f other ] && [ ! -e stopped.safetensors ] || fail "SIGTERM: expected a checkpoint alone"
"${run[@]}" --threads 1 --checkpoint-every 100000 --out stopped.safetensors --checkpoint other --resume >/dev/null
cmp undisturbed.safetensors stopped.safetensors

# A damaged checkpoint is refused by name, and the one before it is kept.
printf 'x' | dd of=state bs=1 seek=2000 conv=notrunc status=none
cp state.previous kept
if "${run[@]}" --threads 1 --out refused.safetensors --checkpoint state --resume >/dev/null 2>refused.txt; then
  fail "a damaged checkpoint was accepted"
fi
grep -q '^pinnscope: state: the checkpoint is damaged: .*state.previous' refused.txt ||
  fail "unexpected: $(cat refused.txt)"
[ "$(wc -l <refused.txt)" = 1 ] || fail "expected one line"
cmp kept state.previous
mv state.previous state
"${run[@]}" --threads 1 --out again.safetensors --checkpoint state --resume >/dev/null
cmp undisturbed.safetensors again.safetensors
echo "cases: 1 passed, 0 failed, 0 skipped"
