#!/usr/bin/env bash
# Matrices without a scheme are "none" in 94 % at least, and percentiles are uniform: as many of each
# size as a few minutes of one core allow; the study has 1000 of each.
#   calibration.sh CALIBRATION
source "$(dirname "${BASH_SOURCE[0]}")/../apps/cases.sh"
calibration=$(realpath "$1")
cd "$directory" || exit 1

for sizes in "1000 20" "200 50" "100 100" "40 200" "12 400"; do
  read -r matrices cells <<<"$sizes"
  if "$calibration" "$matrices" 1 "$cells" >found.csv 2>stderr.txt; then good; else bad "$sizes: $(cat stderr.txt)"; fi
  equal "$cells cells: two kinds" "$(wc -l <found.csv)" 3
  equal "$cells cells: none in 94 %" "$(awk -F, 'NR > 1 && !($4 >= 0.94)' found.csv)" ""
  equal "$cells cells: uniform percentiles" "$(awk -F, 'NR > 1 && !($8 > 0.01 && $9 > 0.01 && $10 > 0.01)' found.csv)" ""
done
close_cases
