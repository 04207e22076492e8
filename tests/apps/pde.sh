#!/usr/bin/env bash
# `pinnscope pde`: networks written from a scheme are read back as that scheme, others as none.
#   pde.sh PINNSCOPE
source "$(dirname "${BASH_SOURCE[0]}")/cases.sh"
pinnscope=$(realpath "$1")
cd "$directory" || exit 1

# number FILE LAYER AT COLUMN: from a table.
number() {
  awk -F, -v layer="$2" -v at="$3" -v name="$4" '
    NR == 1 { for (k = 1; k <= NF; ++k) if ($k == name) c = k }
    NR > 1 && $1 == layer && $2 == at { print $c }' "$1"
}

schemes="ftcs upwind lax_wendroff backward_euler crank_nicolson crank_nicolson_as_published theta
         rk2 rk3 rk4 exact spectral"
for scheme in $schemes; do
  for numbers in "0.3 0.2" "-0.6 0.35" "1 1"; do
    read -r c r <<<"$numbers"
    works "$scheme, written" pde --from-scheme "$scheme" --courant "$c" --diffusion "$r" \
      --cells 24 --layers 1 --theta 0.3 --out net.safetensors
    works "$scheme, read" pde net.safetensors --draws 99 --searches 0 --out net.csv
    equal "$scheme $c $r: its name" "$(number net.csv 1 "" scheme) $(number net.csv 1 "" verdict)" \
      "$scheme $scheme"
    near "$scheme: its c" "$(number net.csv 1 "" courant)" "$c" 1e-12
    near "$scheme: its r" "$(number net.csv 1 "" diffusion)" "$r" 1e-12
    near "$scheme: its gain" "$(number net.csv 1 "" scheme_gain)" 1 1e-12
  done
done
# Small rings, odd and even, and a theta of either end.
for scheme in $schemes; do
  for cells in 5 9 16; do
    for theta in 0 1; do
      [ "$theta" = 0 ] || [ "$scheme" = theta ] || continue
      works "$scheme, written" pde --from-scheme "$scheme" --courant -0.9 --diffusion 0.4 \
        --cells "$cells" --layers 1 --theta "$theta" --out net.safetensors
      works "$scheme, read" pde net.safetensors --draws 99 --searches 0 --out net.csv
      equal "$scheme, $cells cells: its name" \
        "$(number net.csv 1 "" scheme) $(number net.csv 1 "" verdict)" "$scheme $scheme"
      near "$scheme, $cells cells: its c" "$(number net.csv 1 "" courant)" -0.9 1e-12
      near "$scheme, $cells cells: its r" "$(number net.csv 1 "" diffusion)" 0.4 1e-12
    done
  done
done
equal "theta, its theta" "$(works theta pde --from-scheme theta --theta 0.3 --cells 24 --layers 1 \
  --out net.safetensors; works theta pde net.safetensors --draws 99 --out net.csv
  printf %.9f "$(number net.csv 1 "" theta)")" 0.300000000

# Other labels hide a band from the one reading and not from the other.
for planted in "ftcs 0.3 0.2" "upwind 0.4 0.1" "lax_wendroff 0.6 0.1" "rk2 0.4 0.3" "rk3 0.7 0.3" "rk4 1 1"; do
  read -r scheme c r <<<"$planted"
  works "$scheme, relabelled" pde --from-scheme "$scheme" --courant "$c" --diffusion "$r" --cells 24 \
    --layers 1 --relabel 5 --out mixed.safetensors
  works "$scheme, searched" pde mixed.safetensors --draws 9 --out mixed.csv
  equal "$scheme: its name is found again" \
    "$(number mixed.csv 1 "" best_scheme) $(number mixed.csv 1 "" best_verdict)" "$scheme $scheme"
  near "$scheme: its c is found again" "$(number mixed.csv 1 "" best_courant)" "$c" 1e-12
  near "$scheme: its r is found again" "$(number mixed.csv 1 "" best_diffusion)" "$r" 1e-12
  if awk -v s="$(number mixed.csv 1 "" share)" 'BEGIN { exit !(s < 0.5) }'; then good; else
    bad "$scheme: expected that labels hide it"; fi
done
printf '0.3 0.1\n' >point.txt
works "as written" pde --from-scheme rk4 --cells 16 --layers 3 --out plain.safetensors
works "relabelled" pde --from-scheme rk4 --cells 16 --layers 3 --relabel 1 --out mixed.safetensors
works "evaluated" evaluate plain.safetensors --points point.txt --out plain.csv
works "evaluated" evaluate mixed.safetensors --points point.txt --out mixed.csv
near "the function stays" "$(awk -F, 'NR == 2 { print $3 }' mixed.csv)" \
  "$(awk -F, 'NR == 2 { print $3 }' plain.csv)" 1e-14

