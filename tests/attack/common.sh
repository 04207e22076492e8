# shellcheck shell=bash
# Shared by the parts of the attack, which source it first. A part is called as
#   PART.sh DIRECTORY-OF-PROGRAMS whole|short SEED
source "$(dirname "${BASH_SOURCE[0]}")/../apps/cases.sh"
apps=$(realpath "$1") length=$2 seed=$3
pinnscope=$apps/pinnscope
top=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
reference=${PINNSCOPE_REFERENCE_DIR:-$top/../shared}
RANDOM=$seed
export TMPDIR=$directory HOME=$directory  # what is kept elsewhere stays in here
mkdir "$directory/work"
cd "$directory/work" || exit 1

bad() {
  failed=$((failed + 1))
  echo "$* (--seed $seed $(basename "$0" .sh))" | tr -c '[:print:]\n' '?'
}

# several WHOLE SHORT: how often.
several() { if [ "$length" = short ]; then echo "$2"; else echo "$1"; fi; }

# at_random LIMIT: sets $random to a number from 0 to LIMIT - 1. Not in a subshell, which would draw
# the same again.
at_random() { random=$(((RANDOM << 15 | RANDOM) % $1)); }

small=(train heat --points 50 --layers 2 --width 6 --threads 1)

# clean FILE...: nothing but text: no control characters besides tab and the end of a line.
clean() { ! LC_ALL=C grep -qaP '[\x00-\x08\x0b-\x1f\x7f]' "$@"; }

# attempt SECONDS COMMAND...: sets $code; what was printed is in stdout.txt and stderr.txt. The
# seconds are of processor time; whatever waits has twenty times as long. With $memory, in so many KiB.
memory=unlimited
attempt() {
  local seconds=$1
  shift
  code=0
  {
    (ulimit -t "$seconds" -v "$memory"
     exec timeout -k 1 $((20 * seconds)) "$@" >stdout.txt 2>stderr.txt </dev/null) || code=$?
  } 2>/dev/null
}

patience=0  # 1: what is still at work after its time is no failure
# survives NAME SECONDS COMMAND...: it ends in time with 0, 1 or 2, and says nothing on stderr or one
# line that starts with its name, without control characters.
survives() {
  local name=$1 program lines
  shift
  attempt "$@"
  lines=$(wc -l <stderr.txt)
  program=${2##*/}
  if [ "$code" = 124 ] || [ "$code" = 137 ]; then
    [ "$patience" = 1 ] && good || bad "$name: not over after $1 s, or killed: ${*:2}"
  elif [ "$code" -gt 2 ]; then
    bad "$name: exit code $code: ${*:2}: $(head -c 200 stderr.txt)"
  elif ! clean stdout.txt stderr.txt; then
    bad "$name: control characters: ${*:2}: $(head -c 300 stderr.txt)"
  elif [ "$code" != 0 ] && { [ "$lines" != 1 ] || [[ $(<stderr.txt) != "$program: "* ]]; }; then
    bad "$name: expected one line, found $lines: ${*:2}: $(head -c 300 stderr.txt)"
  else
    good
  fi
}

# refused NAME SECONDS COMMAND...: survives, and does not succeed.
refused() {
  local before=$failed
  survives "$@"
  [ "$failed" -gt "$before" ] || [ "$code" != 0 ] || bad "$1: expected a refusal: ${*:3}"
}

# whole NAME SECONDS COMMAND...: survives, and succeeds.
whole() {
  local before=$failed
  survives "$@"
  [ "$failed" -gt "$before" ] || [ "$code" = 0 ] || bad "$1: expected success: ${*:3}: $(head -c 300 stderr.txt)"
}

# flip FILE: one bit of it, at random; $place says which.
flip() {
  local byte size
  size=$(stat -c %s "$1")
  at_random "$size"
  byte=$(od -An -tu1 -j "$random" -N 1 "$1")
  place=$random:$((RANDOM % 8))
  printf "\\x$(printf %02x $((byte ^ 1 << ${place#*:})))" |
    dd of="$1" bs=1 seek="$random" conv=notrunc status=none
}

# same FILE FILE: the same bytes; in a PDF, but for the time at which it was made.
same() {
  case $1 in
    *.pdf) cmp -s <(LC_ALL=C sed '/CreationDate/d' "$1") <(LC_ALL=C sed '/CreationDate/d' "$2") ;;
    *) cmp -s "$1" "$2" ;;
  esac
}

# differences DIRECTORY DIRECTORY [NAME]: the files that differ or are in one alone, but for NAME.
differences() {
  (cd "$1" && find . -type f ! -name "${3:-}") | sort >names-1.txt
  (cd "$2" && find . -type f ! -name "${3:-}") | sort >names-2.txt
  comm -3 names-1.txt names-2.txt
  comm -12 names-1.txt names-2.txt | while read -r file; do same "$1/$file" "$2/$file" || echo "$file"; done
}

# no_parts NAME DIRECTORY: nothing of an interrupted writing.
no_parts() {
  local left
  left=$(find "$2" -name '*.part*' -o -name '*.lock' | head -n 3)
  [ -z "$left" ] && good || bad "$1: left $left"
}

# killed_at CALL N COMMAND...: SIGKILL at its N-th system call of that name. $code is then 137.
killed_at() {
  local call=$1 number=$2
  shift 2
  code=0
  # The shell's own word about the killed process is of no interest.
  {
    timeout 60 strace -qqq -o trace.txt -e trace="$call" -e inject="$call:signal=SIGKILL:when=$number" \
      "$@" >stdout.txt 2>stderr.txt </dev/null || code=$?
  } 2>/dev/null
}

# can_trace: whether processes can be traced here; else the part is over.
can_trace() {
  strace -qqq -o trace.txt true 2>/dev/null && return
  skip "no process can be traced here"
  close_cases
  exit
}
