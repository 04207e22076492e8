#!/usr/bin/env bash
# Where the command's outputs go: devices, links, permissions, places that cannot be written or fill
# up, one place for two outputs, two runs on one checkpoint, a run that is stopped.
#   outputs.sh PINNSCOPE
source "$(dirname "${BASH_SOURCE[0]}")/cases.sh"
pinnscope=$(realpath "$1")
cd "$directory" || exit 1

small=("$pinnscope" train heat --points 50 --layers 1 --width 4)
train=("${small[@]}" --adam-steps 2 --lbfgs-iterations 0)

# refuses WORDS ARGUMENT...: train ends at once with one line that says WORDS.
refuses() {
  local words=$1
  shift
  fails "$*" "$words" "${train[@]:1}" "$@"
}

"${train[@]}" --out /dev/null >/dev/null && [ -c /dev/null ] && good || bad "/dev/null is no device now"
"${train[@]}" --out whole.safetensors >/dev/null
"${train[@]}" --out - 2>/dev/null | cat >streamed
grep -qaF final_loss streamed && good ||
  bad "--out -: expected the network on standard output"

mkdir far
echo older >far/target.safetensors
chmod 600 far/target.safetensors
ln -s far/target.safetensors near.safetensors
"${train[@]}" --out near.safetensors >/dev/null
[ -L near.safetensors ] && cmp -s whole.safetensors far/target.safetensors && good || bad "a link: expected its target replaced"
[ "$(stat -c %a far/target.safetensors)" = 600 ] && good || bad "permissions: expected 600, found $(stat -c %a far/target.safetensors)"

mkdir taken
refuses 'expected a file to write, found a directory' --out taken
refuses 'its directory is not there' --log none/log.csv
refuses '--out and --log lead to one file' --out same.safetensors --log ./same.safetensors
refuses '--out and --checkpoint lead to one file' --out far/target.safetensors --checkpoint near.safetensors
refuses 'ends in .safetensors' --out network.h5
refuses 'ends in .safetensors' --out network
[ ! -e same.safetensors ] && [ ! -e network.h5 ] && [ -z "$(ls -A taken)" ] && good || bad "a refusal left files"

# Every command looks at its place before the work.
for command in "evaluate whole.safetensors --points points.txt --out taken" \
               "propagate --scheme ftcs --out taken" "spectra whole.safetensors --out file" \
               "spectra whole.safetensors --out file/below"; do
  echo '0.1 0.2' >points.txt
  echo kept >file
  # shellcheck disable=SC2086
  if "$pinnscope" $command >stdout.txt 2>stderr.txt || [ -s stdout.txt ] ||
     ! grep -q '^pinnscope: .*expected a' stderr.txt; then
    bad "$command: expected a refusal before the work, found $(head -c 300 stderr.txt)"
  else
    equal "$command" "$(cat file)" kept
  fi
done

# Output that does not reach its place is a failure, said once.
for lost in "/dev/full" "&-"; do
  for command in "info whole.safetensors" "columns" "--help" \
                 "propagate --scheme ftcs --steps 2 --dt 0.1 --out p.csv"; do
    status=0
    eval "\"\$pinnscope\" $command >$lost 2>stderr.txt" || status=$?
    [ "$status" = 1 ] && [ "$(wc -l <stderr.txt)" = 1 ] &&
      grep -q '^pinnscope: standard output: cannot write to it' stderr.txt && good ||
      bad "$command >$lost: exit $status, $(head -c 300 stderr.txt)"
  done
done
"${train[@]}" --out logged.safetensors --log log.csv >&- 2>/dev/null
grep -q '^step,phase,loss' log.csv && ! grep -qi wrote log.csv && good ||
  bad "a log beside a closed standard output: $(head -n 2 log.csv)"
"$pinnscope" columns 2>stderr.txt | head -n 1 >/dev/null
[ ! -s stderr.txt ] && good || bad "a reader that left: $(cat stderr.txt)"