# G = 1 - 2 r (1 - cos a) - i c sin a at a = 2 pi / 8; three steps.
works "for every command" pde --from-scheme ftcs --courant 0.3 --diffusion 0.2 --cells 8 --layers 3 \
  --out ring.safetensors
printf '1 0\n0 1\n' >points.txt
works "evaluate" evaluate ring.safetensors --points points.txt --out u.csv
read -r real imaginary <<<"$(awk 'BEGIN { a = atan2(1, 1); x = 1 - 0.4 * (1 - cos(a)); y = -0.3 * sin(a)
  re = 1; im = 0; for (k = 0; k < 3; ++k) { t = re * x - im * y; im = re * y + im * x; re = t }
  printf "%.15g %.15g", re, im }')"
near "evaluate: Re G^3" "$(awk -F, 'NR == 2 { print $3 }' u.csv)" "$real" 1e-14
near "evaluate: Im G^3" "$(awk -F, 'NR == 3 { print $3 }' u.csv)" "$imaginary" 1e-14
works "info" info ring.safetensors
grep -q '^scheme: ftcs' stdout.txt && good || bad "info: expected the scheme"
works "spectra" spectra ring.safetensors --draws 19 --out spectra
works "errors" errors viscous ring.safetensors

# What a reading of the equation gives, row by row: D and the D of its flow, r - c^2 / 2.
works "readings" pde ring.safetensors --draws 9 --out ring.csv --rows rows.csv --schemes schemes.csv \
  --at 0.3,0.1 --at 1,2
near "U" "$(number ring.csv 2 "" euler_velocity)" 0.3 1e-14
near "D" "$(number ring.csv 2 "" euler_diffusivity)" 0.2 1e-14
near "D of the flow" "$(number ring.csv 2 "" flow_diffusivity)" 0.155 1e-14
near "spread of D" "$(number ring.csv 2 "" row_diffusivity_standard_deviation)" 0 1e-14
equal "rows of rows.csv" "$(wc -l <rows.csv)" $((3 * 3 * 8 + 1))
equal "rows of schemes.csv" "$(wc -l <schemes.csv)" $((3 * 3 * 12 + 1))
equal "few draws tell nothing" "$(number ring.csv 1 "" verdict)" "cannot tell"
grep -q 'at least 99 needed' stdout.txt && good || bad "few draws: expected how many are needed"
equal "the ties of ftcs" "$(number ring.csv 1 "" as_near)" "upwind lax_wendroff theta"

# The symbol by an impulse: G = 1 - 2 r (1 - cos a) - i c sin a, real at a = pi.
works "symbols" pde ring.safetensors --draws 9 --searches 0 --out ring.csv --symbols symbols.csv
equal "rows of symbols.csv" "$(wc -l <symbols.csv)" $((3 * 5 + 1))
for mode in 1 2 4; do
  row=$(awk -F, -v m=$mode '$1 == 2 && $4 == m' symbols.csv)
  read -r real imaginary <<<"$(awk -v m=$mode 'BEGIN { a = m * atan2(1, 1)
    printf "%.15g %.15g", 1 - 0.4 * (1 - cos(a)), m == 4 ? 0 : -0.3 * sin(a) }')"
  near "mode $mode: Re G" "$(cut -d, -f6 <<<"$row")" "$real" 1e-14
  near "mode $mode: Im G" "$(cut -d, -f7 <<<"$row")" "$imaginary" 1e-14
  near "mode $mode: Re G of its scheme" "$(cut -d, -f9 <<<"$row")" "$real" 1e-12
  near "mode $mode: Im G of its scheme" "$(cut -d, -f10 <<<"$row")" "$imaginary" 1e-12
done
near "a scheme is the same at every neuron" "$(number ring.csv 1 "" departure_from_invariance)" 0 1e-14

