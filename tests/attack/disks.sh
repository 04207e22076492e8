#!/usr/bin/env bash
# A disk that is full, at many places: a small file system in memory where one can be mounted, a limit
# of file sizes elsewhere, and single calls that fail. Nothing old is lost, one line says what
# failed, and a network that was trained is kept.
if [ -z "${MOUNTS:-}" ]; then
  # A mount of its own, which goes with this process.
  for options in -m -rm; do
    if unshare $options sh -c 'mount -t tmpfs none /mnt' 2>/dev/null; then
      MOUNTS=1 exec unshare $options bash "$0" "$@"
    fi
  done
  export MOUNTS=0
fi
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
mkdir disk

net=("${small[@]}" --adam-steps 600 --lbfgs-iterations 10 --checkpoint-every 20)
"$pinnscope" "${net[@]}" --seed 2 --out net.safetensors >/dev/null
awk 'BEGIN { for (i = 0; i < 900; ++i) print i / 900, i / 1800 }' >points.txt
datasets=$top/datasets

# new_disk KIB: an empty one.
new_disk() {
  if [ "$MOUNTS" = 1 ]; then
    ! mountpoint -q disk || umount disk
    mount -t tmpfs -o "size=$1k,nr_inodes=200" none disk
  else
    rm -rf disk
    mkdir disk
  fi
}

# leave KIB: fills the disk but for so much; else a limit of file sizes.
limit=
leave() {
  limit=
  if [ "$MOUNTS" = 1 ]; then
    head -c $(($(df --output=avail -k disk | tail -n 1) * 1024 - $1 * 1024)) /dev/zero >disk/filler
  else
    limit="ulimit -f $1;"
  fi
}

# filled NAME COMMAND-LINE: the command in `disk` at several degrees of fullness.
filled() {
  local name=$1 line=$2 free file before kept
  new_disk 9000
  (cd disk && eval "$line" >/dev/null 2>&1)
  rm -rf expected older
  cp -r disk expected
  local need
  need=$(du -k --apparent-size -s expected | cut -f1)
  for step in $(seq 0 "$(several 19 3)"); do
    free=$(((need + 24) * step / $(several 20 4) / 4 * 4))
    new_disk 9000
    (cd expected && find . -type f ! -name 'state*') | while read -r file; do
      mkdir -p "disk/$(dirname "$file")"
      echo older >"disk/$file"
    done
    rm -rf older
    cp -r disk older
    leave $free
    code=0
    (cd disk && eval "$limit timeout 60 $line" >../stdout.txt 2>../stderr.txt </dev/null) || code=$?
    rm -f disk/filler
    if [ "$code" = 0 ]; then
      wrong=$(differences expected disk out.csv)
      [ -z "$wrong" ] && good || bad "$name, $free KiB: exit code 0: $wrong"
    elif [ "$code" != 1 ] || [ "$(wc -l <stderr.txt)" != 1 ] || ! clean stderr.txt; then
      bad "$name, $free KiB: exit code $code: $(head -c 400 stderr.txt)"
    else
      good
    fi
    # Each old file is as it was, or the new one. A log has whole rows.
    before=$failed
    while read -r file; do
      [[ $file != *.csv ]] || [ "$name" != train ] || continue
      cmp -s "older/$file" "disk/$file" || same "expected/$file" "disk/$file" ||
        bad "$name, $free KiB: $file is neither the old nor the new one"
    done < <(cd older && find . -type f ! -name filler)
    [ "$failed" != "$before" ] || good
    no_parts "$name, $free KiB" disk
    [ "$name" != train ] || trained "$free" "$line"
  done
}

