# shellcheck shell=bash
# Shared by the tests of programs, which source it first: a directory of their own, and what is
# counted. A script resolves its arguments, then changes into $directory.
set -uo pipefail
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
passed=0
failed=0
skipped=0

declare -A app

# programs PATH...: each is app[its name] from here on; source is the top of the tree.
programs() {
  local path
  for path; do app[$(basename "$path")]=$(realpath "$path"); done
  source=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
}

good() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "${0##*/}: $*" >&2; }
skip() { skipped=$((skipped + 1)); echo "skipped: $*"; }
equal() { if [ "$2" = "$3" ]; then good; else bad "$1: expected $3, found $2"; fi; }

# works NAME ARGUMENT...: $pinnscope ends well and says nothing on stderr.
works() {
  local name=$1
  shift
  if "$pinnscope" "$@" >stdout.txt 2>stderr.txt && [ ! -s stderr.txt ]; then
    good
  else
    bad "$name: expected success, found: $(head -c 300 stderr.txt)"
  fi
}

# says WORDS: stderr.txt is one line of the command's with these words, as grep takes them.
says() { [ "$(wc -l <stderr.txt)" = 1 ] && grep -q -- "^pinnscope: .*$1" stderr.txt; }

# fails NAME WORDS ARGUMENT...: $pinnscope ends ill, and in one line that says WORDS.
fails() {
  local name=$1 words=$2
  shift 2
  if "$pinnscope" "$@" >stdout.txt 2>stderr.txt; then
    bad "$name: expected a refusal"
  elif says "$words"; then
    good
  else
    bad "$name: expected one line with \"$words\", found: $(head -c 300 stderr.txt)"
  fi
}

# near NAME FOUND EXPECTED TOLERANCE: two numbers; what is none is not near to anything.
near() {
  if awk -v a="$2" -v b="$3" -v e="$4" 'BEGIN { d = a - b; exit !(a == a + 0 && d <= e && -d <= e) }'; then
    good
  else
    bad "$1: expected $3 within $4, found $2"
  fi
}

# close_cases: the line that is counted, and the exit code.
close_cases() {
  echo "cases: $passed passed, $failed failed, $skipped skipped"
  [ "$failed" = 0 ]
}
