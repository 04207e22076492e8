#!/usr/bin/env bash
# `pinnscope spectra` on layers that are in part or wholly without a spectrum.
#   spectra.sh PINNSCOPE
source "$(dirname "${BASH_SOURCE[0]}")/cases.sh"
pinnscope=$(realpath "$1")
cd "$directory" || exit 1

says() { if grep -q -- "$2" stdout.txt; then good; else bad "$1: expected \"$2\" in: $(cat stdout.txt)"; fi; }

# layer NETWORK INDEX ROWS COLUMNS EXPRESSION: w(i, j) by awk, noise() being a normal number.
layer() {
  mkdir -p "$1"
  awk -v m="$3" -v n="$4" -v seed="$2" '
    function noise(  k, s) { s = -6; for (k = 0; k < 12; ++k) s += rand(); return s }
    BEGIN { srand(seed + 1); print "# W"
      for (i = 0; i < m; ++i) a[i] = noise()
      for (j = 0; j < n; ++j) b[j] = noise()
      for (i = 0; i < m; ++i) for (j = 0; j < n; ++j) { w = '"$5"'; printf "%s%s", w ~ /[nf]$/ ? w : sprintf("%.17g", w), j + 1 < n ? " " : "\n" } }' \
    >"$1/weights_burgers_layer$2.txt"
  awk -v n="$4" 'BEGIN { print "# b"; for (j = 0; j < n; ++j) print 0 }' >"$1/biases_burgers_layer$2.txt"
}

# number DIRECTORY LAYER COLUMN: from layers.csv.
number() {
  awk -F, -v name="$3" -v layer="$2" 'NR == 1 { for (k = 1; k <= NF; ++k) if ($k == name) c = k }
    NR > 1 && $2 == layer { print $c }' "$1/layers.csv"
}

layer net 0 20 20 'noise()'
layer net 1 20 20 '0'
layer net 2 20 20 'a[i] * b[j]'
layer net 3 20 20 'j < 5 ? 0 : noise()'
layer net 4 20 30 '2.5'
layer net 5 30 1 'noise()'
layer net 6 1 1 '-0.7'
layer net 7 1 20 'j == 3 ? "nan" : j'
layer net 8 20 2 'i == 3 ? "-inf" : 1'
works "layers without a spectrum" spectra net --out out --draws 19 --json
says "a layer of zeros" "1 20x20 .*every weight is zero"
says "a layer with a NaN" "7 1x20 .*a weight is not finite"
says "a layer with an infinity" "8 20x2 .*a weight is not finite"
says "a product" "layer 2 has no sigma_bulk: some singular values are zero but for rounding"
says "a column" "layer 5 has no sigma_bulk: one singular value"
equal "rows of layers.csv" "$(wc -l <out/layers.csv)" 10
for l in 0,20,20,20,0 2,20,20,1,0.95 3,20,15,15,0.25 4,20,30,1,0.95 5,30,1,1,0 6,1,1,1,0; do
  IFS=, read -r layer rows columns rank share <<<"$l"
  equal "layer $layer: live block, rank, atom" \
    "$(number out "$layer" live_rows) $(number out "$layer" live_columns) $(number out "$layer" numerical_rank) $(awk -v x="$(number out "$layer" zero_share)" 'BEGIN { printf "%.6g", x }')" \
    "$rows $columns $rank $share"
done
equal "the layer of zeros has its shape" "$(number out 1 rows) $(number out 1 rms)" "20 nan"
equal "a product has no sigma" "$(number out 2 sigma_bulk)" nan
equal "a product is one spike" "$(number out 2 spikes)" 1
equal "a constant layer is its own permutation" "$(number out 4 spikes)" 0
works "spikes beside another null" spectra net --out other --draws 19 --null gaussian
cmp -s out/layers.csv other/layers.csv && good || bad "spikes beside another null: expected the same layers.csv"
works "spikes with few draws" spectra net --out few --draws 18 --json
equal "spikes with few draws" "$(number few 2 spikes)" nan
grep -q '"spikes": "they are counted beyond permutations: at least 19 draws needed"' few/layers.json && good ||
  bad "spikes with few draws: expected the reason"
