#!/usr/bin/env bash
# evaluate and propagate on long inputs: memory that does not grow with their length, pipes, what is
# bad far down, every K-th row.
#   streams.sh PINNSCOPE PEAK_MEMORY
source "$(dirname "${BASH_SOURCE[0]}")/cases.sh"
pinnscope=$(realpath "$1")
peak_memory=$(realpath "$2")
cd "$directory" || exit 1

# u = 2 tanh(0.5 x - 0.25 t + 0.1) - 0.3
mkdir net
printf '# W\n0.5\n-0.25\n' >net/weights_layer0.txt
printf '# b\n0.1\n' >net/biases_layer0.txt
printf '# W\n2\n' >net/weights_layer1.txt
printf '# b\n-0.3\n' >net/biases_layer1.txt
evaluate=(evaluate net --activation tanh --derivatives)
awk 'BEGIN { srand(3); for (i = 0; i < 1000; ++i) printf "%.17g,%.17g\n", 2 * rand() - 1, rand() }' >some.txt
for _ in $(seq 200); do cat some.txt; done >long.txt

# peak ARGUMENT...: KiB that the command has at once.
peak() {
  "$peak_memory" peak.txt "$pinnscope" "$@" >stdout.txt 2>stderr.txt || bad "$*: $(head -c 300 stderr.txt)"
  cat peak.txt
}

# bounded NAME LEAST MOST: of two lengths of one input, a hundredfold apart.
most=65536
bounded() {
  [ "$3" -lt "$most" ] && good || bad "$1: expected less than $most KiB, found $3"
  [ $(($3 - $2)) -lt 4096 ] && good || bad "$1: expected memory that does not grow, found $2 and $3 KiB"
}
bounded "200000 points" "$(peak "${evaluate[@]}" --points some.txt --out some.csv)" \
  "$(peak "${evaluate[@]}" --points long.txt --out long.csv)"
equal "200000 points: rows" "$(wc -l <long.csv)" 200001
{ head -n 1 some.csv; for _ in $(seq 200); do tail -n +2 some.csv; done; } | cmp -s - long.csv && good ||
  bad "200000 points: other values than of a thousand"
bounded "200000 inputs" \
  "$(peak propagate net --activation tanh --inputs some.txt --threads 2 --out some_signals)" \
  "$(peak propagate net --activation tanh --inputs long.txt --threads 2 --out long_signals)"
equal "200000 inputs: rows" "$(wc -l <long_signals/inputs.csv)" 200001
rm -r long_signals
run=(propagate --scheme ftcs --cells 8 --dt 0.1)
bounded "100000 steps" "$(peak "${run[@]}" --steps 100 --out short.csv)" \
  "$(peak "${run[@]}" --steps 100000 --out steps.csv)"
equal "100000 steps: rows" "$(wc -l <steps.csv)" 100002
bounded "a long initial signal" "$(peak "${run[@]}" --steps 1 --out short.csv)" \
  "$("$peak_memory" peak.txt "$pinnscope" "${run[@]}" --steps 1 --initial long.txt --out none.csv 2>stderr.txt
     cat peak.txt)"
equal "a long initial signal" "$(cat stderr.txt)" "pinnscope: long.txt: expected 8 numbers, found 400000"
# Nor of one without an end: it is refused before it has filled the memory.
(ulimit -v 8000000 && exec timeout 60 "$pinnscope" propagate --scheme ftcs --initial /dev/zero \
  --out s.csv) >stdout.txt 2>stderr.txt
[ $? = 1 ] && grep -q '^pinnscope: /dev/zero: line 1: expected fewer than [0-9]* ' stderr.txt && good ||
  bad "an initial signal without an end: $(head -c 300 stderr.txt)"
[ ! -e none.csv ] && good || bad "a long initial signal: left none.csv"

# Weights in two letters a number: within four times the file and 64 MiB.
mkdir digits
yes "$(yes 7 | head -n 2000 | paste -sd ' ')" | head -n 2000 >digits/weights_layer0.txt
head -n 1 digits/weights_layer0.txt >digits/biases_layer0.txt
taken=$(peak info digits)
allowed=$((4 * $(wc -c <digits/weights_layer0.txt) / 1024 + most))
[ "$taken" -lt "$allowed" ] && good || bad "digits: expected less than $allowed KiB, found $taken"

# Standard input and output, pipes, and an output in place of the input.
"$pinnscope" "${evaluate[@]}" --points - --out - <some.txt 2>stderr.txt | cmp -s - some.csv && good ||
  bad "standard input: $(cat stderr.txt)"
