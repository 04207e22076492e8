#!/usr/bin/env bash
# The pinnscope command on good and bad input: exit codes, files, one line an error.
#   command.sh PINNSCOPE
source "$(dirname "${BASH_SOURCE[0]}")/cases.sh"
pinnscope=$(realpath "$1")
cd "$directory" || exit 1

# refuses NAME WORDS FILE ARGUMENT...: one line that says WORDS, an exit code, and no FILE.
refuses() {
  local name=$1 words=$2 file=$3
  shift 3
  rm -rf "$file"
  fails "$name" "$words" "$@"
  [ ! -e "$file" ] || bad "$name: left $file"
}

# refuses_option WORDS ARGUMENT...: the command line itself is refused, in one line.
refuses_option() {
  local words=$1 status=0
  shift
  "$pinnscope" "$@" >stdout.txt 2>stderr.txt || status=$?
  if [ "$status" != 2 ]; then
    bad "$*: expected a refusal of the command line, found exit code $status"
  elif says "$words"; then
    good
  else
    bad "$*: expected one line with \"$words\", found: $(head -c 300 stderr.txt)"
  fi
}

# close NAME FOUND EXPECTED: to 1e-12.
close() { near "$1" "$2" "$3" 1e-12; }

# u = 2 tanh(0.5 x - 0.25 t + 0.1) - 0.3
mkdir net
printf '# W\n0.5\n-0.25\n' >net/weights_burgers_layer0.txt
printf '# b\n0.1\n' >net/biases_burgers_layer0.txt
printf '# W\n2\n' >net/weights_burgers_layer1.txt
printf '# b\n-0.3\n' >net/biases_burgers_layer1.txt
printf '0.2 0.4\n1 0\n' >points.txt

works info info net
grep -q '^widths *2-1-1$' stdout.txt && good || bad "info: expected the widths 2-1-1"
grep -q '^kernels ' stdout.txt && grep -q '^BLAS ' stdout.txt && good || bad "info: kernels, BLAS"

grep -q '^activation *unknown' stdout.txt && good || bad "info: expected an unknown activation"

tanh=(--activation tanh)
works evaluate evaluate net "${tanh[@]}" --points points.txt --out values.csv --derivatives
equal "evaluate: heading" "$(head -n 1 values.csv)" "x,t,u,u_x,u_t,u_xx"
equal "evaluate: rows" "$(wc -l <values.csv)" 3
read -r u u_x u_t u_xx < <(awk 'BEGIN {
  z = 0.5 * 0.2 - 0.25 * 0.4 + 0.1; t = (exp(2 * z) - 1) / (exp(2 * z) + 1); d = 1 - t * t
  printf "%.17g %.17g %.17g %.17g\n", 2 * t - 0.3, d, -0.5 * d, -t * d }')
IFS=, read -r _ _ found_u found_u_x found_u_t found_u_xx < <(sed -n 2p values.csv)
close u "$found_u" "$u"
close u_x "$found_u_x" "$u_x"
close u_t "$found_u_t" "$u_t"
close u_xx "$found_u_xx" "$u_xx"
printf 't,x\n0.4,0.2\n0,1\n' >exchanged.txt
works "evaluate by names" evaluate net "${tanh[@]}" --points exchanged.txt --out named.csv --derivatives
cmp -s named.csv values.csv && good || bad "evaluate: columns named t,x were not exchanged"
works "evaluate in float" evaluate net "${tanh[@]}" --points points.txt --out values.csv --precision float
equal "evaluate: heading without derivatives" "$(head -n 1 values.csv)" "x,t,u"
works spectra spectra net --out spectra --draws 20
equal "spectra: files" "$(ls spectra | tr '\n' ' ')" \
  "eigenvalues.csv layers.csv nulls.csv relabellings.csv singular_values.csv vectors.csv "
works "columns" columns
equal "spectra: a documented column each" "$(awk '/^$/ { exit } { print $1 }' stdout.txt | paste -sd ,)" \
  "$(head -n 1 spectra/layers.csv)"
works "an ensemble" spectra net net --out ensemble --draws 20 --null gaussian,glorot_uniform \
  --json --threads 2
equal "ensemble: files" "$(ls ensemble | tr '\n' ' ')" \
  "eigenvalues.csv ensemble.csv layers.csv layers.json nulls.csv relabellings.csv singular_values.csv \
vectors.csv "
equal "ensemble: rows" "$(wc -l <ensemble/layers.csv) $(wc -l <ensemble/ensemble.csv)" "5 3"
works "an ensemble on one thread" spectra net net --out again --draws 20 \
  --null gaussian,glorot_uniform --json --threads 1
cmp -s ensemble/nulls.csv again/nulls.csv && cmp -s ensemble/layers.json again/layers.json &&
  cmp -s ensemble/relabellings.csv again/relabellings.csv && good ||
  bad "spectra: other numbers on one thread"
