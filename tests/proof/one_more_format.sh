#!/usr/bin/env bash
# One more format of networks is one file, and an include and a row in the list. A program that is
# linked with such a list writes and reads a network by the ending alone; help and messages name it.
#   one_more_format.sh LIST LONGER-LIST PROGRAM
# MESON_EXE_WRAPPER runs the program of another machine.
set -euo pipefail

added=$(diff "$1" "$2" | grep -c '^>' || true)
taken=$(diff "$1" "$2" | grep -c '^<' || true)
if [ "$added" != 2 ] || [ "$taken" != 0 ]; then
  echo "expected an include and a row to be added to $1, found $added lines more and $taken less"
  exit 1
fi
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
${MESON_EXE_WRAPPER:-} "$3" "$directory"
echo "one file, an include and a row make a format that is read, written and listed"
