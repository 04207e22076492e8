#!/usr/bin/env bash
# pinnscope propagate --family: signals through layers that are drawn or computed, and why they are calm.
#   families.sh PINNSCOPE
source "$(dirname "${BASH_SOURCE[0]}")/cases.sh"
programs "$1"
pinnscope=$(realpath "$1")
cd "$directory" || exit 1

# cell FILE COLUMN ROW: one cell by the name of its column, rows from 1 on.
cell() {
  awk -F , -v wanted="$2" -v row="$3" '
    NR == 1 { for (i = 1; i <= NF; ++i) if ($i == wanted) at = i }
    NR == row + 1 { print $at }' "$1"
}
# fate NAME WORDS: the first realisation of the last run is called so.
fate() { equal "$1" "$(cell out/realisations.csv fate 1)" "$2"; }

# Every family that the help lists, and every scheme.
families=$("$pinnscope" propagate --help | awk '/^Families/ || /^Schemes:/ { on = 1; next } !NF { on = 0 } on { print $1 }')
[ "$(wc -w <<<"$families")" -ge 19 ] && good || bad "families: $families"
printf '0.5 0\n0.3 0.4\n-0.2 0.1\n0.7 -0.6\n-0.9 0\n' >symbol.txt
for family in $families; do
  options=()
  [ "$family" != circulant ] || options=(--symbol symbol.txt)
  works "$family" propagate --family "$family" "${options[@]}" --layers 9 --realisations 2 --out out
  equal "$family: rows" "$(wc -l <out/layers.csv) $(wc -l <out/signals.csv) $(wc -l <out/ensemble.csv) $(wc -l <out/realisations.csv)" "21 21 11 3"
  grep -q "^${family//_/.}: 9 layers of 8 neurons, tanh, normalisation none" stdout.txt && good || bad "$family: heading"
done

# The published chain: numpy.random.seed(25), 2 rand(8) - 1, 1.5 z_(i-1) - z_i + 0.5 z_(i+1). Computed apart.
works "published" propagate --family tridiagonal --normalise l1 --out out
near "published: first neuron of the start" "$(cell out/signals.csv z_0 1)" 0.21688661036540655 1e-16
near "published: first neuron behind a layer" "$(cell out/signals.csv z_0 2)" -0.13117394013083652 1e-15
near "published: first neuron behind 15 layers" "$(cell out/signals.csv z_0 16)" -0.122014958 1e-9
near "published: L1 norm" "$(cell out/layers.csv l1_norm 16)" 1 1e-14
near "published: |G|" "$(cell out/realisations.csv log_amplification 1)" 1.0986122886681098 1e-14
fate "published" "calm because normalised"
# What the same chain is without the division: neurons at their ends, which take back what W gives.
works "saturated" propagate --family tridiagonal --out out
fate "saturated" "calm because saturated"
near "saturated: share" "$(cell out/realisations.csv saturated 1)" 1 0
near "saturated: gain" "$(cell out/realisations.csv log_gain 1)" 1.0986122886681098 1e-3
near "saturated: growth" "$(cell out/realisations.csv growth 1)" 0 1e-3
# RK4 at c = r = 1: |G| = 5, which the published panel hides; Crank-Nicolson hides nothing.
works "rk4" propagate --family rk4 --activation identity --normalise l1 --out out
grep -q 'calm because normalised: |G| = 5$' stdout.txt && good || bad "rk4: $(grep calm stdout.txt)"
near "rk4: divided out" "$(cell out/realisations.csv log_removed 1)" "$(awk 'BEGIN { print log(1.65e10) }')" 0.01
works "crank_nicolson" propagate --family crank_nicolson --activation identity --normalise rms --out out
fate "crank_nicolson" steady
works "ftcs" propagate --family ftcs --activation identity --out out
fate "ftcs" grows
works "damped" propagate --family circulant --symbol symbol.txt --activation identity --layers 30 --out out
fate "damped" decays
works "few layers" propagate --family ftcs --activation identity --layers 7 --out out
fate "few layers" "cannot tell"

