#!/usr/bin/env bash
# Random numbers of the library and its programs are drawn for a purpose that has a name, each in one
# file alone, so that none are drawn twice.
#   stream_purposes.sh ROOT
set -euo pipefail
cd "$1"
failed=0

# Comments aside, what makes a generator from a seed that is not one of a purpose.
nameless=$(grep -rnE --include='*.[hc]pp' -e 'Philox( [a-z_]+)?[({][^)]' lib apps |
  grep -vE '^(lib/pinnscope/core/random\.hpp|apps/examples/)|StreamPurpose::|: *///?' || true)
if [ -n "$nameless" ]; then
  echo "$nameless"
  echo 'a generator is made for a StreamPurpose'
  failed=1
fi

count=0
for purpose in $(sed -n '/^enum class StreamPurpose/,/^};/s/^  \([a-z_]*\),.*/\1/p' \
  lib/pinnscope/core/random.hpp); do
  count=$((count + 1))
  places=$(grep -rnE --include='*.cpp' --include='*.hpp' -e "StreamPurpose::$purpose\b" lib apps |
    grep -vE ':[0-9]+: *///?' | cut -d: -f1 | sort -u || true)
  expected=1
  [ "$purpose" != own ] || expected=0
  if [ "$(grep -c . <<<"$places" || true)" != "$expected" ]; then
    echo "$purpose: expected $expected file that draws for it, found: ${places:-none}"
    failed=1
  fi
done
[ "$count" -ge 2 ] || { echo "expected purposes, found $count"; failed=1; }
[ "$failed" = 0 ] && echo "$count purposes, each drawn for in one place"