works "spectra without draws" spectra net --out plain --draws 0 --relabellings 0
equal "spectra without draws: files" "$(ls plain | tr '\n' ' ')" \
  "eigenvalues.csv layers.csv singular_values.csv vectors.csv "
# Entries of 1 with a spread of 1e-3: entropies move with the spread, not with the mean.
for shift in 0 1; do
  mkdir moved_$shift
  awk -v shift=$shift 'BEGIN {
    srand(7)
    for (i = 0; i < 40; ++i) {
      for (j = 0; j < 40; ++j) {
        z = sqrt(-2 * log(1 - rand())) * cos(6.283185307179586 * rand())
        printf "%.17g ", shift + int(z * 1073741.824) / 1073741824
      }
      print ""
    }
  }' >moved_$shift/weights_layer0.txt
  yes 0 | head -n 40 | paste -sd ' ' >moved_$shift/biases_layer0.txt
  works "spectra of entries about $shift" spectra moved_$shift --out moved_out_$shift --draws 0
done
# named FILE COLUMN: the first number of a column.
named() {
  awk -F , -v name="$2" 'NR == 1 { for (k = 1; k <= NF; ++k) if ($k == name) found = k }
    NR == 2 { print $found }' "$1"
}
for column in entropy_vasicek entropy_ebrahimi entropy_nearest entropy_kernel entropy_gaussian; do
  close "$column of entries about 1" "$(named moved_out_1/layers.csv "$column")" \
    "$(named moved_out_0/layers.csv "$column")"
done
works selftest selftest
equal "selftest: failures" "$(grep -c FAILED stdout.txt)" 0
works propagate propagate --scheme ftcs --cells 4 --steps 2 --dt 0.1 --out signal.csv
equal "propagate: heading" "$(head -n 1 signal.csv)" "step,z_0,z_1,z_2,z_3"
equal "propagate: rows" "$(wc -l <signal.csv)" 4

# verdict ARGUMENT...: of the scheme that is run.
verdict() { "$pinnscope" propagate "$@" --out signal.csv | awk '/^>/ { print $4 }'; }
works "propagate with hyphens" propagate --scheme crank-nicolson --out signal.csv
grep -q '^> crank_nicolson ' stdout.txt && good || bad "propagate: expected crank_nicolson"
works "nulls with hyphens" spectra net --out hyphens --draws 20 --null glorot-uniform,he-normal
works "activations with hyphens" train heat --points 20 --layers 1 --width 4 --adam-steps 2 \
  --lbfgs-iterations 0 --threads 1 --activation leaky-relu --out leaky.safetensors
advected=(--scheme ftcs --cells 20 --dt 0.5 --diffusivity 0.2)
equal "propagate: a circle amplifies" "$(verdict "${advected[@]}")" unstable
equal "propagate: held ends do not" "$(verdict "${advected[@]}" --boundary dirichlet)" stable
equal "propagate: an open end does not" "$(verdict "${advected[@]}" --boundary outflow)" stable
equal "propagate: more cells than are judged" \
  "$(verdict --scheme ftcs --cells 300 --steps 1 --dt 0.5 --boundary outflow)" cannot
for boundary in periodic dirichlet outflow; do
  for velocity in 1 0.7 -3; do
    grid=(--cells 3 --boundary "$boundary" --velocity "$velocity" --diffusivity 0.3 --dx 0.7)
    "$pinnscope" propagate --scheme ftcs "${grid[@]}" --out signal.csv | sed 's/^>/ /' |
      awk 'NF == 5 && $3 ~ /stable/ && $5 + 0 > 0 { print $1, $5 }' >stable.txt
    [ "$(wc -l <stable.txt)" -ge 6 ] && good || bad "propagate: expected steps that are stable"
    while read -r scheme dt; do
      equal "propagate: $scheme at its largest stable dt $dt, $boundary, U = $velocity" \
        "$(verdict --scheme "$scheme" --dt "$dt" "${grid[@]}")" stable
    done < <(grep -v inf stable.txt)
  done
done
: >empty.txt
refuses "no initial signal" "initial" v.csv propagate --scheme ftcs --initial "" --out v.csv
refuses "an empty initial signal" "empty.txt" v.csv \
  propagate --scheme ftcs --initial empty.txt --out v.csv
refuses "an unknown scheme with a hyphen" "crank-nicholson" v.csv \
  propagate --scheme crank-nicholson --out v.csv

works train train heat --points 50 --layers 2 --width 6 --adam-steps 30 --lbfgs-iterations 5 \
  --threads 1 --out trained.safetensors --log trained.csv --checkpoint state