# Seeds: the same files, others, and the next seed as the next realisation.
many=(propagate --family uniform --cells 5 --redraw --normalise l2 --blend 0.3)
works "once" "${many[@]}" --realisations 3 --out one
works "once more" "${many[@]}" --realisations 3 --out two
diff -r one two >/dev/null && good || bad "the same seed gave other files"
works "another seed" "${many[@]}" --realisations 3 --seed 26 --out two
! diff -q one/layers.csv two/layers.csv >/dev/null && good || bad "another seed gave the same file"
works "seed 25" propagate --family ftcs --realisations 2 --out one
works "seed 26" propagate --family ftcs --seed 26 --out two
equal "the second realisation" "$(awk -F , '$1 == 1' one/signals.csv | cut -d , -f 2-)" \
  "$(awk -F , '$1 == 0' two/signals.csv | cut -d , -f 2-)"
# Mean and standard deviation are those of the realisations.
works "spread" "${many[@]}" --realisations 4 --out one
read -r mean deviation < <(awk -F , '$2 == 7 { s += $3; q += $3 * $3; ++n }
  END { m = s / n; printf "%.15g %.15g\n", m, sqrt((q - n * m * m) / (n - 1)) }' one/signals.csv)
near "mean" "$(cell one/ensemble.csv z_0_mean 8)" "$mean" 1e-12
near "deviation" "$(cell one/ensemble.csv z_0_standard_deviation 8)" "$deviation" 1e-9
# A signal of the user's.
echo "1 -1 1 -1" >initial.txt
works "initial" propagate --family rk4 --cells 4 --initial initial.txt --activation identity --layers 1 --out out
equal "initial: a checkerboard times R(-4)" "$(cell out/signals.csv z_1 2)" -5

# A run that overflows keeps the rows before it.
fails "overflow" "--family ftcs, realisation 0, layer 297: a value is not finite; the rows before it are in out" \
  propagate --family ftcs --diffusion 3 --activation identity --layers 2000 --out out
equal "overflow: rows" "$(tail -n 1 out/signals.csv | cut -d , -f 2)" 296

# refuses CODE LINE ARGUMENT...: nothing but this line on stderr, and no directory.
refuses() {
  local code=$1 line=$2 status=0
  shift 2
  "$pinnscope" propagate "$@" --out no >stdout.txt 2>stderr.txt || status=$?
  equal "$*" "$status $(cat stderr.txt)" "$code pinnscope: $line"
  [ ! -e no ] && good || bad "$*: expected no directory"
}
refuses 2 "--stencil: expected --family tridiagonal, found uniform" --family uniform --stencil 1,2,1
refuses 2 "--width: expected --family gaussian_kernel, found rk4" --family rk4 --width 2
refuses 2 "--courant: expected --family of a scheme, found signs" --family signs --courant 2
refuses 2 "--redraw: expected a random family, found tridiagonal" --family tridiagonal --redraw
refuses 2 "propagate: expected --symbol, found none" --family circulant
refuses 2 "--layers requires --family" --scheme ftcs --layers 3
refuses 2 "--cells requires --scheme or --family" "$directory" --at 0,0 --cells 3
refuses 2 "--activation requires WEIGHTS or --family" --scheme ftcs --activation tanh
refuses 2 "--scheme excludes --family" --family ftcs --scheme ftcs
refuses 2 "--blend excludes --activation" --family ftcs --activation tanh --blend 0.5
refuses 2 "--blend: expected a number from 0 to 1, found '2'" --family ftcs --blend 2
refuses 1 "--omega: expected --activation sine, found tanh" --family ftcs --omega 3
refuses 1 "--stencil: expected 3 finite numbers with commas, found '1,2'" --family tridiagonal --stencil 1,2
refuses 1 "symbol.txt: expected 4 lines, a mode each, found more" --family circulant --symbol symbol.txt --cells 6
refuses 1 "symbol.txt: expected 6 lines, a mode each, found 5" --family circulant --symbol symbol.txt --cells 10
refuses 1 "--cells: expected at most 4096 for a family, found 5000" --family identity --cells 5000
refuses 1 "--family theta: an argument is out of range" --family theta --theta 3
refuses 1 "--family crank_nicolson_as_published: not supported" --family crank_nicolson_as_published --cells 2

if command -v gnuplot >/dev/null; then
  for count in 1 5; do
    works "plots of $count" propagate --family gaussian_kernel --cells 40 --realisations $count --plots --out drawn
    [ -s drawn/family.svg ] && [ -s drawn/family.png ] && [ -s drawn/family.pdf ] && good || bad "no plots of $count"
  done
  works "no plots" propagate --family gaussian_kernel --cells 40 --out drawn
  [ ! -e drawn/family.svg ] && [ ! -e drawn/family.gp ] && good || bad "plots of an earlier run stayed"
else
  skip "gnuplot is not installed"
fi

close_cases
