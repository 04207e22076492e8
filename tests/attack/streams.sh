#!/usr/bin/env bash
# Standard streams that are full, closed, or that nobody reads, for every command.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
ln -s "$top/datasets" datasets  # where audit looks for what was published
net=datasets/viscous-1.safetensors
other=datasets/inviscid-1.safetensors
echo '0.1 0.2' >points.txt
"$pinnscope" "${small[@]}" --adam-steps 2 --lbfgs-iterations 2 --out net.safetensors >/dev/null

commands=(
  "pinnscope --help" "pinnscope --version" "pinnscope columns" "pinnscope info net.safetensors"
  "pinnscope errors heat net.safetensors" "pinnscope spectra net.safetensors --out s --draws 0"
  "pinnscope propagate --scheme ftcs --out p.csv"
  "pinnscope propagate --scheme ftcs --out -"
  "pinnscope evaluate net.safetensors --points points.txt --out -"
  "pinnscope ${small[*]} --adam-steps 2 --lbfgs-iterations 2 --out n.safetensors"
  "fig-stability --version" "fig-spectra --help" "audit --help" "audit --version"
)
[ "$length" = short ] || commands+=(
  "pinnscope selftest" "fig-stability --out f" "fig-solutions --out f --weights-viscous $net --weights-inviscid $other"
  "fig-densities --out f --weights-viscous $net --weights-inviscid $other"
  "fig-spectra --out f --weights-viscous $net --weights-inviscid $other"
  "audit --draws 20 --weights-viscous $net --weights-inviscid $other"
)
for command in "${commands[@]}"; do
  name=${command%% *}
  # With standard output full or closed: exit code 1 and one line on standard error.
  for lost in "/dev/full" "&-"; do
    code=0
    eval "timeout 120 \"\$apps/\"$command >$lost 2>stderr.txt </dev/null" || code=$?
    [ "$code" = 1 ] && [ "$(grep -c "^$name: " stderr.txt)" = 1 ] &&
      grep -q "^$name: .*cannot write to it: [A-Z]" stderr.txt && good ||
      bad "$command >$lost: exit code $code, $(wc -l <stderr.txt) lines: $(head -c 300 stderr.txt)"
  done
  # A reader that leaves ends it quietly, unless it had no time to.
  timeout 120 bash -c 'eval "$1 </dev/null 2>stderr.txt" | head -c 1 >/dev/null; exit "${PIPESTATUS[0]}"' \
    bash "\"$apps/\"$command" && code=0 || code=$?
  # A network or table that cannot be written is told, or the reader's leaving ends it.
  { [ "$code" = 141 ] || [ "$code" = 0 ]; } && ! grep -q "^$name: " stderr.txt && good ||
    bad "$command | head: exit code $code: $(head -c 300 stderr.txt)"
  # Without standard input, and without standard error, it works as ever.
  code=0
  timeout 120 bash -c "exec '$apps/'$command <&- >/dev/null 2>&-" || code=$?
  [ "$code" = 0 ] && good || bad "$command <&- 2>&-: exit code $code"
done
# What fails still says so in its exit code where nothing can be said.
for lost in "/dev/full" "&-"; do
  code=0
  eval "\"\$pinnscope\" info nowhere 2>$lost" || code=$?
  equal "info nowhere 2>$lost" "$code" 1
done
no_parts "after all" .
close_cases