equal "vectors of products" "$(awk -F, '$2 == 2 { ++n } END { print n + 0 }' out/vectors.csv)" 2
# Weights far from any initialiser's scale: no AIC, and the reason.
layer huge 0 12 12 '1e200 * noise()'
works "huge weights" spectra huge --draws 0 --out huge_out --json
equal "huge weights: no AIC of an initialiser" "$(number huge_out 0 aic_he_normal)" nan
equal "huge weights: beta has one" "$(number huge_out 0 aic_generalized_gaussian | grep -c nan)" 0
equal "huge weights: nothing survives of what was not found" "$(number huge_out 0 surviving_share)" nan
works "huge weights among draws" spectra huge --draws 5 --out huge_draws --null fitted,gaussian
equal "huge weights: no draws from a law without a fit" \
  "$(cut -d, -f4 huge_draws/nulls.csv | sort -u | paste -sd ,)" "gaussian,null"
says_json() { if grep -q -- "$2" huge_out/layers.json; then good; else bad "$1"; fi; }
says_json "huge weights: the reason" '"aic_he_normal": "the entries are 1e9 times wider'

# A network of Glorot's uniform law with a Laplace change is named as one; half of its width is none
# of the initialisers, however little was changed.
glorot() {  # NETWORK SCALE
  local k rows columns
  mkdir "$1"
  for k in 0,2,40 1,40,40 2,40,40 3,40,1; do
    IFS=, read -r k rows columns <<<"$k"
    awk -v m="$rows" -v n="$columns" -v seed="$k" -v scale="$2" 'BEGIN { srand(seed + 11)
      a = sqrt(6 / (m + n)); print "# W"
      for (i = 0; i < m; ++i) for (j = 0; j < n; ++j) {
        u = rand(); l = u < 0.5 ? log(2 * u + 1e-12) : -log(2 - 2 * u)
        printf "%.17g%s", scale * (a * (2 * rand() - 1) + 0.15 * a * l), j + 1 < n ? " " : "\n" } }' \
      >"$1/weights_burgers_layer$k.txt"
    awk -v n="$columns" 'BEGIN { print "# b"; for (j = 0; j < n; ++j) print 0 }' >"$1/biases_burgers_layer$k.txt"
  done
}
glorot drawn 1
works "a network's initialiser" spectra drawn --draws 0 --out drawn_out
says "named" "^initialiser of the network: glorot_uniform, [0-9]* in AIC before .* of the variance is its own"
glorot shrunk 0.4
works "a network of no initialiser" spectra shrunk --draws 0 --out shrunk_out
says "not named" "^initialiser of the network: cannot tell: no initialiser's law fits"

# A law with a cusp at its centre. The independent fit is SciPy's, with every entry tried as mu and
# a fine scan of beta.
mkdir cusp
printf '# W\n' >cusp/weights_burgers_layer0.txt
awk 'BEGIN { for (i = 0; i < 201; ++i) {
  t = (2 * ((i * 7919) % 201) - 200) / 201; w = ((i * i) % 17) / 64
  printf "%.17g\n", t * t * t + w / 8 } }' >>cusp/weights_burgers_layer0.txt
printf '# b\n0\n' >cusp/biases_burgers_layer0.txt
works "a law with a cusp" spectra cusp --out cusp_out --draws 0
cusp() { near "cusp: $1" "$(number cusp_out 0 "$1")" "$2" "$3"; }
cusp generalized_gaussian_beta 0.422841775 1e-7
cusp generalized_gaussian_mu 0.017365332868 1e-11
cusp generalized_gaussian_alpha 0.0204247231 1e-8
cusp aic_generalized_gaussian 95.300276861 1e-8
cusp generalized_gaussian_bound 0 0
cusp student_t_bound 0 0

