#!/usr/bin/env bash
# One more activation is one file, and an include, an enumerator and a row in the list: in a copy of
# the list a program finds it by its name, trains a network of it and compares with its definition.
#   one_more_activation.sh LIB-DIRECTORY DIRECTORY LIBRARY COMPILER...
set -euo pipefail

lib=$1 given=$2 library=$3
shift 3
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
nn=pinnscope/nn
list=$nn/activation.hpp
mkdir -p "$copy/$nn/activations"
cp "$given/softsign.hpp" "$copy/$nn/activations/"
sed -e '/^#include "pinnscope\/nn\/activations\/softplus.hpp"/a #include "pinnscope/nn/activations/softsign.hpp"' \
  -e '/^enum class Activation /,/^};/{/^};/i softsign,
}' \
  -e '/^using ActivationRows = /,/>>;$/{/>>;$/i ActivationRow<Activation::softsign, activations::Softsign>,
}' \
  "$lib/$list" >"$copy/$list"
added=$(diff "$lib/$list" "$copy/$list" | grep -c '^>' || true)
if [ "$added" != 3 ]; then
  echo "$list: expected an include, an enumerator and a row to be added, found $added lines"
  exit 1
fi
echo "one more activation: 1 file, and 3 lines in 1 list"
# Of the library, what has code for each activation; the kernels of every processor alone.
mkdir -p "$copy/pinnscope/simd"
echo '#include "pinnscope/simd/instruction_sets_other.hpp"' >"$copy/pinnscope/simd/instruction_sets.hpp"
"$@" -std=c++20 -O1 -I "$copy" -I "$lib" "$given/program.cpp" \
  "$lib/pinnscope/instruction_sets/network/portable.cpp" "$lib/$nn/kernels.cpp" "$lib/$nn/mlp.cpp" \
  "$lib/pinnscope/train/trainer.cpp" "$library" -pthread -lm -o "$copy/program"
"$copy/program"
