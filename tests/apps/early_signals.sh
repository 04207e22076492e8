#!/usr/bin/env bash
# The exponents of record after 60 steps of the training of datasets/viscous-1, at t = 0.3.
#   early_signals.sh PINNSCOPE
source "$(dirname "${BASH_SOURCE[0]}")/cases.sh"
pinnscope=$(realpath "$1")
cd "$directory" || exit 1

works "sixty steps" train viscous --seed 1 --adam-steps 60 --lbfgs-iterations 0 --threads 1 --out early.safetensors
works "signals" propagate early.safetensors --at 0.5,0.3 --at 0.1,0.3 --out early
equal "exponents, computed apart" "$(awk -F , 'NR > 1 { printf "%s %.2f\n", $2, $6 }' early/inputs.csv | paste -sd ' ')" \
  "0.5 0.16 0.10000000000000001 0.37"
close_cases