# Every number that is null has its reason, and none that is there.
awk '/"nulls": \[/ { exit }
     /"reasons": \{/ { inside = 1 }
     /: null,?$/ && !inside { ++missing }
     inside && /": "/ { ++reasons }
     /\}/ { inside = 0 }
     END { print missing + 0, reasons + 0 }' out/layers.json | {
  read -r missing reasons
  if [ "$missing" = "$reasons" ] && [ "$missing" -gt 80 ]; then exit 0; fi
  echo "spectra: $missing nulls, $reasons reasons" >&2
  exit 1
} && good || bad "a reason for every null"

# Columns by their names, of diag(1, ..., 12): the sum of squares is 650.
layer diagonal 0 12 12 'i == j ? i + 1 : 0'
works "a known layer" spectra diagonal --out known --draws 0
while read -r column value; do
  awk -v a="$(number known 0 "$column")" -v b="$value" \
    'BEGIN { d = a - b; if (d < 0) d = -d; exit !(a != "nan" && d <= 1e-9 * (b > 1 ? b : 1)) }' && good ||
    bad "$column: expected $value, found $(number known 0 "$column")"
done <<'VALUES'
rows 12
columns 12
mean 0.54166666666666667
minimum 0
maximum 12
rms 2.1245914639969939
live_rows 12
live_columns 12
numerical_rank 12
zero_share 0
spectral_norm 12
frobenius_norm 25.495097567963924
log_norm 2.8129133566428556
largest_singular_value 2.6584615384615385
stable_rank 4.5138888888888889
spacing_ratio 1
real_eigenvalues 12
transient_growth 1
VALUES

# Families of p-values: two runs of five square layers under two nulls. Holm's correction by awk.
for l in 0 1 2 3 4; do layer five $l 12 12 "$([ $l = 2 ] && echo '3 * a[i] * b[j] + noise()' || echo 'noise()')"; done
works "a family of p-values" spectra five five --out family --draws 999 --null permutation,gaussian
says "its size" "p, Holm: of s1^2/N, corrected over 20 tests: the layers under 2 nulls in 2 runs"
if grep -q "p, Holm: cannot tell" stdout.txt; then bad "a family of 20 needs 799 draws"; else good; fi
# by NAME COLUMN_OF_HOLM COLUMN_OF_TESTS PATTERN: rows whose line matches are one family.
by() {
  grep -E "$4" family/nulls.csv | sort -t, -k7,7g | awk -F, -v h="$2" -v t="$3" -v total="$(grep -cE "$4" family/nulls.csv)" '
    { scaled = (total - NR + 1) * $7
      if ($7 == last) scaled = previous            # ties share the correction of the first
      last = $7; previous = scaled
      if (scaled > 1) scaled = 1
      if (scaled > most) most = scaled
      if ($t != total || ($h != "nan" && ($h - most > 1e-12 || most - $h > 1e-12))) { wrong = 1; print }
      if ($h != "nan") ++seen }
    END { exit wrong || NR != total || (seen != 0 && seen != NR) || total == 0 }' >wrong.txt && good ||
    bad "$1: $(head -n 2 wrong.txt)"
}
by "Holm within a statistic" 8 12 ',largest_singular_value,'
by "Holm within another" 8 12 ',henrici_departure,'
by "Holm over everything" 14 15 '^[0-9]'
equal "too few draws for everything: no number" \
  "$(awk -F, 'NR > 1 && $14 != "nan"' family/nulls.csv | wc -l)" 0
equal "draws that everything needs" "$(sed -n 2p family/nulls.csv | cut -d, -f16)" \
  "$(awk 'NR > 1' family/nulls.csv | awk 'END { print 40 * NR - 1 }')"
