#!/usr/bin/env bash
# Of the pages for readers: every whole program is an example, which the tests run; every link and
# every path within the tree leads somewhere; the README is short, and so is CONTRIBUTING.
#   readme.sh SOURCE_DIRECTORY
set -euo pipefail
cd "$1"
blocks=$(mktemp -d)
trap 'rm -rf "$blocks"' EXIT
failed=0
pages=(*.md docs/*.md datasets/*.md)

awk -v blocks="$blocks" '
  /^```cpp$/ { file = blocks "/" ++count; inside = 1; printf "" >file; next }
  /^```$/ { if (inside) close(file); inside = 0 }
  inside { print >file }' "${pages[@]}"
programs=0
for block in "$blocks"/*; do
  grep -q '^int main' "$block" || continue
  programs=$((programs + 1))
  same=0
  for example in apps/examples/*.cpp; do cmp -s "$block" "$example" && same=1; done
  [ "$same" = 1 ] || { echo "no example is this program:"; cat "$block"; failed=1; }
done
[ "$programs" -ge 2 ] || { echo "expected two programs, found $programs"; failed=1; }

links=0
for page in "${pages[@]}"; do
  while read -r target; do
    links=$((links + 1))
    [ -e "$(dirname "$page")/${target%%#*}" ] || { echo "$page: $target leads nowhere"; failed=1; }
  done < <(grep -oE '\]\([^)]+\)' "$page" | sed 's/^](//; s/)$//' | grep -vE '^(https?:|#)' || true)
done
for page in "${pages[@]}"; do
  while read -r path; do
    links=$((links + 1))
    [ -e "$path" ] || { echo "$page: there is no $path"; failed=1; }
  done < <(grep -oE '`(lib|tests|apps|docs|datasets|\.ci)/[^` ]+`' "$page" | tr -d '`' || true)
done
[ "$links" -ge 10 ] || { echo "expected ten links, found $links"; failed=1; }

for page in README.md CONTRIBUTING.md; do
  lines=$(wc -l <"$page")
  [ "$lines" -le 120 ] || { echo "$page has $lines lines, expected 120 at most"; failed=1; }
done
[ "$failed" = 0 ] && echo "$programs programs, $links links and paths"
