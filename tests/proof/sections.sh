#!/usr/bin/env bash
# Of what the library has for each instruction set a program keeps what it uses: this one evaluates a
# network of floats, and has no sweeps and nothing of doubles.
#   sections.sh NM PROGRAM
set -euo pipefail

symbols=$("$1" -C "$2")
kept=$(grep -cE 'multiply_packed<float>' <<<"$symbols" || true)
if grep -E 'step_circle|recur<|multiply_(packed|block)<.*double>' <<<"$symbols"; then
  echo "the program does not use these"
  exit 1
fi
echo "$kept functions that the program uses, none of those that it does not"
[ "$kept" -gt 0 ]
