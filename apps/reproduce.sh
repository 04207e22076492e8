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

# put FILE: its input there, whole or not at all.
put() {
  if cat >"$1.part" && mv "$1.part" "$1"; then return 0; fi
  rm -f "$1.part"
  return 1
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
stage fig-growth draw fig-growth "${options[@]}" || failed=1
for app in fig-solutions fig-densities fig-spectra fig-propagation; do
  stage "$app" draw "$app" "${options[@]}" --weights-viscous "$viscous" \
    --weights-inviscid "$inviscid" || failed=1
done
wait "$audit" || failed=1
echo
build/apps/figure-index --out "$out" <"$lines" || failed=1
echo
echo "${out#"$here"/}/index.html"
exit "$failed"
