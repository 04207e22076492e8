#!/usr/bin/env bash
# The audit on the project's networks, on the published ones where they are, and on bad input; its
# claims are those of the README.
#   audit.sh AUDIT
set -uo pipefail
audit=$(realpath "$1")
source=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
reference=${PINNSCOPE_REFERENCE_DIR:-$source/../shared}
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$source" || exit 1
passed=0
failed=0
skipped=0

good() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "audit: $*" >&2; }
equal() { if [ "$2" = "$3" ]; then good; else bad "$1: expected $3, found $2"; fi; }

# rows FILE GROUP VERDICT: how many there are.
rows() { grep -c "^\"$2\",.*,\"$3\",\"[^\"]*\"$" "$1/audit.csv"; }

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

if "$audit" --claims --out "$directory/claims" >"$directory/stdout" 2>&1; then
  while read -r line; do
    grep -qFx -- "$line" README.md && good || bad "README.md does not say: $line"
  done <"$directory/claims/claims.md"
else
  bad "the claims: $(head -c 300 "$directory/stdout")"
fi

"$audit" --draws 20 --out "$directory/own" >"$directory/stdout" 2>&1 && good || bad "own networks"
equal "own networks: rows that need the originals" \
  "$(grep -c '"needs the originals"' "$directory/own/audit.csv")" 318
grep -q '^</html>$' "$directory/own/audit.html" && good || bad "own networks: audit.html is not whole"

if [ -d "$reference/paper" ]; then
  "$audit" --draws 20 --weights-viscous "$reference/paper/weights_sine" \
    --weights-inviscid "$reference/paper/weights_riemann" --out "$directory/published" \
    >"$directory/stdout" 2>&1 && good || bad "published networks"
  equal "published kurtoses that hold" "$(rows "$directory/published" kurtosis holds)" 12
  equal "published densities that hold" "$(rows "$directory/published" "kernel densities" holds)" 240
  equal "rows of the scan that are no optima" \
    "$(rows "$directory/published" "beta scan" differs)" 24
  equal "fits that the floor changed" \
    "$(grep -c '"continuous fits","viscous layer [47], \(beta\|AIC\)",.*"artefact"' \
      "$directory/published/audit.csv")" 4
else
  skipped=$((skipped + 1))
  echo "skipped: the published networks are not there"
fi

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
refuses "a network of one layer" "at least 8 layers" --weights-inviscid "$directory/small"

echo "cases: $passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
