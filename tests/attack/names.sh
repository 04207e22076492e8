#!/usr/bin/env bash
# Long and strange names of files, in every place where one is given.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
net=("${small[@]}" --adam-steps 20 --lbfgs-iterations 2)
"$pinnscope" "${net[@]}" --out whole.safetensors >/dev/null
echo '0.1 0.2' >points.txt
ending=.safetensors
names=("$(printf 'n%.0s' $(seq $((255 - ${#ending}))))" "$(printf 'n%.0s' $(seq $((250 - ${#ending}))))"
       "$(printf 'ä%.0s' $(seq 121))" $'two\nlines' $'\e[31mred\e[0m' $'\e]0;title\a' $'bell\a' $'back\b' $'tab\t'
       'a space' "quote'" 'double"' '`id`' '$(id)' 'a;b' 'a|b' '*' '?' '%s%n%s' 'back\slash' '--out' '-x' '~' '..x'
       'ünï-коде-名前-🙂' $'\xff\xfe' $'\xc3' $'\x7f' $'\u202egnirts' $'\x9b31m' ' ' "'; set output 'x' #")
[ "$length" = whole ] || names=("${names[0]}" "${names[3]}" "${names[4]}" "${names[14]}" "${names[24]}" "${names[25]}")
for name in "${names[@]}"; do
  file=./$name$ending
  whole "--out" 5 "$pinnscope" "${net[@]}" "--out=$file"
  cmp -s whole.safetensors "$file" && good || bad "--out $name: another network"
  whole "info" 5 "$pinnscope" info "$file"
  whole "errors" 5 "$pinnscope" errors heat "$file"
  whole "evaluate" 5 "$pinnscope" evaluate "$file" --points points.txt --out values.csv
  whole "spectra" 5 "$pinnscope" spectra "$file" --out spectra --draws 0 --json
  cp points.txt "./$name"
  whole "--points" 5 "$pinnscope" evaluate whole.safetensors --points "./$name" --out "./v$ending"
  survives "--initial" 5 "$pinnscope" propagate --scheme ftcs --cells 2 --initial "./$name" --out "./$name"
  rm -f "./$name"
  whole "--log" 5 "$pinnscope" "${net[@]}" --out out.safetensors --log "./$name"
  rm -f "./$name"
  # The lock and the checkpoint before have longer names, which the system may refuse.
  survives "--checkpoint" 5 "$pinnscope" "${net[@]}" --out out.safetensors --checkpoint "./$name"
  survives "--checkpoint" 5 "$pinnscope" "${net[@]}" --out out.safetensors --checkpoint "./$name" --resume
  rm -f ./"$name"*
  whole "figures" 20 "$apps/fig-stability" --out "./$name"
  whole "spectra --plots" 20 "$pinnscope" spectra whole.safetensors --out "./$name" --draws 0 --plots
  rm -rf "./$name"
  # What is wrong about it is told in plain text.
  for command in "info" "errors heat" "evaluate whole.safetensors --out v.csv --points" "spectra --out s" \
    "propagate --scheme ftcs --out v.csv --initial" "propagate --out v.csv --scheme" "train" "errors" \
    "train heat --activation" "train heat --precision" "evaluate whole.safetensors --points points.txt --out" \
    "train heat --out"; do
    # shellcheck disable=SC2086
    refused "$command" 5 "$pinnscope" $command "./none/$name"
  done
  for program in fig-stability fig-spectra; do
    refused "$program" 5 "$apps/$program" --out whole.safetensors/"$name"
    refused "$program" 5 "$apps/$program" "$name"
  done
  refused "fig-spectra" 5 "$apps/fig-spectra" --out f --weights-viscous "./none/$name"
  refused "a command" 5 "$pinnscope" "$name"
  no_parts "$name" .
  rm -rf ./*.safetensors.* out.* spectra f s
  find . -mindepth 1 -maxdepth 1 ! -name whole.safetensors ! -name points.txt ! -name '*.txt' -exec rm -rf {} +
done
close_cases
