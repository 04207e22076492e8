#!/usr/bin/env bash
# pinnscope propagate NETWORK: what arrives at the layers of networks, before and after training.
#   signals.sh PINNSCOPE
source "$(dirname "${BASH_SOURCE[0]}")/cases.sh"
programs "$1"
pinnscope=$(realpath "$1")
cd "$directory" || exit 1
viscous=$source/datasets/viscous-1.safetensors
inviscid=$source/datasets/inviscid-1.safetensors

# field FILE COLUMN CONDITION: the numbers of a column in the rows where the awk condition on named
# columns holds, as in state == "trained" && x == 0.5.
field() {
  awk -F , -v wanted="$2" '
    NR == 1 { for (i = 1; i <= NF; ++i) at[$i] = i; next }
    { run = $at["run"]; state = $at["state"]; x = $at["x"]; t = $at["t"]; layer = $at["layer"] }
    '"$3"' { print $at[wanted] }' "$1"
}
two_digits() { LC_ALL=C awk '{ printf "%.2f\n", $1 }'; }

# The exponents of record at t = 0.3, in the shock and where it is calm. Computed apart.
works "two places" propagate "$inviscid" "$viscous" --at 0.5,0.3 --at 0.1,0.3 --out places
for record in "0.5 0.82" "0.1 0.28"; do
  read -r x expected <<<"$record"
  equal "exponent at x = $x" "$(field places/inputs.csv exponent "run == 1 && x == $x" | two_digits)" "$expected"
done
grep -q '(log s_1(da_H/dx) - log s_1(da_1/dx)) / (H - 1)' stdout.txt && good || bad "no definition of the exponent"
grep -q '^saturated  *invariant: ' stdout.txt && grep -q '^mean  *as labelled: ' stdout.txt && good ||
  bad "no word on labels"
equal "signals: rows" "$(wc -l <places/signals.csv)" $((1 + 2 * 2 * 9))
equal "layers: rows" "$(wc -l <places/layers.csv)" $((1 + 2 * 9))
equal "ensemble: rows" "$(wc -l <places/ensemble.csv)" 10
equal "signals: heading" "$(head -n 1 places/signals.csv)" \
  "input,x,t,run,state,layer,l1_norm,l2_norm,mean,variance,saturated,correlation,q,chi,log_s_1,log_s_n"
# The exponent is what its definition says of the signals beside it.
for x in 0.5 0.1; do
  last=$(field places/signals.csv log_s_1 "run == 1 && x == $x && layer == 7")
  first=$(field places/signals.csv log_s_1 "run == 1 && x == $x && layer == 0")
  awk -v e="$(field places/inputs.csv exponent "run == 1 && x == $x")" -v a="$last" -v b="$first" \
    'BEGIN { d = e - (a - b) / 7; exit !(d < 1e-14 && d > -1e-14) }' && good || bad "exponent at $x"
done

# A grid, before and after: the saturation of layer 7 that is on record; no threads in the bits.
works "a grid" propagate "$viscous" "$inviscid" --start --grid 21x11 --threads 1 --out one
works "a grid by three threads" propagate "$viscous" "$inviscid" --start --grid 21x11 --threads 3 --out three
diff -r one three >/dev/null && good || bad "threads change the files"
[ ! -e one/signals.csv ] && good || bad "a grid: expected no signals.csv"
equal "a grid: rows" "$(wc -l <one/inputs.csv)" $((1 + 21 * 11 * 4))
equal "a grid: inputs" "$(field one/layers.csv inputs 'run == 1 && state == "start" && layer == 0')" 231
equal "a grid: corners" "$(sed -n '2p;$p' one/inputs.csv | cut -d , -f 2,3 | paste -sd ' ')" "0,0 1,1"
awk -v s="$(field one/layers.csv saturated 'run == 0 && state == "trained" && layer == 7')" \
  'BEGIN { exit !(s > 0.02 && s < 0.15) }' && good || bad "saturation of layer 7 of viscous-1"
# Before training W is Glorot's: sigma_w is 1 in square layers, and biases are 0.
awk -v s="$(field one/layers.csv sigma_w 'run == 0 && state == "start" && layer == 3')" \
  -v b="$(field one/layers.csv sigma_b 'run == 0 && state == "start" && layer == 3')" \
  'BEGIN { exit !(s > 0.98 && s < 1.02 && b == 0) }' && good || bad "sigma_w and sigma_b of the start"

# Inputs of a file and of a pipe are those of --at, in their order and by their names.
printf '0.5 0.3\n0.1 0.3\n' >inputs.txt
printf 't,x\n0.3,0.5\n0.3,0.1\n' >named.csv
works "a file" propagate "$inviscid" "$viscous" --inputs inputs.txt --out from_file
diff -r places from_file >/dev/null && good || bad "a file: other files than of --at"
works "names" propagate "$inviscid" "$viscous" --inputs named.csv --out from_names
diff -r places from_names >/dev/null && good || bad "names: other files than of --at"
"$pinnscope" propagate "$inviscid" "$viscous" --inputs - --out from_pipe <inputs.txt >/dev/null
diff -r places from_pipe >/dev/null && good || bad "a pipe: other files than of --at"

# Inputs without an end stop where their rows have no room.
for file in inputs signals; do
  mkdir "full_$file"
  ln -s /dev/full "full_$file/$file.csv"
  status=0
  yes "0.5 0.3" 2>/dev/null |
    timeout -s KILL 60 "$pinnscope" propagate "$viscous" --inputs - --out "full_$file" >stdout.txt 2>stderr.txt || status=$?
  equal "no room for $file.csv" "$status $(cat stderr.txt)" \
    "1 pinnscope: full_$file/$file.csv: cannot write to it: No space left on device"
done

