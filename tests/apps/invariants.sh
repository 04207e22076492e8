#!/usr/bin/env bash
# What pde, propagate and spectra call invariant is so: 20 relabelled copies of a network agree on it.
#   invariants.sh PINNSCOPE
source "$(dirname "${BASH_SOURCE[0]}")/cases.sh"
pinnscope=$(realpath "$1")
cd "$directory" || exit 1

# copy NAME SEED: a 2-17-17-17-1 network of tanh whose hidden neurons have other orders and signs;
# those of seed 0 are as they were. Neuron i stands where (a i + b) modulo 17 says.
copy() {
  mkdir -p "$1"
  awk -v directory="$1" -v seed="$2" '
    function size(side) { return side == 0 ? 2 : side == 4 ? 1 : 17 }
    function place(side, i) {
      return side == 0 || side == 4 ? i : ((1 + (seed + side) % 16 * (seed > 0)) * i + seed * side) % 17
    }
    function sign(side, i) {
      return side == 0 || side == 4 || seed == 0 || (i * (seed + 2) + side) % 3 ? 1 : -1
    }
    BEGIN {
      srand(7)
      for (l = 0; l < 4; ++l) {
        m = size(l); n = size(l + 1)
        for (i = 0; i < m; ++i)
          for (j = 0; j < n; ++j)
            w[place(l, i), place(l + 1, j)] = sign(l, i) * sign(l + 1, j) * (2 * rand() - 1) / (m > 2 ? 2 : 1)
        for (j = 0; j < n; ++j) b[place(l + 1, j)] = sign(l + 1, j) * (rand() - 0.5)
        file = directory "/weights_burgers_layer" l ".txt"
        print "# W" >file
        for (i = 0; i < m; ++i) for (j = 0; j < n; ++j) printf "%.17g%s", w[i, j], j + 1 < n ? " " : "\n" >file
        close(file)
        file = directory "/biases_burgers_layer" l ".txt"
        print "# b" >file
        for (j = 0; j < n; ++j) printf "%.17g\n", b[j] >file
        close(file)
      }
    }'
}

# apart FILE OTHER NAME...: the columns of these names that differ by more than 1e-9, in units of the
# number where it is above 1; at the end of the line how many columns there are.
apart() {
  awk -F , -v names="${*:3}" '
    function far(a, b,  size) {
      if (a == b) return 0
      size = b < 0 ? -b : b
      if (size < 1) size = 1
      return !(a - b <= 1e-9 * size && b - a <= 1e-9 * size)
    }
    FNR == 1 { for (i = 1; i <= NF; ++i) at[$i] = i; next }
    FNR == NR { for (i = 1; i <= NF; ++i) first[FNR, i] = $i; next }
    { for (k = split(names, list, " "); k > 0; --k) {
        if (!(list[k] in at)) { absent[list[k]] = 1; continue }
        if (far(first[FNR, at[list[k]]], $(at[list[k]]))) different[list[k]] = 1
      } }
    END {
      for (name in absent) printf "no column %s ", name
      for (name in different) printf "%s ", name
      print split(names, list, " ")
    }' "$1" "$2"
}

works "columns" columns
of_pde=$(awk '/^$/ { pde = 1 } pde && $2 == "invariant" { print $1 }' stdout.txt | paste -sd ' ')
of_labels=$(awk '/^$/ { pde = 1 } pde && $2 == "as" && $1 !~ /percentile|p_value|power|critical/ { print $1 }' \
  stdout.txt | paste -sd ' ')
of_spectra=$(awk '/^$/ { exit } /orthogonal factors on both sides/ { print $1 }' stdout.txt | paste -sd ' ')

# report NAME: what the three commands say of a network.
report() {
  works "pde, $1" pde "$1" --activation tanh --at 0.4,0.2 --draws 1 --searches 0 --threads 1 --out "$1.csv"
  works "propagate, $1" propagate "$1" --activation tanh --at 0.4,0.2 --at -0.9,0.6 --threads 1 --out "$1-signals"
  works "spectra, $1" spectra "$1" --draws 0 --threads 1 --out "$1-spectra"
}
copy first 0
report first
works "what signals are" propagate first --activation tanh --at 0.4,0.2 --out names
of_signals=$(awk '$2 == "invariant:" { print $1 }' stdout.txt | paste -sd ' ')
for numbers in "pde $of_pde" "propagate $of_signals" "spectra $of_spectra"; do
  read -r name list <<<"$numbers"
  [ "$(wc -w <<<"$list")" -ge 4 ] && good || bad "$name: expected a list of invariant numbers, found $list"
done
moved=0
for seed in $(seq 20); do
  copy other "$seed"
  report other
  equal "pde, copy $seed" "$(apart first.csv other.csv $of_pde)" "$(wc -w <<<"$of_pde")"
  equal "propagate, copy $seed" "$(apart first-signals/signals.csv other-signals/signals.csv $of_signals)" \
    "$(wc -w <<<"$of_signals")"
  equal "exponent, copy $seed" "$(apart first-signals/inputs.csv other-signals/inputs.csv exponent log_s_1 log_s_n saturated)" 4
  equal "spectra, copy $seed" "$(apart first-spectra/layers.csv other-spectra/layers.csv $of_spectra)" \
    "$(wc -w <<<"$of_spectra")"
  [ "$(wc -w <<<"$(apart first.csv other.csv $of_labels)")" -le 10 ] || moved=$((moved + 1))
done
equal "copies whose labels make other readings" "$moved" 20
close_cases
