# shellcheck shell=bash
# Shared by the tests of what is installed. Sets $headers and $descriptions (of pkg-config).
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

# prepare DIRECTORY: an installed prefix as it is, or a build directory, installed below $place: what
# pkg-config reads names the final prefix and is changed to this place.
prepare() {
  local prefix=$1
  if [ -f "$1/build.ninja" ]; then
    prefix=$place
    if ! meson install -C "$1" --no-rebuild --tags devel --destdir "$place" >"$place/log" 2>&1; then
      cat "$place/log"
      exit 1
    fi
  fi
  # shellcheck disable=SC2034
  headers=$(find "$prefix" -type d -path '*/include/pinnscope')
  descriptions=$(dirname "$(find "$prefix" -name pinnscope-network.pc)")
  export LD_LIBRARY_PATH=${descriptions%/pkgconfig}
  [ "$prefix" != "$place" ] || sed -i "s|^prefix=|prefix=$place|" "$descriptions"/pinnscope*.pc
}

declare -A example_of=([network]=static_memory [spectra]=spectrum [io]=saved_network)

# run_example DIRECTORY EXAMPLE
run_example() {
  local arguments=()
  [ "$2" != saved_network ] || arguments=("$source/datasets/viscous-1.safetensors" 0.25 0.5)
  ${MESON_EXE_WRAPPER:-} "$1/$2" "${arguments[@]}"
}