# The last finite network of a training that diverges is kept beside --out, which is not written.
mkdir -p diverged
"$pinnscope" train inviscid --points 50 --layers 5 --width 80 --activation relu --adam-steps 400 \
  --lbfgs-iterations 0 --learning-rate 1000 --out diverged/net.safetensors >stdout.txt 2>stderr.txt
equal "the exit code of a training that diverges" $? 1
said=$(sed -nE 's/^pinnscope: step ([0-9]+): .* a value is not finite; the last network with a finite loss, of step ([0-9]+), is kept as (diverged\/net\.kept-[0-9a-f]+\.safetensors)$/\1 \2 \3/p' stderr.txt)
read -r failed_step kept_step kept <<<"$said"
if [ -n "$said" ] && [ "$(wc -l <stderr.txt)" = 1 ]; then
  equal "the step before the last one taken" "$kept_step" $((failed_step - 2))
  equal "what is beside --out" "$(ls diverged)" "$(basename "$kept")"
  works "the network of a training that diverged" info "$kept"
  grep -q "the loss is no longer finite" stdout.txt && good || bad "its ending: $(cat stdout.txt)"
else
  bad "a training that diverges: $(cat stderr.txt)"
fi

# What was finite of a run that overflows is kept.
"$pinnscope" propagate --scheme ftcs --cells 8 --steps 2000 --dt 1 --velocity 1 --diffusivity 9 \
  --out grown.csv >/dev/null 2>stderr.txt
equal "a run that overflows" "$?" 1
grep -q 'step [0-9]*: a value is not finite; the rows before it are in grown.csv' stderr.txt && good ||
  bad "a run that overflows: $(cat stderr.txt)"
step=$(sed 's/.*step \([0-9]*\):.*/\1/' stderr.txt)
equal "its rows" "$(wc -l <grown.csv)" "$((step + 1))"
grep -qiE 'nan|inf' grown.csv && bad "its rows are not all finite" || good

# A second run on a checkpoint that is in use learns by whom, and the first goes on.
long=("$pinnscope" train heat --points 500 --layers 4 --width 40 --adam-steps 1000000)
"${long[@]}" --out first.safetensors --checkpoint state >first.txt 2>&1 &
holder=$!
for _ in $(seq 100); do [ -e state.lock ] && break; sleep 0.05; done
refuses "state: in use by process $holder" --checkpoint state
kill -TERM "$holder"
status=0
wait "$holder" || status=$?
[ "$status" = 143 ] && [ -e state ] && [ ! -e state.lock ] && good ||
  bad "a stopped run: expected exit 143, a checkpoint and no lock, found $status, $(ls | tr '\n' ' ')"

# Without a checkpoint a stopped run keeps the network as it is, also where these tests run under
# nohup.
for signal in INT TERM HUP XCPU; do
  env --default-signal=HUP "${long[@]}" --out "stopped-$signal.safetensors" >stopped.txt 2>&1 &
  victim=$!
  for _ in $(seq 100); do grep -q kernels stopped.txt && break; sleep 0.05; done
  sleep 0.2
  kill -$signal "$victim"
  status=0
  wait "$victim" 2>/dev/null || status=$?
  equal "SIG$signal: exit code" "$status" $((128 + $(kill -l $signal)))
  "$pinnscope" info "stopped-$signal.safetensors" >/dev/null && good || bad "SIG$signal: the network is lost"
done
# So does one whose reader leaves, which is no failure to talk of.
"${small[@]}" --adam-steps 4000 --lbfgs-iterations 0 --out unread.safetensors 2>stderr.txt | head -n 1 >/dev/null
equal "a reader that left a training" "${PIPESTATUS[0]} $(cat stderr.txt)" "141 "
"$pinnscope" info unread.safetensors >/dev/null && good || bad "a reader that left: the network is lost"
# nohup stays in force.
(trap '' HUP; exec "${long[@]}" --out deaf.safetensors) >deaf.txt 2>&1 &
victim=$!
for _ in $(seq 100); do grep -q kernels deaf.txt && break; sleep 0.05; done
kill -HUP "$victim"
sleep 0.3
kill -TERM "$victim" 2>/dev/null && good || bad "SIGHUP ended a run that ignores it"
wait "$victim" 2>/dev/null

