#!/usr/bin/env bash
# Installs what is missing on a Debian 12 machine; says nothing about what is there already.
#   .ci/set-up.sh build    what the library, the tests and the figures need
#   .ci/set-up.sh checks   that, and what .ci/run needs besides
set -euo pipefail

packages=(g++ meson ninja-build pkg-config libarmadillo-dev libopenblas-dev liblapack-dev
          libhdf5-dev libboost-math-dev nlohmann-json3-dev libcli11-dev catch2 gnuplot-nox
          fonts-liberation cmake)
case "${1:-build}" in
  build) ;;
  checks) packages+=(clang libclang-rt-14-dev clang-format binutils g++-aarch64-linux-gnu qemu-user-static strace
                    python3-minimal gcc-arm-none-eabi libstdc++-arm-none-eabi-newlib doxygen) ;;
  *) echo "usage: ${0##*/} build|checks" >&2; exit 2 ;;
esac

missing=("${packages[@]}")
if command -v dpkg-query >/dev/null; then
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${packages[@]}" 2>/dev/null |
              sed -n 's/^installed //p' || true)
  mapfile -t missing < <(printf '%s\n' "${packages[@]}" | grep -vxF -e "$installed" || true)
fi
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo -n)
if ! command -v apt-get >/dev/null || ! "${as_root[@]}" true 2>/dev/null; then
  echo "set-up: please install (no apt-get here, or no right to use it): ${missing[*]}" >&2
  exit 1
fi
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 "$@"; }

echo "set-up: installing ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { apt update && apt install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
  tail -n 30 "$log" >&2
  echo "set-up: could not install ${missing[*]}" >&2
  exit 1
fi
