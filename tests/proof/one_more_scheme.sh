#!/usr/bin/env bash
# One more scheme is an enumerator and a row in one file: `propagate` built with two of them knows
# them by name, steps with the order that the row says, and tells where they are stable, by the
# formula of the row or, where it has none, by a search.
#   one_more_scheme.sh PROGRAM SCHEME.HPP CHANGED-SCHEME.HPP
set -euo pipefail

program=$(realpath "$1")
echo "$(diff "$2" "$3" | grep -c '^>') lines of scheme.hpp make two schemes"
[ "$(diff "$2" "$3" | grep -c '^<')" = 1 ] || { echo 'expected one changed line'; exit 1; }
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
propagate() { ${MESON_EXE_WRAPPER:-} "$program" "$@"; }
expect() {  # WHAT FOUND EXPECTED
  [ "$2" = "$3" ] || { echo "$1: expected $3, found $2"; exit 1; }
  echo "$1: $2"
}

help=$(propagate)
for scheme in galerkin chebyshev; do
  grep -q "^  $scheme  *[a-z]" <<<"$help" || { echo "$scheme is not in the help"; exit 1; }
done

# The last row of a run to time 1 with so many steps; the solution is one exact step.
flow=(--cells 12 --velocity 0.7 --diffusivity 0.4)
run() {
  propagate --scheme "$1" "${flow[@]}" --steps "$2" --dt "$(awk "BEGIN { print 1 / $2 }")" \
    --every "$2" --out run.csv >/dev/null
  tail -n 1 run.csv | cut -d, -f2-
}
solution=$(run exact 1)
distance() {
  paste -d, - - <<<"$solution"$'\n'"$1" | awk -F, '{ for (i = 1; i <= NF / 2; ++i) {
    d = $i - $(i + NF / 2); sum += d * d } print sqrt(sum) }'
}
for scheme in galerkin chebyshev; do
  coarse=$(distance "$(run "$scheme" 256)") fine=$(distance "$(run "$scheme" 512)")
  expect "measured order of $scheme" \
    "$(awk "BEGIN { printf \"%.1f\", log($coarse / $fine) / log(2) }")" 1.0
done

# verdict SCHEME OPTION...: of its line in the table, and the largest stable dt.
verdict() {
  propagate --scheme "$1" --cells 9 --steps 1 --out table.csv "${@:2}" |
    awk -v scheme="$1" '$1 == ">" && $2 == scheme { print $4, $6 }'
}
expect 'galerkin at a huge step' "$(verdict galerkin --dt 1000)" 'stable inf'
expect 'galerkin between ends' "$(verdict galerkin --dt 1000 --boundary dirichlet)" 'stable inf'
expect 'chebyshev below its limit' "$(verdict chebyshev --velocity 0 --dt 1.99)" 'stable 2'
expect 'chebyshev above its limit' "$(verdict chebyshev --velocity 0 --dt 2.1)" 'unstable 2'
expect 'chebyshev without diffusion' "$(verdict chebyshev --diffusivity 0 --dt 0.1)" 'unstable 0'
