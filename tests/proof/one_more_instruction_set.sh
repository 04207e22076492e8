#!/usr/bin/env bash
# One more instruction set is a file a library and a row of its family: in a copy of those a program
# finds it in front of the portable one, in every kind of tables, with the same results.
#   one_more_instruction_set.sh LIB-DIRECTORY DIRECTORY COMPILER...
set -euo pipefail

lib=$1 given=$2
shift 2
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
sets=pinnscope/instruction_sets family=pinnscope/simd/instruction_sets.hpp
mkdir -p "$copy"/{$sets/{network,spectra},pinnscope/simd}
for library in network spectra; do
  sed 's/Portable/Wide/' "$lib/$sets/$library/portable.cpp" >"$copy/$sets/$library/wide.cpp"
done
row='/// Registers of 32 bytes.
struct Wide {
  static constexpr const char* kName = "wide";
  static constexpr std::size_t kLaneBytes = 32;
  static bool runs() noexcept { return true; }
};
'
sed -e "/^using InstructionSets/i ${row//$'\n'/\\$'\n'}" -e 's/FastestFirst</&Wide, /' \
  "$lib/pinnscope/simd/instruction_sets_other.hpp" >"$copy/$family"
"$@" -std=c++20 -w -Wno-psabi -I "$copy" -I "$lib" "$given/program.cpp" "$copy/$sets"/*/wide.cpp \
  "$lib/$sets"/*/portable.cpp "$lib"/pinnscope/{nn/kernels,step/sweeps,spectra/samples/box_sums}.cpp \
  -lm -o "$copy/program"
"$copy/program"