sine=(train heat --points 20 --layers 1 --width 4 --adam-steps 4 --lbfgs-iterations 0 --threads 1 --activation sine)
works "train sines of omega" "${sine[@]}" --omega 3.5 --out omega.safetensors --checkpoint omega.state
works "info of sines" info omega.safetensors
grep -q '^omega: 3.5$' stdout.txt && good || bad "info: expected the omega"
works "evaluate sines of omega" evaluate omega.safetensors --points points.txt --out values.csv
works "train sines" "${sine[@]}" --out plain.safetensors
cmp -s omega.safetensors plain.safetensors && bad "train: omega changes nothing" || good
grep -qa omega plain.safetensors && bad "train: a file says an omega that nobody gave" || good
refuses "an omega without a sine" "--omega: expected --activation sine, found tanh" other.safetensors \
  "${sine[@]/sine/tanh}" --omega 3.5 --out other.safetensors
refuses "a slope without a leaky ReLU in training" "--negative-slope: expected --activation leaky_relu, found sine" \
  other.safetensors "${sine[@]}" --negative-slope 0.1 --out other.safetensors
refuses "another omega than the file's" "the file says omega 3.5, --omega says 2" v.csv \
  evaluate omega.safetensors --points points.txt --omega 2 --out v.csv
refuses "an omega that is no number" "omega" other.safetensors "${sine[@]}" --omega nan --out other.safetensors
refuses "to go on with another omega" "omega" other.safetensors \
  "${sine[@]}" --omega 2 --checkpoint omega.state --resume --out other.safetensors
# Layers that are steps.
steps=(train heat --points 20 --layers 3 --width 5 --adam-steps 8 --lbfgs-iterations 4 --threads 1)
kinds=$("$pinnscope" train --help | awk '/^Kinds of layers/ { on = 1; next } !NF { on = 0 } on && $1 != "plain" { print $1 }')
equal "kinds of layers" "$(echo $kinds)" "antisymmetric backward_euler cayley"
for kind in $kinds; do
  works "train layers, $kind" "${steps[@]}" --layers-kind "$kind" --layers-step 0.5 --layers-damping 0.125 \
    --gradients "$kind.csv" --checkpoint "$kind.state" --out "$kind.safetensors"
  grep -q "^hidden layers beyond the first are steps: $kind, h = 0.5, gamma = 0.125$" stdout.txt && good ||
    bad "train layers, $kind: expected to be told so"
  works "info of layers, $kind" info "$kind.safetensors"
  equal "info of layers, $kind" "$(grep ^layers_ stdout.txt | sort | tr '\n' ' ')" \
    "layers_damping: 0.125 layers_kind: $kind layers_step: 0.5 "
  works "errors of layers, $kind" errors heat "$kind.safetensors"
  works "signals of layers, $kind" propagate "$kind.safetensors" --start --at 0.5,0.5 --out "$kind-signals"
  refuses "to go on with another step, $kind" "layers_step" other.safetensors "${steps[@]}" --layers-kind "$kind" \
    --layers-step 0.25 --layers-damping 0.125 --checkpoint "$kind.state" --resume --out other.safetensors
done
# sigma_w NAME LAYER: at the start.
sigma_w() {
  awk -F , -v layer="$2" 'NR == 1 { for (k = 1; k <= NF; ++k) if ($k == "sigma_w") found = k }
    $2 == "start" && $3 == layer { print $found }' "$1-signals/layers.csv"
}
works "train rotations" "${steps[@]}" --layers-kind cayley --precision double --out rotations.safetensors
works "signals of rotations" propagate rotations.safetensors --start --at 0.5,0.5 --out rotations-signals
equal "rotations stretch nothing" "$(awk -F , 'NR > 1 && $5 > 1e-12' rotations-signals/runs.csv)" ""
close "sigma_w of a rotation" "$(sigma_w rotations 1)" 1
below=$(awk -v sigma="$(sigma_w backward_euler 2)" 'BEGIN { print sigma < 1 / 1.0625 }')
equal "sigma_w of backward Euler, below 1 / (1 + h gamma)" "$below" 1
works "train plain layers by name" "${steps[@]}" --layers-kind plain --out named.safetensors
works "train plain layers" "${steps[@]}" --out unnamed.safetensors
cmp -s named.safetensors unnamed.safetensors && good || bad "train: plain layers by name differ"
grep -qa layers_ unnamed.safetensors && bad "train: a file says kinds that nobody gave" || good
equal "gradients: heading" "$(head -n 1 cayley.csv)" \
  "step,phase,loss,gradient_0,gradient_1,gradient_2,gradient_3,seconds"
equal "gradients: rows of the start and each iteration of L-BFGS" \
  "$(tail -n +2 cayley.csv | cut -d , -f 1 | tr '\n' ' ')" "1 9 10 11 12 "
refuses "steps without square layers" "--layers-kind cayley: expected 2 hidden layers or more" other.safetensors \
  train heat --layers 1 --layers-kind cayley --out other.safetensors
