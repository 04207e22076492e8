#!/usr/bin/env bash
# A statistic of a layer is one row: in a copy of the library a row is added to kLayerStatistics, and
# to no other file, and a program finds its number, its column, its words and its place among draws.
# An unknown name does not compile.
#   statistic_row.sh DIRECTORY COMPILER...
set -euo pipefail

directory=$1
shift
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -r "$directory/pinnscope" "$copy/pinnscope"
table=$copy/pinnscope/spectra/layers/layer_statistics.hpp
row='    {"condition_number", "Largest singular value over the smallest one, at least 1.",
     Needs::singular_values, Invariance::scale | Invariance::transposition | Invariance::rotation,
     [](const LayerSpectra& layer) noexcept -> LayerNumber {
       return layer.singular_values().front() / layer.singular_values().back();
     }},'
sed -i "/^inline constexpr auto kLayerStatistics/a\\
${row//$'\n'/\\$'\n'}" "$table"
changed=$( (diff -rq "$directory/pinnscope" "$copy/pinnscope" || true) | wc -l)
[ "$changed" = 1 ] || { echo "expected one changed file, found $changed"; exit 1; }

cat >"$copy/program.cpp" <<'PROGRAM'
#include "pinnscope/spectra/layers/layer_columns.hpp"
#include "pinnscope/spectra/layers/layer_null.hpp"
using namespace pinnscope;
constexpr std::size_t kPlace = statistic_named(NAME);
static_assert(column_named(NAME) == kFirstStatistic + kPlace);
static_assert(kLayerColumns[column_named(NAME)].meaning == kLayerStatistics[kPlace].meaning);
static_assert(includes(kLayerColumns[column_named(NAME)].invariance, Invariance::rotation));
double drawn(const NullDistribution& table) { return table.value(kPlace, 0); }
LayerNumber shown(const LayerDescription& layer) {
  return number_of(kLayerColumns[column_named(NAME)], layer);
}
PROGRAM
compile=("$@" -std=c++20 -Wall -Wextra -Werror -fsyntax-only)
"${compile[@]}" -I "$copy" -D 'NAME="condition_number"' "$copy/program.cpp"
if "${compile[@]}" -I "$directory" -D 'NAME="condition_number"' "$copy/program.cpp" 2>"$copy/log"; then
  echo "a name without a row compiles"
  exit 1
fi
echo "one file makes a statistic, its column and its place among draws"
