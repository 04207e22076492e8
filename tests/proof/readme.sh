#!/usr/bin/env bash
# The programs in README.md, in their order, are those that tests/install builds and runs.
#   readme.sh SOURCE_DIRECTORY
set -euo pipefail
number=0
for program in heat network; do
  number=$((number + 1))
  diff <(awk -v wanted="$number" '/^```cpp$/ { ++block; inside = 1; next }
                                  /^```$/ { inside = 0 }
                                  inside && block == wanted' "$1/README.md") \
    "$1/tests/install/programs/$program.cpp"
done
[ "$(grep -c '^```cpp$' "$1/README.md")" = "$number" ]