refuses "a step of plain layers" "--layers-step: expected --layers-kind antisymmetric, backward_euler or cayley, found plain" \
  other.safetensors "${steps[@]}" --layers-kind plain --layers-step 1 --out other.safetensors
refuses "a damping of plain layers" "--layers-damping: expected --layers-kind" \
  other.safetensors "${steps[@]}" --layers-kind plain --layers-damping 1 --out other.safetensors
refuses_option "layers-step requires --layers-kind" "${steps[@]}" --layers-step 1
refuses_option "layers-kind: expected plain" "${steps[@]}" --layers-kind orthogonal
for number in 0 -1 nan inf 1e7; do
  refuses_option "layers-step: expected a number from" "${steps[@]}" --layers-kind cayley "--layers-step=$number"
done
for number in -1 nan inf 1e7; do
  refuses_option "layers-damping: expected a number from 0" "${steps[@]}" --layers-kind cayley \
    "--layers-damping=$number"
done
works "info of a trained network" info trained.safetensors
grep -q '^seed: 1$' stdout.txt && grep -q '^initialiser: glorot_uniform$' stdout.txt && good ||
  bad "info: expected seed and initialiser"
# z = -5 x = -1 at the first point: u = 2 slope z - 0.3 = -0.8 of a leaky ReLU of slope 0.25.
cp -r net leaky
printf '# W\n-5\n0\n' >leaky/weights_burgers_layer0.txt
printf '# b\n0\n' >leaky/biases_burgers_layer0.txt
works "evaluate a leaky ReLU" evaluate leaky --activation leaky_relu --negative-slope 0.25 \
  --points points.txt --out values.csv
close "u of a leaky ReLU" "$(sed -n 2p values.csv | cut -d, -f3)" -0.8
# u = 2 sin(0.3 z) - 0.3 there.
works "evaluate a sine of omega" evaluate leaky --activation sine --omega 0.3 --points points.txt --out values.csv
close "u of a sine of omega" "$(sed -n 2p values.csv | cut -d, -f3)" \
  "$(awk 'BEGIN { printf "%.17g", 2 * sin(-0.3) - 0.3 }')"
works "evaluate with an output activation" evaluate leaky --activation leaky_relu \
  --output-activation relu --points points.txt --out values.csv
equal "u behind a ReLU" "$(sed -n 2p values.csv | cut -d, -f3)" 0
works "evaluate a trained network" evaluate trained.safetensors --points points.txt --out values.csv
works errors errors heat trained.safetensors
equal "log: heading" "$(head -n 1 trained.csv)" \
  "step,phase,loss,residual,initial,left boundary,right boundary,held-out loss,seconds"

# Behind L-BFGS, a dense inverse Hessian; what it has is in the file, and it goes with nothing else.
# A preset says what is not given, wherever it stands.
for order in "--preset fast --width 6" "--width 6 --preset fast"; do
  works "train: $order" train raissi_smooth $order --points 30 --adam-steps 2 --levenberg-marquardt 1 \
    --threads 1 --out preset.safetensors
  works "info: $order" info preset.safetensors
  for line in 'ansatz: odd' 'hidden_layers: 3' 'training_precision: double' 'width: 6' 'points: 30' 'lbfgs_iterations: 0'; do
    grep -qx "$line" stdout.txt && good || bad "$order: expected $line"
  done
done
works "train: the recipe" train heat --preset recipe --points 30 --adam-steps 1 --lbfgs-iterations 0 --layers 1 \
  --threads 1 --out preset.safetensors
works "info: the recipe" info preset.safetensors
grep -qx 'width: 100' stdout.txt && grep -qx 'training_precision: float' stdout.txt && good || bad "the recipe"
refuses_option "expected recipe, fast or accurate, found 'quick'" train heat --preset quick

works "train with a quasi-Newton method" train heat --points 100 --layers 2 --width 8 --adam-steps 20 \
  --lbfgs-iterations 10 --quasi-newton 30 --precision double --threads 1 --log dense.csv --out dense.safetensors
grep -q "10 L-BFGS iterations and 30 of quasi-Newton: all steps" stdout.txt && good || bad "quasi-Newton: $(grep ended stdout.txt)"
equal "log: rows of quasi-Newton" "$(grep -c ',quasi-Newton,' dense.csv)" 30
works "info of it" info dense.safetensors
grep -q '^quasi_newton_update: self_scaled_broyden$' stdout.txt && good || bad "info: expected the update"
fails "an update without iterations" "--quasi-newton-update requires --quasi-newton" train heat --quasi-newton-update bfgs

# Behind them, the equations of all residuals, which layers that are steps do not have.
works "train with Levenberg-Marquardt" train heat --points 100 --layers 2 --width 8 --adam-steps 20 \
  --lbfgs-iterations 0 --levenberg-marquardt 15 --precision double --threads 1 --log dense.csv --out dense.safetensors
