#!/usr/bin/env bash
# Kills (SIGKILL) at random moments of trainings and at each kind of system call on files. A training
# that is resumed ends in the same bytes as one that nobody disturbed; what any other command leaves
# is whole or not there, and its next run leaves nothing beside it.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# compare NAME EXPECTED: network and log are those of the run that nobody disturbed.
compare() {
  cmp -s "$2.safetensors" out.safetensors && good || bad "$1: another network"
  cmp -s <(cut -d, -f1-7 "$2.csv") <(cut -d, -f1-7 out.csv) && good || bad "$1: another log"
}
ends_at() { "$@" --out out.safetensors --log out.csv --checkpoint state --resume >stdout.txt 2>stderr.txt; }

kills=0
for group in $(seq "$(several 10 2)"); do
  net=("$pinnscope" train viscous --points 400 --layers 3 --width 20 --adam-steps 900 --lbfgs-iterations 100
       --seed "$group" --threads $((group % 2 + 1)) --precision "$( ((group % 3)) && echo float || echo double)")
  "${net[@]}" --out "whole.safetensors" --log "whole.csv" >/dev/null
  for _ in $(seq "$(several 20 8)"); do
    at_random 200
    "${net[@]}" --out out.safetensors --log out.csv --checkpoint state --checkpoint-every 7 --resume \
      >stdout.txt 2>stderr.txt &
    victim=$!
    sleep "0.$(printf '%03d' $((random + 5)))"
    kill -9 "$victim" 2>/dev/null && kills=$((kills + 1))
    wait "$victim" 2>/dev/null || true
    [ ! -s stderr.txt ] && good || bad "a killed run: $(head -c 300 stderr.txt)"
  done
  ends_at "${net[@]}" && good || bad "resuming, group $group: $(cat stderr.txt)"
  compare "random kills, group $group" whole
  no_parts "random kills, group $group" .
  rm -f state* out.*
done
[ "$kills" -ge "$(several 100 6)" ] && good || bad "only $kills kills came before the end"

# Two runs on one checkpoint, killed at once: one had it, and the next run has it.
net=("$pinnscope" "${small[@]}" --adam-steps 3000 --lbfgs-iterations 20)
"${net[@]}" --out whole.safetensors --log whole.csv >/dev/null
for _ in $(seq "$(several 10 2)"); do
  victims=()
  for _ in 1 2; do
    "${net[@]}" --out out.safetensors --log out.csv --checkpoint state --checkpoint-every 5 --resume \
      >>stdout.txt 2>>stderr.txt &
    victims+=($!)
  done
  at_random 50
  sleep "0.$(printf '%03d' $((random + 5)))"
  kill -9 "${victims[@]}" 2>/dev/null
  wait "${victims[@]}" 2>/dev/null
done
ends_at "${net[@]}" && good || bad "after two at once: $(cat stderr.txt)"
compare "two at once" whole
no_parts "two at once" .
rm -f state* out.*

can_trace
calls=(rename link linkat unlink fsync write openat ftruncate flock)
net=("$pinnscope" "${small[@]}" --adam-steps 30 --lbfgs-iterations 10)
"${net[@]}" --out whole.safetensors --log whole.csv >/dev/null
for call in "${calls[@]}"; do
  for number in $(seq 1 "$(several 12 2)"); do
    killed_at "$call" "$number" "${net[@]}" --out out.safetensors --log out.csv --checkpoint state \
      --checkpoint-every 5 --resume
    [ "$code" = 137 ] || break
    # Killed again as it resumes.
    killed_at "$call" 1 "${net[@]}" --out out.safetensors --log out.csv --checkpoint state --resume
    ends_at "${net[@]}" && good || bad "killed at $call $number: $(cat stderr.txt)"
    compare "killed at $call $number" whole
    no_parts "killed at $call $number" .
    rm -f state* out.*
  done
  rm -f state* out.*
done

# commands that write: after a kill each file is the older one, or the new one, or not there.
"${net[@]}" --out net.safetensors >/dev/null
awk 'BEGIN { for (i = 0; i < 30; ++i) print i / 30, i / 60 }' >points.txt
commands=("$pinnscope evaluate ../net.safetensors --points ../points.txt --out values.csv"
          "$pinnscope propagate --scheme ftcs --dt 0.1 --out signal.csv"
          "$pinnscope spectra ../net.safetensors --out spectra --draws 0 --json")
[ "$length" = short ] || commands+=("$apps/fig-stability --out figures")
for command in "${commands[@]}"; do
  rm -rf expected
  mkdir expected
  # shellcheck disable=SC2086
  (cd expected && $command >/dev/null)
  for call in rename linkat fsync write openat flock; do
    for number in $(seq 1 "$(several 8 1)"); do
      rm -rf found
      mkdir found
      at_random 2  # over older files or beside none
      [ "$random" = 0 ] || (cd expected && find . -type f) | while read -r file; do
        mkdir -p "found/$(dirname "$file")"
        echo older >"found/$file"
      done
      cd found || exit 1
      # shellcheck disable=SC2086
      killed_at "$call" "$number" $command
      rm -f stdout.txt stderr.txt trace.txt
      cd ..
      [ "$code" = 137 ] || break
      wrong=$(find found -type f ! -name '*.part-*' | while read -r file; do
        [ "$(head -c 6 "$file")" = older ] || same "$file" "expected/${file#found/}" || echo "$file"
      done)
      [ -z "$wrong" ] && good || bad "$command, killed at $call $number: half written: $wrong"
      # shellcheck disable=SC2086
      (cd found && $command >/dev/null 2>../stderr.txt) && [ -z "$(differences expected found)" ] && good ||
        bad "$command again after a kill at $call $number: $(differences expected found) $(head -c 300 stderr.txt)"
    done
  done
done
close_cases
