#!/usr/bin/env bash
# Single bits flipped in the files that are read. A flipped checkpoint is refused or harmless; any
# other file is read or refused, in a second or so.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
can_trace
long=("$pinnscope" "${small[@]}" --adam-steps 40 --lbfgs-iterations 10)
"${long[@]}" --out undisturbed.safetensors >/dev/null

# checkpoint NAME N: flips in the checkpoint of a run that was killed at its N-th renaming.
checkpoint() {
  local name=$1
  killed_at rename "$2" "${long[@]}" --out resumed.safetensors --checkpoint "$name" --checkpoint-every 5
  equal "$name: killed" "$code" 137
  rm -f "$name".*
  for flips in 0 $(seq "$(several 250 12)"); do
    rm -f state* resumed.safetensors
    cp "$name" state
    [ "$flips" = 0 ] || flip state
    attempt 20 "${long[@]}" --out resumed.safetensors --checkpoint state --resume
    if [ "$code" = 0 ]; then
      cmp -s undisturbed.safetensors resumed.safetensors && good || bad "$name, bit $place: a wrong resume"
    elif [ "$flips" != 0 ] && [ "$code" = 1 ] && [ "$(wc -l <stderr.txt)" = 1 ] && [ ! -e resumed.safetensors ]; then
      good
    else
      bad "$name, bit $place: exit code $code: $(head -c 300 stderr.txt)"
    fi
  done
}
checkpoint adam 9
checkpoint lbfgs 19

# flipped FILE TIMES COMMAND...: the command on the file with one bit flipped, which is put back.
flipped() {
  local file=$1 times=$2
  shift 2
  cp "$file" whole
  for _ in $(seq "$times"); do
    flip "$file"
    survives "bit $place of $file" 3 "$@"
    cp whole "$file"
  done
  # And cut short anywhere.
  for _ in $(seq "$(several 20 3)"); do
    at_random "$(stat -c %s whole)"
    head -c "$random" whole >"$file"
    survives "$file, $random bytes of it" 3 "$@"
  done
  cp whole "$file"
}
awk 'BEGIN { for (i = 0; i < 30; ++i) print i / 30, i / 60 }' >points.txt
awk 'BEGIN { for (i = 0; i < 8; ++i) print i / 7 }' >signal.txt
cp undisturbed.safetensors net.safetensors
flipped net.safetensors "$(several 150 10)" "$pinnscope" info net.safetensors
flipped net.safetensors "$(several 100 5)" "$pinnscope" evaluate net.safetensors --points points.txt \
  --derivatives --out values.csv
flipped net.safetensors "$(several 100 5)" "$pinnscope" spectra net.safetensors --out spectra --draws 0
flipped points.txt "$(several 100 5)" "$pinnscope" evaluate undisturbed.safetensors --points points.txt --out values.csv
flipped signal.txt "$(several 100 5)" "$pinnscope" propagate --scheme ftcs --initial signal.txt --out signal.csv
mkdir net
printf '# W\n0.5 1 2\n-0.25 3 4\n' >net/weights_burgers_layer0.txt
printf '# b\n0.1 0.2 0.3\n' >net/biases_burgers_layer0.txt
printf '# W\n2\n3\n4\n' >net/weights_burgers_layer1.txt
printf '# b\n-0.3\n' >net/biases_burgers_layer1.txt
for file in weights_burgers_layer0 biases_burgers_layer1; do
  flipped net/$file.txt "$(several 100 5)" "$pinnscope" info net
done
found=0
for file in "$reference"/faults/keras/*.h5 "$reference"/faults/damaged-heap.h5; do
  [ -f "$file" ] || continue
  found=$((found + 1))
  cp "$file" network.h5
  flipped network.h5 "$(several 30 2)" "$pinnscope" info network.h5
done
[ "$found" -gt 0 ] || skip "no .h5 files at $reference"
close_cases