grep -q "0 L-BFGS iterations and 15 of Levenberg-Marquardt: all steps" stdout.txt && good ||
  bad "Levenberg-Marquardt: $(grep ended stdout.txt)"
equal "log: rows of Levenberg-Marquardt" "$(grep -c ',Levenberg-Marquardt,' dense.csv)" 15
works "info of that" info dense.safetensors
grep -q '^levenberg_marquardt_iterations_taken: 15$' stdout.txt && good || bad "info: expected the iterations"
fails "Levenberg-Marquardt of steps" "--levenberg-marquardt: expected --layers-kind plain, found cayley" \
  train heat --levenberg-marquardt 5 --layers-kind cayley

# Every problem that the help lists, whatever its box and its outputs.
for problem in $("$pinnscope" train --help | awk '/^Problems:/ { on = 1; next } !NF { on = 0 } on { print $1 }'); do
  works "train $problem" train "$problem" --points 20 --layers 2 --width 6 --adam-steps 5 \
    --lbfgs-iterations 5 --threads 1 --out problem.safetensors
  cp stdout.txt trained.txt
  works "errors $problem" errors "$problem" problem.safetensors
  equal "errors $problem: those that training ended with" "$(tail -n "$(wc -l <stdout.txt)" trained.txt)" \
    "$(cat stdout.txt)"
done
printf 'x,t\n0.5,0\n-0.5,0\n0.3,0.7\n-0.3,0.7\n' >start.csv
for ansatz in hard odd; do
  works "train raissi with an ansatz: $ansatz" train raissi --ansatz $ansatz --points 20 --layers 2 --width 6 \
    --adam-steps 5 --lbfgs-iterations 5 --threads 1 --out $ansatz.safetensors
  cp stdout.txt trained.txt
  works "errors of a network with an ansatz: $ansatz" errors raissi $ansatz.safetensors
  equal "errors of a network with an ansatz: those that training ended with: $ansatz" \
    "$(tail -n "$(wc -l <stdout.txt)" trained.txt)" "$(cat stdout.txt)"
  works "evaluate with an ansatz: $ansatz" evaluate $ansatz.safetensors --points start.csv --derivatives \
    --out $ansatz.csv
  equal "an ansatz begins with the initial data: $ansatz" \
    "$(awk -F, 'NR == 2 || NR == 3 { printf "%.6f ", $3 }' $ansatz.csv)" "-1.000000 1.000000 "
done
equal "an odd ansatz is odd: u, u_x, u_t, u_xx at x and -x" \
  "$(awk -F, 'NR == 4 { print $3, $4, $5, $6 }' odd.csv)" \
  "$(awk -F, 'function negative(s) { return s ~ /^-/ ? substr(s, 2) : "-" s }
    NR == 5 { print negative($3), $4, negative($5), negative($6) }' odd.csv)"
works "info of a network with an ansatz" info odd.safetensors
grep -q '^ansatz: odd$' stdout.txt && good || bad "info: expected the ansatz"
refuses "an ansatz that a problem does not have" "heat has none" none train heat --ansatz hard
works "train kovasznay" train kovasznay --points 20 --layers 1 --width 6 --adam-steps 1 --lbfgs-iterations 0 \
  --threads 1 --out flow.safetensors
works "errors kovasznay" errors kovasznay flow.safetensors
equal "errors: a row an output" "$(awk 'NR > 1 { print $1 }' stdout.txt | tr '\n' ' ')" "u v p "
refuses "errors of a network of another problem" "expected 2 inputs (x, t) and 1 output" none \
  errors heat flow.safetensors
works "train advection" train advection --points 20 --layers 1 --width 6 --adam-steps 1 --lbfgs-iterations 0 \
  --threads 1 --out round.safetensors --log round.csv
equal "log: the parts of a periodic problem" "$(head -n 1 round.csv)" \
  "step,phase,loss,residual,initial,periodic,held-out loss,seconds"

# Points held out from training: their loss stands in the log and in the file, and changes no weight.
held=(train heat --points 50 --layers 2 --width 6 --adam-steps 20 --lbfgs-iterations 5 --threads 1)
works "train with points held out" "${held[@]}" --held-out 300 --out held.safetensors --log held.csv
grep -q "at 300 points held out from training" stdout.txt && good || bad "held-out: $(grep wrote stdout.txt)"
works "train without" "${held[@]}" --held-out 0 --out unheld.safetensors --log unheld.csv
equal "log: heading without points held out" "$(head -n 1 unheld.csv)" \
  "step,phase,loss,residual,initial,left boundary,right boundary,seconds"
