#!/usr/bin/env bash
# Draws every figure, from a fresh clone to figures/index.html.
# shellcheck disable=SC2317  # stage calls the functions
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: apps/reproduce.sh [options]
  --weights-viscous W    network trained on the viscous problem: a file or a directory of weights
                         (default: the one in datasets/)
  --weights-inviscid W   network trained on the inviscid problem (likewise)
  --as-published         draw what was published, its slips included
  --out DIR              where the figures go (default: figures)
  -h, --help             this text
TEXT
}

here=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source tests/build.sh

absolute() { case $1 in /*) echo "$1" ;; *) echo "$here/$1" ;; esac; }
out=$PWD/figures viscous=$PWD/datasets/viscous-1.safetensors
inviscid=$PWD/datasets/inviscid-1.safetensors options=()
while [ $# -gt 0 ]; do
  case $1 in
    --weights-viscous=* | --weights-inviscid=* | --out=*) set -- "${1%%=*}" "${1#*=}" "${@:2}" ;;
    --weights-viscous | --weights-inviscid | --out)
      [ $# -gt 1 ] || { usage >&2; exit 2; }
      case $1 in
        --weights-viscous) viscous=$(absolute "$2") ;;
        --weights-inviscid) inviscid=$(absolute "$2") ;;
        --out) out=$(absolute "$2") ;;
      esac
      shift 2 ;;
    --as-published) options+=("$1"); shift ;;
    -h | --help) usage; exit 0 ;;
    *) echo "unknown option: $1" >&2; usage >&2; exit 2 ;;
  esac
done

lines=$(mktemp)
trap 'rm -f "$lines"' EXIT
failed=0

# stage NAME COMMAND...: one line with its result and its seconds.
stage() {
  local name=$1 start=$SECONDS result='done'
  shift
  "$@" || result=FAILED
  printf '%-14s %s (%d s)\n' "$name" "$result" $((SECONDS - start))
  [ "$result" = 'done' ]
}

draw() { build/apps/"$1" --out "$out" "${@:2}" </dev/null >>"$lines"; }

# The checked numbers as an aligned table, as CSV, as rows of HTML.
table() {
  awk -F '\t' 'BEGIN { rows = 0 }
    $1 == "check" {
      for (i = 2; i <= 5; ++i) { cell[rows, i] = $i; if (length($i) > width[i]) width[i] = length($i) }
      ++rows
    }
    END {
      for (r = 0; r < rows; ++r)
        printf "%-*s  %*s  %*s  %s\n", width[2], cell[r, 2], width[3], cell[r, 3], width[4],
               cell[r, 4], cell[r, 5]
    }' <(printf 'check\tchecked number\tvalue\texpected\tverdict\n') "$lines"
}
csv() {
  echo 'name,value,expected,verdict'
  awk -F '\t' '$1 == "check" { gsub(/"/, "\"\"", $2); printf "\"%s\",%s,%s,%s\n", $2, $3, $4, $5 }' \
    "$lines"
}
html_rows() {
  awk -F '\t' '$1 == "check" {
      gsub(/&/, "\\&amp;"); gsub(/</, "\\&lt;")
      printf "<tr class=\"%s\"><td>%s<td>%s<td>%s<td>%s\n", $5, $2, $3, $4, $5
    }' "$lines"
}

# What a figure's program says of it, as HTML.
caption() {
  awk -F '\t' -v sheet="$1" '$1 == "caption" && $2 == sheet {
      gsub(/&/, "\\&amp;", $3); gsub(/</, "\\&lt;", $3); print $3
    }' "$lines"
}

# Any text as text of HTML.
html() { printf '%s' "$1" | sed 's/&/\&amp;/g; s/</\&lt;/g; s/"/\&quot;/g'; }

link() { [ ! -f "$out/$1" ] || printf '<a href="%s">%s</a>\n' "$(html "$1")" "$(html "${2:-$1}")"; }

# put FILE: its input there, whole or not at all.
put() {
  if cat >"$1.part" && mv "$1.part" "$1"; then return 0; fi
  rm -f "$1.part"
  return 1
}

page() {
  local svg sheet file shown=' '  # the CSV files linked so far
  cat <<'HTML'
<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>pinnscope: figures</title>
<style>
  body { font: 16px/1.5 "Liberation Sans", Arial, sans-serif; color: #222; background: #fff;
         max-width: 64rem; margin: 2rem auto; padding: 0 1rem; }
  figure { margin: 0 0 3rem; }
  figure img { width: 100%; }
  figcaption { border-top: 1px solid #ccc; padding-top: .5rem; }
  a { color: #0b5394; margin-right: .8rem; }
  table { border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; }
  td, th { padding: .15rem 1rem .15rem 0; text-align: left; border-bottom: 1px solid #eee; }
  .differs { color: #b00020; }
</style>
<h1>Figures</h1>
HTML
  for svg in "$out"/fig-{solutions,densities,spectra-viscous,spectra-inviscid,stability}.svg; do
    [ -f "$svg" ] || continue
    sheet=$(basename "$svg" .svg)
    printf '<figure>\n<img src="%s.svg" alt="%s">\n<figcaption>%s<br>\n' "$sheet" "$sheet" \
      "$(caption "$sheet")"
    link "$sheet.svg" SVG; link "$sheet.png" PNG; link "$sheet.pdf" PDF; link "$sheet.gp" gnuplot
    for file in "$out/$sheet"*.csv; do
      file=$(basename "$file")
      link "$file" "${file#"$sheet"-}"
      shown+="$file "
    done
    printf '</figcaption>\n</figure>\n'
  done
  printf '<h2>More data</h2>\n<p>\n'
  for file in "$out"/*.csv; do
    file=$(basename "$file")
    [[ $shown == *" $file "* ]] || link "$file"
  done
  [ ! -f "$out/audit.html" ] ||
    printf '<h2>The audit</h2>\n<p><a href="audit.html">What was published, judged</a></p>\n'
  if grep -q '^check' "$lines"; then
    printf '<h2>Checked numbers</h2>\n<table>\n'
    printf '<tr><th>number<th>value<th>expected<th>verdict\n%s\n</table>\n' "$(html_rows)"
  fi
  echo '</html>'
}

# Without the right to install, what is there may suffice (gnuplot, say, is only for the drawing).
stage set-up .ci/set-up.sh build || true
build() { configure build --buildtype=release && ninja -C build figures; }
stage build quietly build

mkdir -p "$out"
judge() { build/apps/audit --out "$out" "$@" </dev/null | put "$out/audit.txt"; }
stage audit judge --weights-viscous "$viscous" --weights-inviscid "$inviscid" &
audit=$!
stage fig-stability draw fig-stability "${options[@]}" || failed=1
for app in fig-solutions fig-densities fig-spectra; do
  stage "$app" draw "$app" "${options[@]}" --weights-viscous "$viscous" \
    --weights-inviscid "$inviscid" || failed=1
done
wait "$audit" || failed=1
csv | put "$out/checks.csv" || failed=1
page | put "$out/index.html" || failed=1
echo
table
echo
echo "${out#"$here"/}/index.html"
exit "$failed"
