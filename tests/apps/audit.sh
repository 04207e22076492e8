#!/usr/bin/env bash
# The audit on the project's networks, on untrained and narrow ones, on the published ones where they
# are, and on bad input; its claims and counts are those of docs/audit.md.
#   audit.sh AUDIT PINNSCOPE
source "$(dirname "${BASH_SOURCE[0]}")/cases.sh"
audit=$(realpath "$1")
pinnscope=$(realpath "$2")
source=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
reference=${PINNSCOPE_REFERENCE_DIR:-$source/../shared}
cd "$source" || exit 1

# rows DIRECTORY GROUP VERDICT: how many there are.
rows() { grep -c "^\"$2\",.*,\"$3\",\"[^\"]*\"$" "$1/audit.csv"; }

# verdict DIRECTORY CLAIM NETWORK: that of the claim, quotation marks left out, about the network.
verdict() {
  awk -F '","' -v claim="$2" -v network="$3" '
    { item = $2; gsub(/"/, "", item) }
    $1 == "\"claims" && index(item, claim) && $3 == network { print $12 }' "$1/audit.csv"
}

# audited NAME ARGUMENT...: the audit into a directory of that name.
audited() {
  local name=$1
  shift
  "$audit" --out "$directory/$name" "$@" >"$directory/stdout" 2>&1 && good ||
    bad "$name: $(head -c 300 "$directory/stdout")"
}

# refuses NAME WORDS ARGUMENT...: one line that says WORDS, an exit code, and nothing written.
refuses() {
  local name=$1 words=$2
  shift 2
  rm -rf "$directory/refused"
  if "$audit" --draws 20 --out "$directory/refused" "$@" >"$directory/stdout" 2>"$directory/stderr"; then
    bad "$name: expected a refusal"
  elif ! grep -q "^audit: .*$words" "$directory/stderr" || [ "$(wc -l <"$directory/stderr")" != 1 ]; then
    bad "$name: expected one line with \"$words\", found: $(head -c 300 "$directory/stderr")"
  elif [ -e "$directory/refused" ]; then
    bad "$name: wrote something"
  else
    good
  fi
}

network() { echo "$directory/$1-$2.safetensors"; }

# trained NAME OPTION...: a network of each problem after a step of Adam.
trained() {
  local name=$1 problem
  shift
  for problem in viscous inviscid; do
    "$pinnscope" train "$problem" --adam-steps 1 --lbfgs-iterations 0 --points 50 --seed 5 \
      --out "$(network "$name" "$problem")" "$@" >/dev/null 2>&1 || bad "training of $name $problem"
  done
}

# docs/audit.md has the tables and the counts of a run.
audited own
while read -r line; do
  [ -z "$line" ] || grep -qFx -- "$line" docs/audit.md && good || bad "docs/audit.md does not say: $line"
done <"$directory/own/claims.md"
own_rows=$(($(wc -l <"$directory/own/audit.csv") - 1))
grep -q "lists all $own_rows rows" docs/audit.md && good || bad "docs/audit.md: $own_rows rows"
equal "own networks: rows with another verdict than three" \
  "$(tail -n +2 "$directory/own/audit.csv" | grep -cvE '"(holds|differs|cannot tell)","[^"]*"$')" 0
equal "own networks: rows of numbers that need the originals" \
  "$(grep -cE '^"(kurtosis|kernel|best|legend|beta|continuous)' "$directory/own/audit.csv")" 0
grep -q '252 numbers that were printed' "$directory/own/audit.html" && good ||
  bad "own networks: what is not judged"
grep -q '^</html>$' "$directory/own/audit.html" && good || bad "own networks: audit.html is not whole"
own_viscous=viscous-1.safetensors own_inviscid=inviscid-1.safetensors
equal "high entropy" "$(verdict "$directory/own" 'reside in a high-entropy' $own_viscous)" holds
equal "the entropy of noise" "$(verdict "$directory/own" 'predictions' $own_viscous)" differs
equal "outliers of one pair" "$(verdict "$directory/own" outliers 'both networks')" 'cannot tell'
equal "a solution" "$(verdict "$directory/own" 'solves its' $own_viscous)" holds
equal "a ramp" "$(verdict "$directory/own" 'solves its' $own_inviscid)" differs
grep '^"claims","eigenvalues follow the circular law, at the sigma of the bulk","viscous-1' \
  "$directory/own/audit.csv" | grep -q '"0 of 7 layers reject noise' && good ||
  bad "0 of 7 layers of viscous-1 differ from the disc at the sigma of the bulk"
# What is said of eigenvalues is said of 99 relabellings too, of singular values never.
equal "claims that know of labels" "$(grep -c 'as labelled: of 99 relabellings' "$directory/own/audit.csv")" 8
equal "claims of eigenvalues" "$(grep -c '^"claims","eigenvalues.*as labelled: of 99' "$directory/own/audit.csv")" 8
equal "a disc that labels draw" "$(verdict "$directory/own" 'circular law, at the rms' $own_viscous)" 'cannot tell'
equal "no disc, whatever the labels" \
  "$(verdict "$directory/own" 'circular law, at the rms' $own_inviscid)" differs
for about in $own_viscous $own_inviscid 'Gaussian matrices'; do
  equal "a discretisation of $about" "$(verdict "$directory/own" 'random [...] weight' "$about")" differs
done
equal "a discretisation of steps" \
  "$(verdict "$directory/own" structured 'one-step matrices of every scheme')" holds
equal "random after training" "$(verdict "$directory/own" 'appear statistically' $own_viscous)" differs
grep -q '^"claims",.*"linear chains of layers with stencils",.*growth a layer: FTCS 3,.*RK4 5,.*off by rounding"' \
  "$directory/own/audit.csv" && good || bad "the growth of linear chains"

# Draws too few to reject anything support nothing.
for draws in 20 250; do
  audited "draws-$draws" --claims --draws "$draws"
  equal "$draws draws: claims placed in noise that are judged" \
    "$(grep -E '(high-entropy|predictions|circular law|Marchenko-Pastur, |the rms is|appear stat)' \
      "$directory/draws-$draws/audit.csv" | grep -cv '"cannot tell",".*ask for --draws 279"$')" 0
  equal "$draws draws: claims of discretisations" \
    "$(verdict "$directory/draws-$draws" 'random [...] weight' $own_viscous)" \
    "$([ "$draws" -lt 99 ] && echo 'cannot tell' || echo differs)"
done

# The same bits for any number of threads.
audited threads --claims --draws 20 --threads 3
cmp -s "$directory/threads/audit.csv" "$directory/draws-20/audit.csv" && good ||
  bad "three threads: other numbers"

# Paths of this machine stay out of the report.
cp datasets/viscous-1.safetensors "$directory/=<a> & \"b\".safetensors"
audited absolute --claims --draws 20 --weights-viscous "$directory/=<a> & \"b\".safetensors" \
  --weights-inviscid "$source/datasets/inviscid-1.safetensors"
for file in audit.html audit.csv claims.md; do
  grep -qF -e "$directory" -e "$source" "$directory/absolute/$file" &&
    bad "$file has an absolute path" || good
done
grep -qF '&lt;a&gt; &amp; &quot;b&quot;.safetensors' "$directory/absolute/audit.html" && good ||
  bad "audit.html: a name is not escaped"
grep -qF "\"'=<a> & \"\"b\"\".safetensors\"" "$directory/absolute/audit.csv" && good ||
  bad "audit.csv: a name would be run as a formula"

# Networks that have learned nothing are noise, and solve nothing; others may be narrow.
trained untrained
audited untrained --claims --weights-viscous "$(network untrained viscous)" \
  --weights-inviscid "$(network untrained inviscid)"
for problem in viscous inviscid; do
  for claim in 'reside in a high-entropy' predictions 'circular law, at' 'Marchenko-Pastur, at' 'the rms is'; do
    for found in $(verdict "$directory/untrained" "$claim" "untrained-$problem.safetensors"); do
      equal "untrained $problem, $claim" "$found" holds
    done
  done
  # A uniform law has ln sqrt(pi e / 6) = 0.1765 nats less than the Gaussian of its variance.
  equal "untrained $problem, a uniform law" \
    "$(verdict "$directory/untrained" 'regime: entries' "untrained-$problem.safetensors")" differs
  equal "untrained $problem, its problem" \
    "$(verdict "$directory/untrained" 'solves its' "untrained-$problem.safetensors")" differs
done
equal "a reference nearer than the network" \
  "$(verdict "$directory/untrained" 98-mode untrained-viscous.safetensors)" holds
trained narrow --width 40 --layers 4
audited narrow --claims --weights-viscous "$(network narrow viscous)" \
  --weights-inviscid "$(network narrow inviscid)"
equal "narrow networks: claims about both" \
  "$(grep -c 'narrow-' "$directory/narrow/audit.csv")" 33

if [ -d "$reference/paper" ]; then
  published=(--weights-viscous "$reference/paper/weights_sine"
    --weights-inviscid "$reference/paper/weights_riemann")
  audited published --draws 20 "${published[@]}"
  equal "published kurtoses that hold" "$(rows "$directory/published" kurtosis holds)" 12
  equal "published densities that hold" "$(rows "$directory/published" "kernel densities" holds)" 240
  equal "best bandwidths that hold" "$(rows "$directory/published" "best bandwidths" holds)" 12
  equal "legends that hold" "$(rows "$directory/published" "legend of the densities" holds)" 6
  equal "numbers of continuous fits that hold" \
    "$(rows "$directory/published" "continuous fits" holds)" 42
  equal "log-likelihoods of the scan that are no optima" \
    "$(grep -c '^"beta scan".*log-likelihood",.*"differs"' "$directory/published/audit.csv")" 25
  equal "numbers of the scan" "$(grep -c '^"beta scan"' "$directory/published/audit.csv")" 192
  published_rows=$(($(wc -l <"$directory/published/audit.csv") - 1))
  grep -q "$published_rows with the published weights" docs/audit.md && good ||
    bad "docs/audit.md: $published_rows rows with the published weights"
  # Layer 7 as it is published in beta 5.958 (floored), and its optimum in 4.525 (mpmath).
  grep '^"continuous fits","layer 7, beta","weights_sine"' "$directory/published/audit.csv" |
    grep -q '"5.9584","5.95841","4.52481"' && good || bad "the optimum of layer 7"
  refuses "published networks in each other's place" "found one of the inviscid problem" \
    --weights-viscous "$reference/paper/weights_riemann" \
    --weights-inviscid "$reference/paper/weights_sine"
else
  skip "the published networks are not there"
fi

refuses "networks in each other's place" "metadata says 'inviscid'" \
  --weights-viscous datasets/inviscid-1.safetensors --weights-inviscid datasets/viscous-1.safetensors
refuses "a network twice" "metadata says 'viscous'" \
  --weights-inviscid datasets/viscous-1.safetensors
# unnamed FILE TO: a copy whose metadata do not say its problem.
unnamed() { LC_ALL=C sed 's/"problem":"/"comment":"/' "$1" >"$2"; }
unnamed datasets/viscous-1.safetensors "$directory/a.safetensors"
unnamed datasets/inviscid-1.safetensors "$directory/b.safetensors"
refuses "networks in each other's place, by their errors" "found one of the viscous problem" \
  --weights-inviscid "$directory/a.safetensors"
refuses "an inviscid network as the viscous one" "found one of the inviscid problem" \
  --weights-viscous "$directory/b.safetensors"
unnamed "$(network untrained viscous)" "$directory/untrained.safetensors"
refuses "an untrained network twice" "same weights" \
  --weights-viscous "$directory/untrained.safetensors" \
  --weights-inviscid "$directory/untrained.safetensors"
"$pinnscope" train heat --adam-steps 1 --lbfgs-iterations 0 --points 50 \
  --out "$directory/heat.safetensors" >/dev/null 2>&1
refuses "a network of the heat equation" "metadata says 'heat'" \
  --weights-viscous "$directory/heat.safetensors"
refuses "no such network" nowhere --weights-viscous nowhere
refuses "no published numbers" kurtosis.csv --published "$directory"
mkdir "$directory/damaged"
cp datasets/published/*.csv "$directory/damaged"
sed -i '2s/^0/7/' "$directory/damaged/kurtosis.csv"
refuses "a network that is not there" "networks 0, 1" --published "$directory/damaged"
printf 'a,b\n1,2\n' >"$directory/damaged/kurtosis.csv"
refuses "another table" "4 columns" --published "$directory/damaged"
mkdir "$directory/small"
printf '# W\n0.5\n-0.25\n' >"$directory/small/weights_burgers_layer0.txt"
printf '# b\n0.1\n' >"$directory/small/biases_burgers_layer0.txt"
refuses "a network of one layer" "at least 2 square hidden layers" --weights-inviscid "$directory/small"

close_cases