equal "losses with and without points held out" "$(cut -d, -f1-7 held.csv)" "$(cut -d, -f1-7 unheld.csv)"
works "info with points held out" info held.safetensors
close "final_held_out_loss" "$(sed -n 's/^final_held_out_loss: //p' stdout.txt)" "$(tail -n 1 held.csv | cut -d, -f8)"

# Points drawn in other ways, and chosen anew by their residuals: from the checkpoint too.
for kind in $("$pinnscope" train --help | awk '/^Points by:/ { on = 1; next } !NF { on = 0 } on { print $1 }'); do
  works "train with points by $kind" "${held[@]}" --points-by "$kind" --out "$kind.safetensors"
  works "info of points by $kind" info "$kind.safetensors"
  equal "points by $kind" "$(sed -n 's/^points_by: //p' stdout.txt)" "${kind#uniform}"
done
chosen=("${held[@]}" --resample-every 12 --candidates 80)
works "train with points chosen anew" "${chosen[@]}" --out chosen.safetensors --log chosen.csv
grep -q "chosen anew every 12 steps among 80 candidates" stdout.txt && good || bad "chosen: $(cat stdout.txt)"
equal "losses before points are chosen anew" "$(head -n 2 chosen.csv | cut -d, -f2-7)" \
  "$(head -n 2 held.csv | cut -d, -f2-7)"
cmp -s <(tail -n 1 chosen.csv | cut -d, -f3) <(tail -n 1 held.csv | cut -d, -f3) && bad "points chosen anew: the same loss" || good
works "info of points chosen anew" info chosen.safetensors
equal "points chosen anew: the recipe" "$(grep -E '^(resample_every|candidates|residual_)' stdout.txt | tr '\n' ' ')" \
  "candidates: 80 resample_every: 12 residual_floor: 1 residual_power: 1 "
fails "candidates without resampling" "--candidates requires --resample-every" train heat --candidates 5
fails "fewer candidates than points" "expected as many as --points, 50, or more, found 49" \
  "${held[@]}" --resample-every 3 --candidates 49

# A network that fits few points and no others: it stops where patience ends, with a warning.
fitted=(train viscous --points 12 --held-out 400 --layers 2 --width 16 --adam-steps 300 --lbfgs-iterations 1500
  --learning-rate 5e-3 --threads 1 --precision double)
works "train with patience" "${fitted[@]}" --patience 60 --out fitted.safetensors --log fitted.csv
grep -q "^ended after .*: the loss at the points held out falls no more$" stdout.txt && good || bad "patience: $(grep ended stdout.txt)"
equal "patience: steps without a lower held-out loss" \
  "$(awk -F, 'NR == 2 || (NR > 2 && $8 < low) { low = $8; at = $1 } END { print $1 - at }' fitted.csv)" 60
works "info of it" info fitted.safetensors
grep -q '^ending: the loss at the points held out falls no more$' stdout.txt && good || bad "info: $(grep ending stdout.txt)"
works "train without patience" "${fitted[@]}" --out fitted.safetensors
grep -q "^warning: the mean square residual is .* at points held out" stdout.txt && good || bad "no warning: $(grep wrote stdout.txt)"
works "train on points enough" train heat --points 500 --layers 1 --width 6 --adam-steps 50 --lbfgs-iterations 20 --threads 1 \
  --out enough.safetensors
grep -q "^warning" stdout.txt && bad "a warning: $(grep warning stdout.txt)" || good
fails "patience without points held out" "--patience: expected --held-out 1 or more, found 0" \
  train heat --patience 5 --held-out 0

for activation in sigmoid silu gelu gelu_tanh softplus elu; do
  works "train with $activation" train heat --points 20 --layers 2 --width 6 --adam-steps 5 \
    --lbfgs-iterations 5 --threads 1 --activation $activation --out $activation.safetensors
  works "info of $activation" info $activation.safetensors
  equal "info: activation" "$(sed -n 's/^activation  //p' stdout.txt)" $activation
  works "evaluate $activation" evaluate $activation.safetensors --points points.txt --derivatives \
    --out values.csv
done
equal "log: the last Adam row and the first of L-BFGS" \
  "$(cut -d, -f1,2 trained.csv | tail -n 6 | head -n 2 | tr '\n' ' ')" "30,Adam 31,L-BFGS "