# trained KIB LINE: the network is at its place, or where the message says, and whole; or nothing was
# trained.
trained() {
  local kept
  kept=$(sed -n 's/.*the network is kept as \([^;]*\).*/\1/p' stderr.txt)
  if cmp -s expected/out.safetensors disk/out.safetensors; then
    good
  elif [ -n "$kept" ]; then
    (cd disk && cmp -s ../expected/out.safetensors "$kept") && good || bad "train, $1 KiB: $kept is another network"
    (cd disk && rm -f "$kept")
  elif grep -q kernels stdout.txt; then
    bad "train, $1 KiB: the network is lost: $(cat stderr.txt)"
  else
    good  # refused before the work
  fi
  # Rows are whole, whatever their number.
  [ "$(head -c 5 disk/out.csv)" = older ] || cmp -s <(cut -d, -f1-7 disk/out.csv) \
    <(grep -xFf <(cut -d, -f1-7 disk/out.csv) <(cut -d, -f1-7 expected/out.csv)) && good ||
    bad "train, $1 KiB: half rows in the log: $(tail -n 1 disk/out.csv)"
  # With room again it goes on to the same end.
  (cd disk && eval "timeout 60 $2 --resume" >../stdout.txt 2>../stderr.txt </dev/null) &&
    cmp -s expected/out.safetensors disk/out.safetensors && good ||
    bad "train, $1 KiB: with room again: $(head -c 300 stderr.txt)"
}

quoted() { printf '%q ' "$@"; }
filled train "$(quoted "$pinnscope" "${net[@]}" --out out.safetensors --log out.csv --checkpoint state)"
filled evaluate "$(quoted "$pinnscope" evaluate ../net.safetensors --points ../points.txt --out values.csv)"
filled propagate "$(quoted "$pinnscope" propagate --scheme ftcs --dt 0.1 --steps 900 --out signal.csv)"
filled spectra "$(quoted "$pinnscope" spectra "$datasets/viscous-1.safetensors" --out . --draws 0)"
filled figure "$(quoted "$apps/fig-stability" --out .)"
if [ "$length" = whole ]; then
  filled plots "$(quoted "$pinnscope" spectra ../net.safetensors --out . --draws 0 --json --plots)"
fi
new_disk 9000
[ "$MOUNTS" != 1 ] || umount disk

# fails_at CALL ERROR N COMMAND...: its N-th system call of that name fails. Sets $code.
fails_at() {
  local call=$1 error=$2 number=$3
  shift 3
  code=0
  timeout 60 strace -qqq -o trace.txt -e trace="$call" -e inject="$call:error=$error:when=$number" \
    "$@" >stdout.txt 2>stderr.txt </dev/null || code=$?
}
can_trace
rm -rf expected
mkdir expected
"$pinnscope" "${net[@]}" --out expected/out.safetensors --log expected/out.csv --checkpoint expected/state >/dev/null
for fault in fsync:EIO write:ENOSPC rename:EACCES link:EPERM linkat:EPERM flock:ENOLCK fchmod:EPERM ftruncate:EIO; do
  for number in $(seq 1 "$(several 9 2)"); do
    rm -rf tried
    mkdir tried
    echo older >tried/out.safetensors
    fails_at "${fault%:*}" "${fault#*:}" "$number" "$pinnscope" "${net[@]}" --out tried/out.safetensors \
      --log tried/out.csv --checkpoint tried/state
    { [ "$code" = 0 ] && [ ! -s stderr.txt ]; } || { [ "$code" = 1 ] && [ "$(wc -l <stderr.txt)" = 1 ]; } && good ||
      bad "$fault, call $number: exit code $code: $(head -c 300 stderr.txt)"
    kept=$(sed -n 's/.*the network is kept as \([^;]*\).*/\1/p' stderr.txt)
    if cmp -s expected/out.safetensors tried/out.safetensors; then
      good
    elif [ -n "$kept" ]; then
      cmp -s expected/out.safetensors "$kept" && good || bad "$fault, call $number: $kept is another network"
      rm -f "$kept"
    elif [ "$(cat tried/out.safetensors)" = older ] && ! grep -q kernels stdout.txt; then
      good  # refused before the work
    else
      bad "$fault, call $number: the network is lost: $(cat stderr.txt)"
    fi
    no_parts "$fault, call $number" tried
  done
done
close_cases
