#!/usr/bin/env bash
# Values of options at their limits and beyond, and memory that cannot be had.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
"$pinnscope" "${small[@]}" --adam-steps 2 --lbfgs-iterations 2 --out net.safetensors >/dev/null
echo '0.1 0.2' >points.txt
values=(-1 0 -0 1e-400 5e-324 1e308 -1e308 1e309 nan -inf NaN 0x10 1e 1,5 ' 1' + . '' 9223372036854775808 18446744073709551616
        2147483648 $'1\n2' $'\e[31m' '%n' "$(printf '9%.0s' $(seq 4000))")
[ "$length" = whole ] || values=(1e308 nan '')

# Where a value is good but asks for much work, the time runs out: that is no failure of the program.
# patient NAME SECONDS COMMAND...: survives, or is still at work.
patient() {
  patience=1
  survives "$@"
  patience=0
}

# More memory than a machine need have is refused.
memory=8000000
for value in "${values[@]}"; do
  for option in points layers width adam-steps lbfgs-iterations threads seed learning-rate lbfgs-tolerance \
    lbfgs-loss-floor checkpoint-every; do
    given=(--points=20 --layers=1 --width=4 --adam-steps=3 --lbfgs-iterations=2 --threads=1)
    for k in "${!given[@]}"; do [[ ${given[k]} != --$option=* ]] || unset "given[$k]"; done
    patient "train --$option" 1 "$pinnscope" train heat --out out.safetensors "${given[@]}" "--$option=$value"
  done
  for option in cells steps velocity diffusivity dt dx theta seed; do
    patient "propagate --$option" 1 "$pinnscope" propagate --scheme theta --out out.csv "--$option=$value"
  done
  for option in draws seed threads; do
    patient "spectra --$option" 1 "$pinnscope" spectra net.safetensors --out out "--$option=$value"
  done
  for option in activation negative-slope omega output-activation precision; do
    survives "evaluate --$option" 2 "$pinnscope" evaluate net.safetensors --points points.txt --out out.csv "--$option=$value"
  done
  survives "audit --draws" 2 "$apps/audit" --out out "--draws=$value" --weights-viscous none --weights-inviscid none
  survives "audit --seed" 2 "$apps/audit" --out out "--seed=$value" --weights-viscous none --weights-inviscid none
  # As a file's content.
  printf '%s %s\n' "$value" 0.5 >value.txt
  survives "a point" 2 "$pinnscope" evaluate net.safetensors --points value.txt --derivatives --out out.csv
  survives "a signal" 2 "$pinnscope" propagate --scheme rk4 --cells 2 --initial value.txt --out out.csv
done
for scheme in ftcs upwind crank_nicolson rk4 theta backward_euler tanh_chain; do
  for dt in 1e300 -1e300 1e-300 nan; do
    survives "propagate $scheme, $dt" 5 "$pinnscope" propagate --scheme $scheme --dt=$dt --out out.csv
  done
done

# Memory that cannot be had, from what a program needs to start upwards: it ends, well or with a line.
large=("train heat --width 10000 --layers 1000 --points 10 --adam-steps 1" "train heat --points 1000000000 --adam-steps 1"
       "train heat --width 800 --layers 4 --points 10 --adam-steps 1 --lbfgs-iterations 0"
       "propagate --scheme ftcs --cells 5000 --steps 2" "propagate --scheme crank_nicolson --cells 700 --steps 2"
       "evaluate net.safetensors --points many.txt" "spectra wide --draws 0" "spectra net.safetensors --draws 1000" "info wide"
       "errors heat net.safetensors")
[ "$length" = whole ] || large=("${large[@]:0:4}")
seq -f '0.%06.0f 0.5' 0 "$(several 99999 9999)" >many.txt
mkdir wide
awk 'BEGIN { srand(1); for (i = 0; i < 150; ++i) { for (j = 0; j < 150; ++j) printf "%.3f ", rand() - 0.5; print "" } }' >wide/weights_layer0.txt
awk 'BEGIN { for (j = 0; j < 150; ++j) printf "0 "; print "" }' >wide/biases_layer0.txt
for command in "${large[@]}"; do
  for mebibytes in $(several "120 250 500 1000 2000 4000" "250 1000"); do
    out=(--out "out.safetensors")
    [[ $command == info* || $command == errors* ]] && out=()
    memory=$((mebibytes * 1024))
    # shellcheck disable=SC2086
    survives "$command in $mebibytes MiB" 5 "$pinnscope" $command "${out[@]}"
    memory=unlimited
    no_parts "$command in $mebibytes MiB" .
    rm -rf out*
  done
done
close_cases