# text NETWORK LAYER ROWS COLUMNS EXPRESSION: as awk computes w(i, j).
layer() {
  mkdir -p "$1"
  awk -v m="$3" -v n="$4" -v seed="$2" '
    function noise(  k, s) { s = -6; for (k = 0; k < 12; ++k) s += rand(); return s }
    BEGIN { srand(seed + 5); print "# W"
      for (i = 0; i < m; ++i) for (j = 0; j < n; ++j)
        printf "%.17g%s", '"$5"', j + 1 < n ? " " : "\n" }' >"$1/weights_burgers_layer$2.txt"
  awk -v n="$4" 'BEGIN { print "# b"; for (j = 0; j < n; ++j) print j / 10 }' \
    >"$1/biases_burgers_layer$2.txt"
}
layer noise 0 2 20 'noise()'
layer noise 1 20 20 'noise() / 4'
layer noise 2 20 20 '0'
layer noise 3 20 5 'noise()'
layer noise 4 5 1 'noise()'
fails "without an activation" "add --activation" pde noise
works "noise" pde noise --activation tanh --draws 99 --searches 3 --out noise.csv --at 0.3,0.4 --threads 1
equal "noise is none" "$(number noise.csv 1 "" verdict)" none
near "noise is not the same at every neuron" "$(number noise.csv 1 "" departure_from_invariance)" 0.975 0.02
equal "noise is none under the best labels" "$(number noise.csv 1 "" best_verdict)" none
equal "a layer of zeros" "$(number noise.csv 2 "" verdict)" "left out: the input has no spread"
near "the source" "$(number noise.csv 1 "" source_mean)" 0.95 1e-14
works "noise, one search" pde noise --activation tanh --draws 9 --searches 1 --out single.csv
equal "one search has no deviation" "$(number single.csv 1 "" best_share_of_permuted_standard_deviation) \
$(number single.csv 1 "" best_share_needed) $(number single.csv 1 "" best_verdict)" "nan nan cannot tell"
grep -q '^With 1 search nothing can be told: at least 2 needed' stdout.txt && good || bad "one search: no reason"
works "noise, two threads" pde noise --activation tanh --draws 99 --searches 3 --out two.csv --at 0.3,0.4 --threads 2
cmp -s noise.csv two.csv && good || bad "threads: expected the same bytes"
works "noise, relu" pde noise --activation relu --draws 99 --out relu.csv
equal "orders alone keep the gain" "$(number relu.csv 1 "" euler_reaction_percentile)" nan

# Near z0, tanh z is tanh z0 + (1 - tanh^2 z0)(z - z0): a 1-1-1-1 network, W = 2, b = 0.
for l in 0 1 2; do layer one "$l" 1 1 2; done
works "linearised" pde one --activation tanh --draws 9 --at 0.25 --out one.csv
near "slope" "$(number one.csv 1 0.25 gain)" \
  "$(awk 'function th(z) { return (exp(2 * z) - 1) / (exp(2 * z) + 1) }
     BEGIN { t = th(2 * th(0.5)); printf "%.15g", 2 * (1 - t * t) }')" 1e-13
near "source" "$(number one.csv 1 0.25 source_mean)" \
  "$(awk 'function th(z) { return (exp(2 * z) - 1) / (exp(2 * z) + 1) }
     BEGIN { a = th(0.5); t = th(2 * a); printf "%.15g", t - (1 - t * t) * 2 * a }')" 1e-13

fails "symbols of nothing" "requires" pde --symbols x.csv
# order SECTION: what stdout.txt says of a refinement whose heading begins so.
order() { awk -v section="$1" 'index($0, section) == 1 { on = 1; next } /^Refined|^In depth/ { on = 0 }
  on && (/^order/ || /^none/ || /^cannot/) { sub(/:/, "", $1); print $1 == "order" ? sprintf("%.0f", $2) : $1 }' stdout.txt; }
for planted in "ftcs 1 2" "upwind 1 1" "crank_nicolson 2 2" "rk4 4 2" "exact cannot 2"; do
  read -r scheme in_time in_space <<<"$planted"
  works "$scheme, to refine" pde --from-scheme "$scheme" --courant 0.4 --diffusion 0.1 --cells 15 --layers 3 \
    --out net.safetensors
  works "$scheme, refined" pde net.safetensors --draws 99 --searches 0 --refine
  equal "$scheme: orders in depth and in cells" \
    "$(order "In depth, each square layer as") $(order "Refined in cells")" "$in_time $in_space"
done
layer deep 0 2 20 'noise()'
layer deep 1 20 20 'noise() / 2'
layer deep 2 20 20 'noise() / 2'
layer deep 3 20 1 'noise()'
works "noise, refined" pde deep --activation tanh --draws 9 --searches 0 --refine
equal "noise has no order" "$(order "In depth, each square layer read by Euler")" none
fails "nothing to refine" "requires" pde --refine
fails "nothing to read" "WEIGHTS or --from-scheme" pde
fails "no file" "--out" pde --from-scheme ftcs
fails "both" "excludes" pde ring.safetensors --from-scheme ftcs
fails "another ending" "safetensors" pde --from-scheme ftcs --out net.txt
fails "too few cells" "not supported" pde --from-scheme crank_nicolson_as_published --cells 2 --out x.safetensors
fails "no number" "--diffusion" pde --from-scheme spectral --cells 3 --diffusion nan --out x.safetensors
fails "a point of three" "--at: expected 2 finite numbers with commas, found '1,2,3'" pde ring.safetensors --at 1,2,3
fails "a point of words" "--at: expected 2 finite numbers" pde ring.safetensors --at 1,x
layer thin 0 2 3 1
layer thin 1 3 1 1
fails "no square layer" "expected a square layer" pde thin --activation tanh
[ ! -e x.safetensors ] && good || bad "a failure left a file"
close_cases
