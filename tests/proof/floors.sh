#!/usr/bin/env bash
# Includes never go up: a file of a floor names headers of its own floor and of lower ones alone.
#   floors.sh DIRECTORY    (holds pinnscope/<floor>/, and apps/ where there are any)
set -euo pipefail
shopt -s nullglob

declare -A may_include=(
  [core]='core'
  [nn]='core nn'
  [step]='core nn step'  # layer chains; never the other way
  [tape]='core nn step tape'
  [spectra]='core nn step spectra'
  [pde]='core nn step tape spectra pde'
  [train]='core nn step tape spectra pde train'
  [io]='core nn step tape spectra pde train io'
)
failed=0
checked=0
for folder in "$1"/pinnscope/*/; do
  floor=$(basename "$folder")
  allowed=${may_include[$floor]:-}
  if [ -z "$allowed" ]; then
    echo "pinnscope/$floor is no floor that floors.sh knows"
    failed=1
    continue
  fi
  files=("$folder"*.hpp "$folder"*.inl "$folder"*.cpp)
  [ ${#files[@]} -gt 0 ] || continue
  checked=$((checked + ${#files[@]}))
  if grep -HnE '^ *# *include *["<]pinnscope/' "${files[@]}" |
     grep -vE "[\"<]pinnscope/(${allowed// /|})/[^/]+\.(hpp|inl)[\">]"; then
    echo "pinnscope/$floor may include: $allowed"
    failed=1
  fi
  # A header of the library is always named in full.
  if grep -HnE '^ *# *include *"' "${files[@]}" | grep -vE '"pinnscope/'; then
    echo "include \"pinnscope/<floor>/<name>.hpp\""
    failed=1
  fi
done
echo "$checked files checked"
[ "$checked" -gt 0 ] && [ "$failed" = 0 ]
