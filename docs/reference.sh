#!/usr/bin/env bash
# The reference of the public headers and the pages for readers as HTML, by Doxygen: OUTPUT/html. A
# public name without a comment or a reference that leads nowhere is an error. 77: no Doxygen.
#   reference.sh SOURCE_DIRECTORY OUTPUT_DIRECTORY HEADER...
set -euo pipefail
command -v doxygen >/dev/null || { echo "skipped: doxygen is not installed"; exit 77; }
output=$(realpath -m "$2")
headers=()
for header in "${@:3}"; do headers+=("$(realpath "$header")"); done
cd "$1"

# Floors whose every public name has a comment, and the version beside them; the list only grows.
floors='simd|core|tape|spectra|pde|train'
mapfile -t headers < <(printf '%s\n' "${headers[@]}" |
                       grep -E "/pinnscope/(($floors)/.*|[^/]+)\.hpp\$")

quoted() { printf ' "%s"' "$@"; }
mkdir -p "$output"
{
  cat docs/Doxyfile
  echo "INPUT =$(quoted "${headers[@]}" "$PWD"/{,docs/,datasets/}*.md)"
  echo "USE_MDFILE_AS_MAINPAGE =$(quoted "$PWD/README.md")"
  echo "OUTPUT_DIRECTORY =$(quoted "$output")"
  echo "STRIP_FROM_PATH =$(quoted "$PWD/lib" "$PWD")"
} | doxygen - 2>&1 | sed 's/: error:/:/'
echo "${#headers[@]} headers are documented"