# A sheet of the first network.
if command -v gnuplot >/dev/null; then
  works "plots" propagate "$viscous" --start --at 0.5,0.3 --plots --out drawn
  for file in propagation.{svg,png,pdf,gp} propagation-{map,activations,layers}.csv; do
    [ -s "drawn/$file" ] && good || bad "plots: no $file"
  done
  # Where a number is not known, or the same everywhere: a sine, a linear network, one that is off.
  works "a network of sines" train viscous --activation sine --layers 3 --width 6 --adam-steps 1 \
    --lbfgs-iterations 0 --points 50 --out sines.safetensors
  works "a linear network" pde --from-scheme ftcs --cells 12 --layers 3 --out linear.safetensors
  mkdir off
  for layer in 0 1 2; do
    yes "0 0" | head -n 2 >off/weights_layer$layer.txt
    echo "0 0" >off/biases_layer$layer.txt
  done
  for file in sines.safetensors linear.safetensors off; do
    options=()
    [ $file != off ] || options=(--activation relu)
    works "plots of $file" propagate $file "${options[@]}" --at 0.5,0.3 --plots --out drawn_$file
    equal "plots of $file: what is not known" "$(grep -o '>not known<' drawn_$file/propagation.svg | wc -l)" \
      "$(case $file in sines*) echo 1 ;; linear*) echo 0 ;; off) echo 2 ;; esac)"
    grep -q -- -nan stdout.txt && bad "plots of $file: nan with a sign" || good
  done
  equal "plots: map" "$(wc -l <drawn/propagation-map.csv)" $((1 + 51 * 51))
else
  skip "plots: gnuplot is not installed"
fi

# A directory holds one run: what this one has not, an earlier one does not leave there.
works "an ensemble" propagate "$inviscid" "$viscous" --at 0.5,0.3 --out again
for name in propagation.svg propagation-map.csv mine.csv; do echo older >"again/$name"; done
works "a run in its place" propagate "$viscous" --grid 3x3 --out again
equal "files of one run" "$(cd again && echo *)" "inputs.csv layers.csv mine.csv runs.csv"

# Networks of other shapes: no x and t, no second hidden layer, an activation that has no flat part.
mkdir sine
printf '# W\n0.5 1\n-0.25 2\n0.1 1\n' >sine/weights_layer0.txt
printf '# b\n0.1 0\n' >sine/biases_layer0.txt
printf '# W\n2\n1\n' >sine/weights_layer1.txt
printf '# b\n-0.3\n' >sine/biases_layer1.txt
works "three inputs" propagate sine --activation sine --at 1,2,3 --out three_inputs
equal "three inputs: heading" "$(head -n 1 three_inputs/inputs.csv)" \
  "input,x_0,x_1,x_2,run,state,exponent,log_s_1,log_s_n,saturated"
equal "three inputs: exponent" "$(tail -n 1 three_inputs/inputs.csv | cut -d , -f 7)" nan
grep -q '^saturated is not known: a sine has no flat part' stdout.txt && good || bad "sine: no reason"
grep -q '^exponent is not known: fewer than two hidden layers' stdout.txt && good || bad "one hidden layer: no reason"
equal "three inputs: rank" "$(tail -n 1 three_inputs/inputs.csv | cut -d , -f 9)" -inf
works "near" propagate sine --activation sine --at 1,2,3 --near 0,0,0 --out near
awk -F , 'NR > 1 && ($13 < 1 - 1e-15 || $13 > 1 + 1e-15) { bad = 1 } END { exit bad }' near/signals.csv && good ||
  bad "near: an input beside itself has correlation 1"

# refuses CODE LINE ARGUMENT...: nothing but this line on stderr.
refuses() {
  local code=$1 line=$2 status=0
  shift 2
  "$pinnscope" propagate "$@" >stdout.txt 2>stderr.txt || status=$?
  equal "$*" "$status $(cat stderr.txt)" "$code pinnscope: $line"
}
refuses 2 "propagate: expected --scheme, --family or WEIGHTS, found none" --out no
refuses 2 "propagate: expected --at, --inputs or --grid, found none" "$viscous" --out no
refuses 2 "--cells requires --scheme or --family" "$viscous" --at 0,0 --cells 3 --out no
refuses 2 "--at requires WEIGHTS" --scheme ftcs --at 0,0 --out no
refuses 2 "--grid: expected NXxNT, numbers from 1 to 10000, found '0x3'" "$viscous" --grid 0x3 --out no
refuses 1 "--at: expected 2 finite numbers with commas, found '1,2,3'" "$viscous" --at 1,2,3 --out no
refuses 1 "--at: expected 2 finite numbers with commas, found '1,nan'" "$viscous" --at 1,nan --out no
refuses 1 "--plots: expected a network of 2 inputs and 2 hidden layers or more, found 3 and 1" \
  sine --activation sine --at 1,2,3 --plots --out no
refuses 1 "--near: expected 2 finite numbers with commas, found '1'" "$viscous" --at 1,0 --near 1 --out no
refuses 1 "--grid: expected a network of 2 inputs, found 3" sine --activation sine --grid 3x3 --out no
refuses 1 "sine: its start cannot be drawn again: expected the seed and the initialiser in the file" sine --activation sine --at 1,2,3 --start --out no
"$pinnscope" train viscous --layers 2 --width 5 --adam-steps 1 --lbfgs-iterations 0 --out narrow.safetensors >/dev/null
refuses 1 "narrow.safetensors: expected the widths of $viscous" "$viscous" narrow.safetensors --at 0,0 --out no
[ ! -e no ] && good || bad "left $(ls no)"
refuses 1 "sine: input 1 (1e+300, 0, 0): its signal is not a finite number in some layer (trained)" \
  sine --activation sine --at 1e300,0,0 --out no
close_cases