works "few draws" spectra five five --out family --draws 99 --null permutation,gaussian --json
says "few draws" "p, Holm: cannot tell with 99 draws: at least 799 needed"
equal "few draws: no number" "$(awk -F, 'NR > 1 && $8 != "nan"' family/nulls.csv | wc -l)" 0
grep -q '"p_holm": null' family/layers.json && good || bad "few draws: expected null"

# Labels. Layer 0 of diag(1, 2, 3) on both sides of 3 x 3 layers: the geometric means of the cycles of
# a permutation, 3, 2, sqrt(6) and cbrt(6), over rms sqrt(n) = sqrt(14 / 3), are all that the radius can be.
layer labels 0 2 3 'noise()'
layer labels 1 3 3 'i == j ? i + 1 : 0'
layer labels 2 3 1 'noise()'
# spread DIRECTORY LAYER COLUMN FIELD: of relabellings.csv.
spread() {
  awk -F, -v layer="$2" -v column="$3" -v name="$4" 'NR == 1 { for (k = 1; k <= NF; ++k) if ($k == name) c = k }
    NR > 1 && $2 == layer && $3 == column { print $c }' "$1/relabellings.csv"
}
works "orders alone" spectra labels --out orders --draws 0
says "orders alone" "^labels: relabelled in orders alone: --activation"
says "the radius with its relabellings" "^ *1 3x3 .* 1.39 \[0.841, 1.39\]"
equal "orders alone: what signs change" "$(spread orders 1 kurtosis value)" ""
equal "orders alone: layers with eigenvalues" \
  "$(awk -F, 'NR > 1 { print $2 }' orders/relabellings.csv | sort -u)" 1
near "least radius" "$(spread orders 1 spectral_radius minimum)" 0.84115 1e-4
near "largest radius" "$(spread orders 1 spectral_radius maximum)" 1.38873 1e-4
works "signs too" spectra labels --out signs --draws 0 --activation tanh --relabellings 50 --json
if grep -q "orders alone" stdout.txt; then bad "signs too: expected no remark"; else good; fi
equal "signs too: relabellings" "$(spread signs 1 spectral_radius relabellings) $(spread signs 0 kurtosis relabellings)" "50 50"
equal "signs too: fits" "$(spread signs 1 generalized_gaussian_beta relabellings)" 13
equal "invariants are not spread" "$(spread signs 1 rms value)$(spread signs 1 spectral_entropy value)" ""
equal "order in relabellings.csv" "$(awk -F, 'NR > 1 && !($5 >= 0 && $5 <= 100 && $8 <= $9 && $9 <= $10 &&
  $10 <= $11 && $11 <= $12)' signs/relabellings.csv | wc -l)" 0
equal "the value is that of layers.csv" "$(spread signs 1 henrici_departure value)" "$(number signs 1 henrici_departure)"
grep -q '"relabellings": 50' signs/layers.json && good || bad "signs too: expected relabellings in layers.json"
touch signs/ensemble.csv signs/spectra.svg signs/mine.csv
works "the same place again" spectra labels --out signs --draws 0 --relabellings 0
equal "files of the earlier run" "$(ls signs | tr '\n' ' ')" \
  "eigenvalues.csv layers.csv mine.csv singular_values.csv vectors.csv "
works "an even activation" spectra labels --out even --draws 0 --activation relu
equal "an even activation: what signs change" "$(spread even 1 kurtosis value)" ""
works "one layer has no free label" spectra diagonal --out alone --draws 0
equal "one layer has no free label" "$(wc -l <alone/relabellings.csv)" 1

layer zeros 0 3 4 '0'
layer zeros 1 4 2 '0'
if "$pinnscope" spectra zeros --out none >stdout.txt 2>stderr.txt || [ -e none ]; then
  bad "nothing but zeros: expected a refusal"
else
  grep -q '^pinnscope: zeros: layer 0: every weight is zero$' stderr.txt && good ||
    bad "nothing but zeros: found $(cat stderr.txt)"
fi

close_cases
