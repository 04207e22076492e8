#!/usr/bin/env bash
# The study of docs/layer-kinds.md: plain layers against steps on the viscous problem, at four depths,
# with three seeds each. Some ten minutes on a core of its own; a run whose row is there already is not
# done again.
#   layer_kinds.sh PINNSCOPE DIRECTORY
# Writes DIRECTORY/runs.csv, a row a run, and prints the page's table of it.
set -euo pipefail
pinnscope=$(realpath "$1")
mkdir -p "$2"
cd "$2"

step=0.3
budget=(--width 20 --points 1500 --adam-steps 1000 --learning-rate 1e-3 --lbfgs-iterations 1000)

# ends FILE: of gradients.csv, the norm at the first square layer over that at the last, at the start
# and at the end, and the same of the largest and the least.
ends() {
  awk -F , 'function ratios(   k, least, largest) {
      least = largest = $5
      for (k = 5; k <= NF - 2; ++k) { if ($k < least) least = $k; if ($k > largest) largest = $k }
      return sprintf("%.6g,%.6g", $5 / $(NF - 2), largest / least)
    }
    NR == 2 { start = ratios() } END { print start "," ratios() }' "$1"
}

# exponents STATE: mean and largest over the unit square.
exponents() { awk -F , -v state="$1" '$2 == state { print $5 "," $8 }' signals/runs.csv; }

run() {  # DEPTH KIND SEED
  local options=(--layers "$1" --layers-kind "$2" --seed "$3")
  [ "$2" = plain ] || options+=(--layers-step "$step")
  "$pinnscope" train viscous "${budget[@]}" "${options[@]}" --threads 1 --gradients gradients.csv \
    --out network.safetensors >train.txt
  "$pinnscope" propagate network.safetensors --start --grid 21x21 --threads 1 --out signals >/dev/null
  printf '%s,%s,%s,%s,%s,%s,%s,%s\n' "$1" "$2" "$3" \
    "$(awk '/^wrote/ { print $NF }' train.txt)" "$(awk '/^on the whole square/ { print $5 }' train.txt)" \
    "$(ends gradients.csv)" "$(exponents start)" "$(exponents trained)" >>runs.csv
}

heading=depth,kind,seed,loss,relative_l2,first_to_last_start,spread_start,first_to_last,spread
heading+=,exponent_start,largest_exponent_start,exponent,largest_exponent
[ -e runs.csv ] || echo "$heading" >runs.csv
for seed in 1 2 3; do
  for depth in 4 8 16 32; do
    for kind in plain antisymmetric backward_euler cayley; do
      grep -q "^$depth,$kind,$seed," runs.csv || run "$depth" "$kind" "$seed"
    done
  done
done

# The middle of the seeds and their range; beside plain layers: better or worse where all seeds are.
awk -F , '
  function middle(c,   k, a, b, d, least, most) {
    a = v[$1, $2, 1, c] + 0; b = v[$1, $2, 2, c] + 0; d = v[$1, $2, 3, c] + 0
    least = a < b ? a : b; least = least < d ? least : d
    most = a > b ? a : b; most = most > d ? most : d
    low = least; high = most
    return sprintf("%.2g (%.2g to %.2g)", a + b + d - least - most, least, most)
  }
  NR > 1 { for (k = 4; k <= NF; ++k) v[$1, $2, $3, k] = $k; if (++count[$1, $2] == 3) order[++rows] = $0 }
  END {
    print "| depth | layers | relative L2 | beside plain | loss | gradient, start | end | exponent, start | end | largest |"
    print "|---|---|---|---|---|---|---|---|---|---|"
    for (r = 1; r <= rows; ++r) {
      $0 = order[r]
      error = middle(5)
      if ($2 == "plain") { plain_low[$1] = low; plain_high[$1] = high }
      verdict = $2 == "plain" ? "" : high < plain_low[$1] ? "better" : low > plain_high[$1] ? "worse" : "cannot tell"
      print "| " $1 " | `" $2 "` | " error " | " verdict " | " middle(4) " | " middle(6) " | " middle(8) \
        " | " middle(10) " | " middle(12) " | " middle(13) " |"
    }
  }' runs.csv
