#!/usr/bin/env bash
# How uniform the percentiles of square layers among relabellings are: p-values of Kolmogorov and
# Smirnov (Stephens' correction) over all layers of the networks, directories as tanh networks.
#   labels.sh PINNSCOPE NETWORK...
set -euo pipefail
pinnscope=$1
shift
table=$(mktemp)
trap 'rm -f "$table"' EXIT
draws=199
for network; do
  options=()
  [ ! -d "$network" ] || options=(--activation tanh)
  "$pinnscope" pde "$network" "${options[@]}" --draws "$draws" --searches 0 --out "$table.csv" >/dev/null
  cat "$table.csv" >>"$table"
  rm -f "$table.csv"
done
for number in percentile_among_relabelled euler_velocity_percentile euler_diffusivity_percentile; do
  awk -F, -v name="$number" -v draws="$draws" '
    $1 == "layer" { for (k = 1; k <= NF; ++k) if ($k == name) column = k; next }
    $column != "nan" { print ($column / 100 * draws + 0.5) / (draws + 1) }' "$table" | sort -g |
    awk -v name="$number" '
      { rank[NR] = $1 }
      END {
        for (k = 1; k <= NR; ++k) {
          if (k / NR - rank[k] > d) d = k / NR - rank[k]
          if (rank[k] - (k - 1) / NR > d) d = rank[k] - (k - 1) / NR
        }
        t = (sqrt(NR) + 0.12 + 0.11 / sqrt(NR)) * d
        for (k = 1; k <= 100; ++k) p += 2 * (k % 2 ? 1 : -1) * exp(-2 * k * k * t * t)
        printf "%s: %d layers, distance %.3f, p = %.2f\n", name, NR, d, (p > 1 ? 1 : p)
      }'
done
