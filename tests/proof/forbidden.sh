#!/usr/bin/env bash
# A program that compiles must stop to compile once FORBIDDEN lets its wrong lines in.
#   forbidden.sh DIRECTORY PROGRAM EXPECTED_MESSAGE COMPILER...
set -euo pipefail

directory=$1 program=$2 expected=$3
shift 3
compile=("$@" -std=c++20 -fsyntax-only -I "$directory")
"${compile[@]}" "$program"
if message=$("${compile[@]}" -DFORBIDDEN "$program" 2>&1); then
  echo "${program##*/} compiles, but must not"
  exit 1
fi
if ! grep -qE "$expected" <<<"$message"; then
  echo "${program##*/} fails to compile for a reason other than '$expected':"
  echo "$message"
  exit 1
fi