# final_loss is that of the weights in the file: its initial part again, from the values of `evaluate`
# at the 201 points of t = 0.
awk 'BEGIN { for (i = 0; i <= 200; ++i) printf "%.17g 0\n", i / 200 }' >start.txt
for steps in "0 0" "1 0" "30 0" "0 1" "30 5"; do
  works "train, $steps steps" train heat --points 50 --layers 2 --width 6 --precision double --threads 1 \
    --adam-steps "${steps% *}" --lbfgs-iterations "${steps#* }" --out final.safetensors --log final.csv
  grep -q "ended after ${steps% *} Adam steps and ${steps#* } L-BFGS iterations: all steps" stdout.txt &&
    good || bad "train, $steps: why it ended"
  "$pinnscope" evaluate final.safetensors --points start.txt --out values.csv
  "$pinnscope" info final.safetensors >stdout.txt
  close "final_initial after $steps steps" "$(sed -n 's/^final_initial: //p' stdout.txt)" "$(awk -F, 'NR > 1 {
    d = $3 - sin(3.141592653589793 * $1); sum += d * d } END { printf "%.17g", sum / 201 }' values.csv)"
  close "final_loss after $steps steps" "$(sed -n 's/^final_loss: //p' stdout.txt)" \
    "$(awk '/^final_/ && !/loss/ { sum += $2 } END { printf "%.17g", sum }' stdout.txt)"
  equal "ending after $steps steps" "$(sed -n 's/^ending: //p' stdout.txt)" "all steps were taken"
done
equal "log without L-BFGS" "$("$pinnscope" train heat --points 50 --layers 2 --width 6 --adam-steps 20 \
  --lbfgs-iterations 0 --threads 1 --out final.safetensors --log final.csv >/dev/null
  cut -d, -f1,2 final.csv | tail -n 1)" "20,Adam"
# L-BFGS goes on as long as it may unless told otherwise; SciPy's rule is absolute below a loss of 1.
fit=(train heat --points 100 --layers 2 --width 8 --precision double --adam-steps 300
     --lbfgs-iterations 1500 --threads 1 --out levels.safetensors)
works "L-BFGS without a tolerance" "${fit[@]}"
grep -q "and 1500 L-BFGS iterations: all steps were taken" stdout.txt && good || bad "L-BFGS: stopped early"
works "L-BFGS with SciPy's tolerance" "${fit[@]}" --lbfgs-tolerance 1e-6 --lbfgs-loss-floor 1
grep -q "the loss fell by no more than its tolerance" stdout.txt && good || bad "L-BFGS: expected its end"
works "info of its end" info levels.safetensors
grep -q "^ending: the loss fell by no more than its tolerance" stdout.txt &&
  grep -q "^lbfgs_tolerance: 1e-06" stdout.txt && grep -q "^lbfgs_loss_floor: 1$" stdout.txt && good ||
  bad "info: expected the end of L-BFGS and its tolerance"
for tolerance in -1 nan 2 inf x; do
  refuses_option "lbfgs-tolerance: expected a number from 0 to 1" train heat --lbfgs-tolerance="$tolerance"
done

small=(--points 50 --layers 2 --width 6 --adam-steps 30 --lbfgs-iterations 5)
refuses "a checkpoint in the way" "a checkpoint is there" other.safetensors \
  train heat "${small[@]}" --out other.safetensors --checkpoint state
refuses "another recipe" "another recipe" other.safetensors \
  train heat "${small[@]}" --seed 2 --out other.safetensors --checkpoint state --resume
refuses "a directory that is not there" "its directory is not there" none \
  train heat "${small[@]}" --out none/x.safetensors
refuses_option "checkpoint" train heat --resume
refuses_option "waves" train waves
refuses_option "learning-rate" train heat --learning-rate -1
refuses_option "learning-rate" train heat --learning-rate nan
# Whole numbers may be written as 2e3; what is no whole number, or not in reach, is refused.
works "whole numbers with exponents" train heat --points 5e1 --layers 2 --width 0.6e1 --adam-steps 2E+1 \
  --lbfgs-iterations 300e-2 --seed 18446744073709551615 --threads 1 --out exponents.safetensors
"$pinnscope" info exponents.safetensors >stdout.txt
equal "what the exponents meant" "$(grep -E '^(adam_steps|lbfgs_iterations|points|seed|width): ' stdout.txt | paste -sd ' ')" \
  "adam_steps: 20 lbfgs_iterations: 3 points: 50 seed: 18446744073709551615 width: 6"
works "a seed with zeros in front" train heat "${small[@]}" --seed 010 --threads 1 --out zeros.safetensors
"$pinnscope" info zeros.safetensors >stdout.txt
equal "a seed with zeros in front is decimal" "$(grep '^seed: ' stdout.txt)" "seed: 10"
for seed in -1 18446744073709551616 1.5 1e30 0x10 1e-1 -0 1e 1,5 "1 2" 1e99999999999; do
  refuses_option "seed: expected a whole number from 0 to 18446744073709551615, found '$seed'" \
    train heat --seed="$seed"
  refuses_option "seed: expected a whole number" spectra net --out mixed --seed="$seed"
done
refuses_option "seed: expected a whole number from 0 to 4294967295, found '4294967296'" \
  propagate --scheme ftcs --out v.csv --seed 4294967296
