#!/usr/bin/env bash
# The programs in README.md, in their order, are examples, which the tests run.
#   readme.sh SOURCE_DIRECTORY
set -euo pipefail
number=0
for program in heat static_memory; do
  number=$((number + 1))
  diff <(awk -v wanted="$number" '/^```cpp$/ { ++block; inside = 1; next }
                                  /^```$/ { inside = 0 }
                                  inside && block == wanted' "$1/README.md") \
    "$1/apps/examples/$program.cpp"
done
[ "$(grep -c '^```cpp$' "$1/README.md")" = "$number" ]
