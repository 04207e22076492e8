#!/usr/bin/env bash
# Includes never go up: a file of a floor names headers of its own floor and of lower ones alone.
# The rooms of a floor have an order as well.
#   floors.sh DIRECTORY    (holds pinnscope/<floor>/ and pinnscope/<floor>/<room>/)
set -euo pipefail
shopt -s nullglob

declare -A may_include=(
  [simd]='simd'
  [core]='simd core'
  [nn]='simd core nn nn/activations'
  [nn/activations]='simd core nn'
  [step]='simd core nn step'  # layer chains; never the other way
  [signals]='simd core nn step signals'
  [tape]='simd core nn step tape'
  [spectra/samples]='simd core spectra/samples'
  [spectra/laws]='simd core nn spectra/(samples|laws)'
  [spectra/matrices]='simd core nn step spectra/(samples|matrices)'
  [spectra/random_matrices]='simd core nn spectra/(samples|matrices|random_matrices)'
  [spectra/nulls]='simd core nn spectra/(samples|laws|nulls)'
  [spectra/layers]='simd core nn spectra/[^/]+'
  [readings]='simd core nn step spectra/[^/]+ readings'
  [pde]='simd core nn tape pde pde/problems'
  [pde/problems]='simd core nn tape pde'
  [train]='simd core nn tape pde train'
  [io]='simd core nn pde io'  # nothing that needs BLAS
  # What is compiled for each instruction set, a room a library; nothing includes it.
  [instruction_sets/network]='simd core nn step instruction_sets/network'
  [instruction_sets/spectra]='simd core spectra/samples'
)
failed=0
checked=0
for folder in "$1"/pinnscope/*/ "$1"/pinnscope/*/*/; do
  floor=${folder#"$1"/pinnscope/} floor=${floor%/}
  files=("$folder"*.hpp "$folder"*.inl "$folder"*.cpp)
  [ ${#files[@]} -gt 0 ] || continue
  allowed=${may_include[$floor]:-}
  if [ -z "$allowed" ]; then
    echo "pinnscope/$floor is no floor that floors.sh knows"
    failed=1
    continue
  fi
  checked=$((checked + ${#files[@]}))
  if grep -HnE '^ *# *include *["<]pinnscope/' "${files[@]}" |
     grep -vE "[\"<]pinnscope/(${allowed// /|})/[^/]+\.(hpp|inl)[\">]"; then
    echo "pinnscope/$floor may include: $allowed"
    failed=1
  fi
  # A header of the library is always named in full.
  if grep -HnE '^ *# *include *"' "${files[@]}" | grep -vE '"pinnscope/'; then
    echo "include \"pinnscope/<floor>/<name>.hpp\" in full"
    failed=1
  fi
done
echo "$checked files checked"
[ "$checked" -gt 0 ] && [ "$failed" = 0 ]
