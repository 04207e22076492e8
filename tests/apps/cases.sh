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

# close_cases: the line that is counted, and the exit code.
close_cases() {
  echo "cases: $passed passed, $failed failed, $skipped skipped"
  [ "$failed" = 0 ]
}
