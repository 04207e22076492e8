#!/usr/bin/env bash
# The short form of the detection curve: bands that stand out come back as what they are, those that
# drown are not found, and noise is no band.
#   detection.sh DETECTION
source "$(dirname "${BASH_SOURCE[0]}")/../apps/cases.sh"
detection=$(realpath "$1")
cd "$directory" || exit 1

if "$detection" 10 100 >curve.csv 2>alarms.txt; then good; else bad "detection: $(head -c 300 alarms.txt)"; fi
equal "a row for each structure and ratio" "$(wc -l <curve.csv)" $((7 * 9 + 1))
equal "found from a ratio of a half on" "$(awk -F, 'NR > 1 && $4 >= 0.5 && $8 < 1' curve.csv)" ""
equal "right from a ratio of five on" "$(awk -F, 'NR > 1 && $4 >= 5 && $11 < 0.9' curve.csv)" ""
equal "found at a tenth" "$(awk -F, 'NR > 1 && $4 == 0.1 && $8 > 0' curve.csv)" ""
# At most one in a hundred.
awk '/^false alarms: / { exit !($3 <= 6 && $5 == 630) }' alarms.txt && good || bad "$(cat alarms.txt)"
close_cases
