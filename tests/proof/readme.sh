#!/usr/bin/env bash
# The program in README.md is the one that tests/proof/install builds and runs.
#   readme.sh SOURCE_DIRECTORY
set -euo pipefail
diff <(sed -n '/^```cpp$/,/^```$/p' "$1/README.md" | sed '1d;$d') "$1/tests/proof/install/readme.cpp"
