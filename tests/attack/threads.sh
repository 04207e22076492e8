#!/usr/bin/env bash
# The same bits from 1 to 64 threads.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
net=(train viscous --points 700 --layers 2 --width 10 --adam-steps 20 --lbfgs-iterations 3)
whole "one thread" 20 "$pinnscope" "${net[@]}" --threads 1 --out one.safetensors
whole "spectra, one thread" 20 "$pinnscope" spectra one.safetensors --out one --draws 20 --threads 1
for threads in $(seq 2 "$(several 1 9)" 64); do
  whole "$threads threads" 20 "$pinnscope" "${net[@]}" --threads "$threads" --out more.safetensors
  cmp -s one.safetensors more.safetensors && good || bad "$threads threads: another network"
  whole "spectra, $threads threads" 20 "$pinnscope" spectra one.safetensors --out more --draws 20 --threads "$threads"
  diff -rq one more >/dev/null && good || bad "spectra, $threads threads: other numbers"
  rm -rf more
done
close_cases