for count in -1 1.5 1e30 2e9 x; do
  refuses_option "adam-steps: expected a whole number from 0 to 1000000000, found '$count'" \
    train heat --adam-steps="$count"
  refuses_option "steps: expected a whole number" propagate --scheme ftcs --out v.csv --steps="$count"
  refuses_option "draws: expected a whole number" spectra net --out mixed --draws="$count"
  refuses_option "relabellings: expected a whole number" spectra net --out mixed --relabellings="$count"
done
refuses_option "seed: " train heat --seed=
refuses_option "cells: expected a whole number" propagate --scheme ftcs --out v.csv --cells 0
refuses_option "threads: expected a whole number from 1 to 64" train heat --threads 0
works "spectra with plots" spectra trained.safetensors --out drawn --plots --draws 0
[ -s drawn/spectra.gp ] && { ! command -v gnuplot >/dev/null || [ -s drawn/spectra.svg ]; } && good ||
  bad "spectra: expected a drawing"
works "spectra of what was learned" spectra trained.safetensors --out learned --change --draws 20 \
  --null fitted
refuses "a change from an unknown start" "the seed" change spectra net --out change --change
refuses "runs of other shapes" "expected the widths" mixed \
  spectra net trained.safetensors --out mixed --draws 0
refuses_option "null" spectra net --out mixed --null wishart
refuses "another activation than the file's" "the file says tanh" mixed \
  spectra trained.safetensors --out mixed --draws 0 --activation sine
refuses_option "precision" evaluate net --points points.txt --out v.csv --precision half

refuses "no such network" "nowhere" v.csv evaluate nowhere --points points.txt --out v.csv
refuses "no such points" "nowhere" v.csv evaluate net "${tanh[@]}" --points nowhere --out v.csv
refuses "an activation that no one knows" "net: .*add --activation" v.csv \
  evaluate net --points points.txt --out v.csv
refuses "errors of an unknown activation" "net: .*add --activation" v.csv errors heat net
refuses "another activation than the file's" "the file says tanh of .*, --activation says relu" v.csv \
  evaluate trained.safetensors --points points.txt --out v.csv --activation relu
refuses "a slope without a leaky ReLU" "negative-slope" v.csv \
  evaluate net "${tanh[@]}" --points points.txt --out v.csv --negative-slope 0.3
printf '0.1 0.2\n1e308 0\n' >far.txt
works "points far out" evaluate net "${tanh[@]}" --points far.txt --derivatives --out v.csv
refuses "a point beyond float" "far.txt: point 2 (x = 1e+308, t = 0): it is beyond float" v.csv \
  evaluate net "${tanh[@]}" --points far.txt --precision float --out v.csv
cp -r net steep
printf '# W\n1e30\n-0.25\n' >steep/weights_burgers_layer0.txt
works "a steep network" evaluate steep "${tanh[@]}" --points points.txt --derivatives --out v.csv
equal "steep: slopes" "$(awk -F , 'NR > 1 && $4 != 0' v.csv | wc -l)" 0
refuses "a curvature beyond float" "points.txt: point 1 .*: u_xx of steep is not a finite number" \
  v.csv evaluate steep "${tanh[@]}" --points points.txt --derivatives --precision float --out v.csv
refuses "a sine whose argument is not known" "points.txt: point 1 .*: u of steep is not a finite" \
  v.csv evaluate steep --activation sine --points points.txt --out v.csv
printf '# W\n1e308\n1e308\n' >steep/weights_burgers_layer0.txt
refuses "errors of sums that overflow" "steep: at x = 1, t = 0.8 u is not finite" none \
  errors heat steep "${tanh[@]}"
printf '0,2;0,4\n' >semicolons.txt
refuses "semicolons" "semicolons.txt: line 1: found a semicolon" v.csv \
  evaluate net "${tanh[@]}" --points semicolons.txt --out v.csv
refuses "unknown activation" "mish" v.csv \
  evaluate net --points points.txt --out v.csv --activation mish
refuses "unknown problem" "waves" v.csv errors waves net
refuses "unknown scheme" "euler" v.csv propagate --scheme euler --out v.csv
refuses "unknown boundary" "open" v.csv propagate --scheme ftcs --boundary open --out v.csv
refuses "values into no directory" "none" none evaluate net "${tanh[@]}" --points points.txt --out none/v.csv
cp -r net ragged
printf '# W\n0.5 1\n-0.25\n' >ragged/weights_burgers_layer0.txt
refuses "a ragged matrix" "weights_burgers_layer0" v.csv evaluate ragged --points points.txt --out v.csv
cp -r net nan
printf '# W\nnan\n' >nan/weights_burgers_layer1.txt
refuses "a NaN" "weights_burgers_layer1" v.csv evaluate nan --points points.txt --out v.csv
head -c 100 trained.safetensors >short.safetensors
refuses "a truncated file" "short.safetensors" v.csv info short.safetensors

close_cases