"$pinnscope" "${evaluate[@]}" --points <(cat some.txt) --out >(cat >piped.csv; touch end) && good || bad "pipes"
for _ in $(seq 100); do [ -e end ] && break; sleep 0.05; done
cmp -s piped.csv some.csv && good || bad "pipes: other values"
cp some.txt same.txt
works "an output in place of its input" "${evaluate[@]}" --points same.txt --out same.txt
cmp -s same.txt some.csv && good || bad "an output in place of its input: other values"

# refuses NAME WORDS INPUT: --points INPUT ends in one line that says WORDS, the older file as it was.
refuses() {
  echo older >older.csv
  if "$pinnscope" "${evaluate[@]}" --points "$3" --out older.csv <late.txt >stdout.txt 2>stderr.txt; then
    bad "$1: expected a refusal"
  elif [ "$(wc -l <stderr.txt)" != 1 ] || ! grep -q "^pinnscope: $2" stderr.txt; then
    bad "$1: expected one line with \"$2\", found: $(head -c 300 stderr.txt)"
  elif [ "$(cat older.csv)" != older ] || [ -n "$(ls older.csv.* 2>/dev/null)" ]; then
    bad "$1: found $(ls older.csv*)"
  else
    good
  fi
}
{ cat long.txt; echo 0.1,o; } >late.txt
refuses "a letter far down" "late.txt: line 200001, column 2: expected a number, found 'o'" late.txt
refuses "a letter far down standard input" "standard input: line 200001, column 2: expected a number" -
{ cat long.txt; echo 1e308,1e308; echo 0,0; } >far.txt
printf '# W\n1e300\n1e300\n' >net/weights_layer0.txt
evaluate=(evaluate net --activation sine)
refuses "a point far out" "far.txt: point 1 (x = .*): u of net is not a finite number" far.txt
printf '# W\n1\n1\n' >net/weights_layer0.txt
refuses "a point far out, far down" "far.txt: point 200001 (x = 1e+308, t = 1e+308): u of net" far.txt
refuses "an endless line" "/dev/zero: line 1: expected fewer than 1048576 bytes before its end" /dev/zero

# Cells beyond what can be had.
# no_room SIZE ARGUMENT...: --cells 1000000000 in 6 GB says how much it takes and leaves nothing.
no_room() {
  local size=$1 status=0
  shift
  (ulimit -v 6000000; "$pinnscope" propagate "$@" --cells 1000000000 --out none.csv) \
    >stdout.txt 2>stderr.txt || status=$?
  equal "$* with too many cells" "$status $(sed 's/ for .*/ for/' stderr.txt)" \
    "1 pinnscope: expected $size of memory for"
  grep -q 'the signal (.* GiB).*, found [0-9.]* GiB$' stderr.txt && good ||
    bad "$* with too many cells: $(cat stderr.txt)"
  [ -z "$(ls none.csv* 2>/dev/null)" ] && good || bad "$*: left $(ls none.csv*)"
}
no_room '7.5 GiB' --scheme ftcs
no_room '14.9 GiB' --scheme ftcs --every 2
no_room '22.4 GiB' --scheme backward_euler --boundary dirichlet

# The first row, every K-th one and the last.
kept() { awk -F , -v every="$1" 'NR == 1 || $1 % every == 0 { print; last = ""; next } { last = $0 }
  END { if (last != "") print last }' "$2"; }
for every in 1 7 100 300000 1000000000; do
  works "every $every" "${run[@]}" --steps 300 --every $every --out every.csv
  "$pinnscope" "${run[@]}" --steps 300 --out all.csv >all.txt
  kept $every all.csv | cmp -s - every.csv && cmp -s all.txt stdout.txt && good || bad "every $every: other rows"
done
for scheme in "ftcs --dt 1 --diffusivity 9" "rk4 --dt 3 --boundary dirichlet" \
              "rk4 --dt 2 --normalise l1"; do
  # shellcheck disable=SC2086
  "$pinnscope" propagate --scheme $scheme --steps 2000 --out all.csv >stdout.txt 2>all.txt
  for every in 7 1000 3000; do
    # shellcheck disable=SC2086
    "$pinnscope" propagate --scheme $scheme --steps 2000 --every $every --out every.csv >stdout.txt 2>stderr.txt
    kept $every all.csv | cmp -s - every.csv && good || bad "$scheme, every $every: other rows"
    equal "$scheme, every $every" "$(sed 's/every.csv/all.csv/' stderr.txt)" "$(cat all.txt)"
  done
done
for every in 0 -1 1.5 x; do
  status=0
  "$pinnscope" "${run[@]}" --every=$every --out none.csv 2>stderr.txt || status=$?
  [ "$status" = 2 ] && grep -q "every: expected a whole number from 1 to 1000000000, found '$every'" stderr.txt &&
    good || bad "every $every: exit $status, $(head -c 300 stderr.txt)"
done

close_cases
