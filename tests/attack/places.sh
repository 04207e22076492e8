#!/usr/bin/env bash
# Devices, pipes, directories and links in place of every file that is written or read, and two
# processes in one place.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
net=("${small[@]}" --adam-steps 20 --lbfgs-iterations 2)
"$pinnscope" "${net[@]}" --out whole.safetensors >/dev/null
echo '0.1 0.2' >points.txt

# lay KIND NAME: something under a name.
kinds=(directory full null zero pipe dangling circle link up socket slash below)
lay() {
  rm -rf "$2" target
  case $1 in
    directory) mkdir "$2" ;;
    full | null | zero) ln -s "/dev/$1" "$2" ;;
    pipe) mkfifo "$2" ;;
    dangling) ln -s target "$2" ;;
    circle) ln -s "$2" "$2" ;;
    link) echo older >target; ln -s target "$2" ;;
    up) mkdir target; ln -s target "$2" ;;
    socket) perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 1)' "$2" 2>/dev/null || : ;;
    slash) : ;;    # a name that ends in one
    below) echo older >target ;;  # a name below a file
  esac
}
# named KIND NAME: the path to give.
named() { case $1 in slash) echo "$2/" ;; below) echo "target/$2" ;; *) echo "$2" ;; esac; }

# What is written. A pipe has a reader; nothing may be lost or replaced but a file.
for kind in "${kinds[@]}"; do
  for option in "train --out" "train --log" "train --checkpoint" "evaluate --out" "propagate --out" "spectra --out"; do
    name=place.safetensors
    lay "$kind" $name
    before=$(stat -c '%F %t %T' $name 2>/dev/null || :)
    place=$(named "$kind" $name)
    case $option in
      "train --out") command=("${net[@]}" --out "$place") ;;
      train*) command=("${net[@]}" --out out.safetensors "${option#train }" "$place") ;;
      evaluate*) command=(evaluate whole.safetensors --points points.txt --out "$place") ;;
      propagate*) command=(propagate --scheme ftcs --steps 3 --out "$place") ;;
      spectra*) command=(spectra whole.safetensors --draws 0 --out "$place") ;;
    esac
    reader=
    if [ "$kind" = pipe ]; then
      cat $name >piped 2>/dev/null &
      reader=$!
    fi
    survives "$option: $kind" 5 "$pinnscope" "${command[@]}"
    [ -z "$reader" ] || { kill "$reader" 2>/dev/null; wait "$reader" 2>/dev/null; }
    after=$(stat -c '%F %t %T' $name 2>/dev/null || :)
    [[ $kind =~ ^(dangling|slash|below|link)$ ]] || [ "$before" = "$after" ] && good ||
      bad "$option: $kind was $before and is $after"
    [ "$kind" != link ] || [ -L $name ] && good || bad "$option: the link is replaced"
    no_parts "$option: $kind" .
    rm -rf state* out.* $name target
  done
done

# What is read: none of it hangs, and none of it is taken for what it is not.
for kind in "${kinds[@]}" empty; do
  for command in "info place" "info place.h5" "info place.safetensors" "errors heat place" \
    "evaluate whole.safetensors --points place --out values.csv" "evaluate place.h5 --points points.txt --out values.csv" \
    "propagate --scheme ftcs --initial place --out signal.csv" "spectra place.safetensors --out spectra" \
    "${net[*]} --out out.safetensors --checkpoint place --resume" \
    "${net[*]} --out out.safetensors --checkpoint state --log place --resume"; do
    # The words of a command have no spaces of their own.
    read -r -a words <<<"$command"
    for k in "${!words[@]}"; do
      [[ ${words[k]} == place* ]] || continue
      name=${words[k]}
      [ "$kind" = empty ] && : >"$name" || lay "$kind" "$name"
      words[k]=$(named "$kind" "$name")
    done
    # A log in a pipe waits for its reader.
    [[ $kind != pipe || $command != *--log* ]] || continue
    # Points may come from a pipe, once somebody writes to it.
    writer=
    if [ "$kind" = pipe ]; then
      timeout 30 bash -c 'echo 0.1 0.2 >"$1"' bash place &
      writer=$!
    fi
    if [[ $command == train* || $kind:$command == pipe:*--points\ place* || $kind:$command == pipe:*--initial* ]]; then
      survives "$command: $kind" 5 "$pinnscope" "${words[@]}"
    else
      refused "$command: $kind" 5 "$pinnscope" "${words[@]}"
    fi
    [ -z "$writer" ] || { kill "$writer" 2>/dev/null; wait "$writer" 2>/dev/null; }
    rm -rf place* target state* out.* spectra
  done
done

# Two trainings in one place, under several names of it: one works, the other is told who has it.
mkdir one
ln -s one two
long=("$pinnscope" "${small[@]}" --adam-steps 10000000)
for other in one/state ./one/../one/state two/state link; do
  ln -sf one/state link
  "${long[@]}" --out first.safetensors --checkpoint one/state >/dev/null 2>&1 &
  holder=$!
  for _ in $(seq 200); do [ -s one/state.lock ] && break; sleep 0.02; done
  refused "two on one checkpoint, as $other" 5 "$pinnscope" "${net[@]}" --out second.safetensors --checkpoint $other
  grep -q "in use by process $holder" stderr.txt && good || bad "two on one checkpoint: $(cat stderr.txt)"
  kill -KILL "$holder"
  wait "$holder" 2>/dev/null
  rm -f one/state one/state.previous
  whole "after it, as $other" 5 "$pinnscope" "${net[@]}" --out second.safetensors --checkpoint $other
  rm -rf one/* second* link
done

# Several that write one file at once: it is one of theirs in the end.
for _ in $(seq "$(several 10 2)"); do
  writers=()
  for seed in 1 2 3 4; do
    "$pinnscope" propagate --scheme ftcs --steps 40 --dt 0.1 --seed $seed --out "alone-$seed.csv" >/dev/null
    "$pinnscope" propagate --scheme ftcs --steps 40 --dt 0.1 --seed $seed --out together.csv >/dev/null 2>>together.txt &
    writers+=($!)
  done
  wait "${writers[@]}"
  found=0
  for seed in 1 2 3 4; do ! cmp -s "alone-$seed.csv" together.csv || found=1; done
  [ "$found" = 1 ] && [ ! -s together.txt ] && good || bad "four writers of one file: $(head -n 1 together.txt)"
  no_parts "four writers" .
done
for device in null full zero; do
  [ -c /dev/$device ] && good || bad "/dev/$device is no device now"
done
close_cases
