#!/usr/bin/env bash
# Attacks the programs as a user's machine might: kills at any moment, full disks, flipped bits, lost
# output, devices and pipes in place of files, values at their limits, strange names. A table, and
# the last line: N passed, N failed(, N skipped).
#   tests/attack/run.sh [--short] [--seed S] [PART...]      ten minutes on two cores, or one
# What fails is told with the seed that repeats it. Everything happens in a temporary directory, in
# processes of this script, and both are gone in the end, also upon Ctrl-C.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tests/build.sh

parts=(kills disks flips streams places values names threads)
length=whole seed=1 chosen=()
while [ $# -gt 0 ]; do
  case $1 in
    --short) length=short ;;
    --seed) seed=${2:?--seed: expected a number}; shift ;;
    *) [[ " ${parts[*]} " == *" $1 "* ]] || { echo "${0##*/}: the parts are ${parts[*]}" >&2; exit 2; }
       chosen+=("$1") ;;
  esac
  shift
done
[ ${#chosen[@]} = 0 ] || parts=("${chosen[@]}")

.ci/set-up.sh checks
quietly configure build --buildtype=release
quietly ninja -C build apps/pinnscope figures

# In memory where there is room: the files are small and flushed thousands of times.
room=$(df --output=avail -k /dev/shm 2>/dev/null | tail -n 1)
[ -w /dev/shm ] && [ "${room:-0}" -gt 200000 ] && TMPDIR=$(mktemp -d -p /dev/shm) || TMPDIR=$(mktemp -d)
export TMPDIR
declare -A process=() start=()
# Each part is a session of its own, so that all of its processes can be ended, and no other.
stop() {
  for part in "${!process[@]}"; do kill -KILL -- "-${process[$part]}" 2>/dev/null || true; done
  rm -rf "$TMPDIR"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

begin() {
  setsid bash "tests/attack/$1.sh" "$PWD/build/apps" "$length" "$seed" >"$TMPDIR/$1.log" 2>&1 </dev/null &
  process[$1]=$! start[$1]=$SECONDS
}

totals=(0 0 0)
finish() {
  local part=$1 count=(0 1 0)
  wait "${process[$part]}" || true
  unset "process[$part]"
  if [[ $(tail -n 1 "$TMPDIR/$part.log") =~ ^cases:\ ([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped$ ]]; then
    count=("${BASH_REMATCH[@]:1}")
  fi
  printf '%-8s %7d %7d %7d %7d\n' "$part" "${count[@]}" $((SECONDS - start[$part]))
  [ "${count[1]}" = 0 ] || head -n -1 "$TMPDIR/$part.log" | cut -c1-600 | sed 's/^/         /'
  for i in 0 1 2; do totals[i]=$((totals[i] + count[i])); done
}

printf '%-8s %7s %7s %7s %7s\n' part passed failed skipped seconds
for part in "${parts[@]}"; do
  while [ ${#process[@]} -ge 2 ]; do
    ended=
    wait -n -p ended "${process[@]}" || true
    for running in "${!process[@]}"; do [ "${process[$running]}" != "$ended" ] || finish "$running"; done
  done
  begin "$part"
done
while [ ${#process[@]} -gt 0 ]; do
  ended=
  wait -n -p ended "${process[@]}" || true
  for running in "${!process[@]}"; do [ "${process[$running]}" != "$ended" ] || finish "$running"; done
done
for device in null full zero; do
  [ -c /dev/$device ] || { echo "/dev/$device is no device now"; totals[1]=$((totals[1] + 1)); }
done
summary "${totals[@]}"
[ "${totals[1]}" = 0 ]
