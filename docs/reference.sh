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

quoted() { printf ' "%s"' "$@"; }
mkdir -p "$output"
{
  cat docs/Doxyfile
  echo "INPUT =$(quoted "${headers[@]}" "$PWD"/{,docs/,datasets/}*.md)"
  echo "USE_MDFILE_AS_MAINPAGE =$(quoted "$PWD/README.md")"
  echo "OUTPUT_DIRECTORY =$(quoted "$output")"
  echo "STRIP_FROM_PATH =$(quoted "$PWD/lib" "$PWD")"
  echo "STRIP_FROM_INC_PATH =$(quoted "$PWD/lib")"
} | doxygen - 2>&1 | sed 's/: error:/:/'

# Pages stand in one directory; what they link to beside each other stands below it.
html=$output/html
for page in {,docs/,datasets/}*.md; do
  while read -r target; do
    mkdir -p "$(dirname "$html/${target#../}")"
    cp -rT "$(dirname "$page")/$target" "$html/${target#../}"
  done < <(grep -oE '\]\([^)#]+\)' "$page" | sed 's/^](//; s/)$//' | grep -vE '^https?:|\.md$' || true)
done
failed=0
while read -r page target; do
  [ -e "$html/$target" ] || { echo "$page: $target leads nowhere"; failed=1; }
done < <(cd "$html" && grep -oE '(href|src|data)="[^"#:]+["#]' index.html md_*.html |
         sed -E 's/:.*="/ /; s/["#]$//' | sort -u)
[ "$failed" = 0 ] && echo "${#headers[@]} headers are documented"