# A network on standard output comes alone, whatever the output is and however it is named.
for place in - /dev/stdout; do
  "${train[@]}" --out $place 2>messages.txt >streamed && cmp -s whole.safetensors streamed && good ||
    bad "--out $place >file: expected the network alone"
  "${train[@]}" --out $place 2>messages.txt | cat >streamed && cmp -s whole.safetensors streamed && good ||
    bad "--out $place | cat: expected the network alone"
  grep -q kernels messages.txt && good || bad "--out $place: expected the messages on standard error"
done
for lost in /dev/full "&-"; do
  eval "\"\$pinnscope\" propagate --scheme ftcs --out - 2>$lost >streamed" && [ -s streamed ] && good ||
    bad "--out - 2>$lost: expected the messages alone to be lost"
done
"$pinnscope" propagate --scheme ftcs --out - 2>/dev/null | head -n 1 | grep -q '^step,z_0' && good ||
  bad "propagate --out -: expected the table alone"

# A log in a pipe has its heading and rows in one stream.
mkfifo pipe
timeout 20 cat pipe >piped.csv &
timeout 20 "${small[@]}" --adam-steps 20 --lbfgs-iterations 0 --out piped.safetensors --log pipe >/dev/null && wait $! &&
  equal "a log in a pipe" "$(cut -d, -f1 piped.csv | paste -sd ' ')" "step 10 20" ||
  bad "a log in a pipe"

# A disk that fills up takes rows and checkpoints, but neither the training nor its network.
log=$'fil\eled.csv'  # a name that must not reach a terminal as it is
run=("${small[@]}" --adam-steps 300 --lbfgs-iterations 2)
"${run[@]}" --out free.safetensors --log free.csv >/dev/null
status=0
(ulimit -f 2 && exec "${run[@]}" --out filled.safetensors --log "$log" --checkpoint filled.state \
  --checkpoint-every 100) >stdout.txt 2>stderr.txt || status=$?
equal "a disk that fills up: exit code" "$status" 1
[ "$(wc -l <stderr.txt)" = 1 ] &&
  grep -q '^pinnscope: fil\\x1bled.csv: .*missing from step .* on; filled.state: cannot write it: ' stderr.txt &&
  good || bad "a disk that fills up: $(cat stderr.txt)"
equal "said as it happens" "$(grep -c 'training goes on' stdout.txt)" 2
grep -q $'\e' stdout.txt && bad "an escape character is printed" || good
cmp -s free.safetensors filled.safetensors && good || bad "a disk that fills up: another network"
rows=$(wc -l <"$log")
# What fits is a row of the run; one that is shorter may still fit behind one that did not.
[ "$rows" -gt 5 ] && [ "$rows" -lt 32 ] &&
  ! grep -qvxFf <(cut -d, -f1-8 free.csv) <(cut -d, -f1-8 "$log") && good ||
  bad "a disk that fills up: expected whole rows, found $(tail -n 1 "$log")"

# A network that its place does not take is kept elsewhere.
mkdir elsewhere
status=0
"${run[@]}" --out /dev/full --checkpoint elsewhere/state >stdout.txt 2>stderr.txt || status=$?
kept=$(sed -n 's/.* the network is kept as \([^;]*\); --resume writes it again from .*/\1/p' stderr.txt)
equal "a full device: exit code and lines" "$status $(wc -l <stderr.txt)" "1 1"
[[ $kept == */elsewhere/full.kept-*.safetensors ]] && cmp -s "$kept" free.safetensors && good ||
  bad "a full device: expected the network beside the checkpoint: $(cat stderr.txt)"
"${run[@]}" --out - 2>stderr.txt | true
kept=$(sed -n 's/^pinnscope: .* the network is kept as //p' stderr.txt)
[ -n "$kept" ] && cmp -s "$kept" free.safetensors && good || bad "a reader that left --out -: $(cat stderr.txt)"

close_cases
