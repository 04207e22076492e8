#!/usr/bin/env bash
# A list that grows by a value must stop compiling wherever a function chooses by it, and where its
# table of names lacks the row.
#   enumerators.sh DIRECTORY HEADER ENUMERATION SOURCE LEAST-PLACES COMPILER...
set -euo pipefail

directory=$1 header=$2 enumeration=$3 source=$4 places=$5
shift 5
changed=$(mktemp -d)
trap 'rm -rf "$changed"' EXIT
compile=("$@" -std=c++20 -fsyntax-only -Werror=switch)
"${compile[@]}" -I "$directory" "$directory/$source"

mkdir -p "$changed/$(dirname "$header")"
sed -E "s/^(enum class $enumeration\b[^{]*\{)/\1 nobody_gave_it_a_row,/" "$directory/$header" \
  >"$changed/$header"
if cmp -s "$directory/$header" "$changed/$header"; then
  echo "$header has no enumeration $enumeration"
  exit 1
fi
if message=$("${compile[@]}" -I "$changed" -I "$directory" "$directory/$source" 2>&1); then
  echo "$source compiles with a $enumeration that has no row"
  exit 1
fi
# A template complains once an instance.
missing='nobody_gave_it_a_row.* not handled in switch|static.?assert(ion)? failed.*an enumerator has no row'
found=$(grep -E "$missing" <<<"$message" | sort -u | wc -l || true)
if [ "$found" -lt "$places" ]; then
  echo "$source: expected at least $places places over $enumeration to fail, found $found:"
  echo "$message"
  exit 1
fi
