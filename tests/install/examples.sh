#!/usr/bin/env bash
# The programs to begin with run well, in at most 40 lines each.
#   examples.sh SOURCE_DIRECTORY EXAMPLE...
# MESON_EXE_WRAPPER runs the programs of another machine.
source "$(dirname "${BASH_SOURCE[0]}")/../apps/cases.sh"
source=$(realpath "$1")
shift

# says WORDS COMMAND...: it ends with 0 and says these words.
says() {
  local words=$1 said
  shift
  if said=$(${MESON_EXE_WRAPPER:-} "$@" 2>&1) && [[ $said == *"$words"* ]]; then
    good
  else
    bad "${1##*/}: expected \"$words\", found: $said"
  fi
}

for example; do
  name=$(basename "$example")
  [ "$(wc -l <"$source/apps/examples/$name.cpp")" -le 40 ] && good || bad "$name is too long"
  case $name in
    saved_network)
      # At t = 0 the network was trained to be sin 2 pi x.
      says 'ok: u 1.000' "$example" "$source/datasets/viscous-1.safetensors" 0.25 0
      [[ $("$example" absent.h5 0.5 0) == *absent.h5* ]] && good || bad "$name: an absent file"
      ;;
    *) says 'ok' "$example" ;;
  esac
done
[ $((passed + failed)) -ge 6 ] || bad "expected three examples at least"
close_cases
