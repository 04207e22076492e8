#!/usr/bin/env bash
# What every program says of itself, and of a command line that it cannot take.
#   command_line.sh VERSION PROGRAM...
source "$(dirname "${BASH_SOURCE[0]}")/cases.sh"
version=$1
shift
programs=()
for path; do programs+=("$(realpath "$path")"); done
cd "$directory" || exit 1

# refuses CODE LINE PROGRAM ARGUMENT...: nothing but this line, of the program, on stderr; no file.
refuses() {
  local code=$1 line=$2 name status=0
  shift 2
  name=$(basename "$1")
  "$@" >stdout.txt 2>stderr.txt || status=$?
  if [ "$status" != "$code" ]; then
    bad "$name ${*:2}: expected exit code $code, found $status: $(head -c 300 stderr.txt)"
  elif [ "$(cat stderr.txt)" != "$name: $line" ] || [ -s stdout.txt ]; then
    bad "$name ${*:2}: expected \"$name: $line\", found \"$(head -c 300 stderr.txt)\""
  elif [ "$(ls)" != "$(printf 'stderr.txt\nstdout.txt')" ]; then
    bad "$name ${*:2}: left $(ls)"
  else
    good
  fi
}

for program in "${programs[@]}"; do
  name=$(basename "$program")
  [ "$("$program" --version 2>&1)" = "$name $version" ] && good ||
    bad "$name --version: $("$program" --version 2>&1)"
  "$program" --help >stdout.txt 2>stderr.txt && [ -s stdout.txt ] && [ ! -s stderr.txt ] && good ||
    bad "$name --help"
  # Words that do not reach their place are a failure, of every program.
  status=0
  "$program" --help >/dev/full 2>stderr.txt || status=$?
  equal "$name --help >/dev/full" "$status $(cat stderr.txt)" \
    "1 $name: standard output: cannot write to it: No space left on device"
  [ "$name" = pinnscope ] && { pinnscope=$program; continue; }
  refuses 2 "no option '--ouy'; did you mean --out?" "$program" --ouy x
  refuses 2 "no option '--colour'; see $name --help" "$program" --colour=red
  refuses 2 "expected no more arguments, found 'extra'" "$program" extra
  refuses 2 "--out: expected a value, found ''" "$program" --out ''
  refuses 2 "--out: expected a value, found none" "$program" --out
  refuses 2 "--out: expected one value, found 2" "$program" --out a --out b
  if [ "$name" = audit ]; then
    for seed in -1 18446744073709551616 1.5 one; do
      refuses 2 "--seed: expected a whole number from 0 to 18446744073709551615, found '$seed'" \
        "$program" --seed $seed
    done
    continue
  fi
  touch file
  status=0
  "$program" --out file/figures >stdout.txt 2>stderr.txt || status=$?
  rm file
  # One line, and the program's name once.
  [ "$status" = 1 ] && [ "$(wc -l <stderr.txt)" = 1 ] && [ "$(grep -o "$name: " stderr.txt | wc -l)" = 1 ] &&
    grep -q "file/figures" stderr.txt && good || bad "$name --out file/figures: $(cat stderr.txt)"
done

commands="info, evaluate, spectra, columns, errors, train, selftest, pde and propagate"
refuses 2 "no command 'trian'; did you mean train? The commands are $commands" "$pinnscope" trian heat
refuses 2 "no command 'propogate'; did you mean propagate? The commands are $commands" \
  "$pinnscope" propogate
refuses 2 "no command 'plot'; the commands are $commands" "$pinnscope" plot
refuses 2 "no command ''; the commands are $commands" "$pinnscope" ''
refuses 2 "expected a command, found '--seed'" "$pinnscope" --seed 1 train heat
status=0
"$pinnscope" >stdout.txt 2>stderr.txt || status=$?
[ "$status" = 2 ] && [ ! -s stdout.txt ] && grep -q propagate stderr.txt && good ||
  bad "pinnscope alone: expected help on stderr"
refuses 2 "evaluate: no option '--pionts'; did you mean --points?" \
  "$pinnscope" evaluate net --pionts p
refuses 2 "evaluate: expected --points, found none" "$pinnscope" evaluate net
refuses 2 "train: expected PROBLEM, found none" "$pinnscope" train
refuses 2 "info: expected no more arguments, found 'more'" "$pinnscope" info net more
# listed COMMAND HEADING: the names under a heading at the end of a help, as "a, b or c"; each has a meaning.
listed() {
  "$pinnscope" "$1" --help | awk -v heading="$2:" '$0 == heading { on = 1; next } !NF { on = 0 }
    on { names[++n] = $1; if (NF < 2) names[n] = "(" $1 " without a meaning)" }
    END { for (k = 1; k <= n; ++k) printf "%s%s", k == 1 ? "" : k < n ? ", " : " or ", names[k] }'
}
# What a help lists is what is taken, and what is said of anything else.
[[ "$(listed train Problems)" = "viscous, inviscid, heat"* ]] && good || bad "train --help: $(listed train Problems)"
for command in train errors; do
  refuses 2 "PROBLEM: expected $(listed train Problems), found 'vicsous'; did you mean viscous?" \
    "$pinnscope" $command vicsous net
done
refuses 2 "--activation: expected $(listed train "Activations of z"), found 'tahn'; did you mean tanh?" \
  "$pinnscope" train heat --activation tahn
refuses 2 "--activation: expected $(listed train "Activations of z"), found 'mish'" \
  "$pinnscope" evaluate net --activation mish --points p --out values.csv
refuses 2 "--scheme: expected $(listed propagate Schemes), found 'ftsc'; did you mean ftcs?" \
  "$pinnscope" propagate --scheme ftsc --out signal.csv
refuses 2 "--boundary: expected $(listed propagate Boundaries), found 'open'" \
  "$pinnscope" propagate --scheme ftcs --boundary open --out signal.csv
refuses 2 "--normalise: expected $(listed propagate Normalisations), found 'l3'" \
  "$pinnscope" propagate --scheme ftcs --normalise l3 --out signal.csv
refuses 2 "--null: expected $(listed spectra Nulls), found 'wishart'" \
  "$pinnscope" spectra net --null wishart --out layers
refuses 2 "--precision: expected float or double, found 'half'" \
  "$pinnscope" train heat --precision half
refuses 2 "--dt: expected a number, found 'fast'" \
  "$pinnscope" propagate --scheme ftcs --dt fast --out signal.csv
refuses 2 "--resume: expected no value, found 'maybe'" "$pinnscope" train heat --resume=maybe
refuses 2 "--resume requires --checkpoint" "$pinnscope" train heat --resume
refuses 2 "--log: expected a value, found ''" "$pinnscope" train heat --log ''
refuses 2 "--points: expected a value, found ''" \
  "$pinnscope" evaluate net --points '' --out values.csv

# What is too large for the memory is told, not thrown. Sanitizers need more of it than this.
if grep -q -e __asan_init -e __tsan_init "$pinnscope"; then
  skip "memory cannot be limited under sanitizers"
else
  large=(train heat --width 10000 --layers 100 --points 100 --adam-steps 1 --out large.safetensors)
  (ulimit -v 4000000 && exec "$pinnscope" "${large[@]}") >stdout.txt 2>stderr.txt
  [ $? = 1 ] && grep -q "^pinnscope: .*memory" stderr.txt && [ "$(wc -l <stderr.txt)" = 1 ] &&
    [ ! -e large.safetensors ] && good || bad "${large[*]}: $(head -c 300 stderr.txt)"
fi

close_cases
