#!/usr/bin/env bash
# What names the version by hand names that of meson.build, with one date.
#   release.sh SOURCE_DIRECTORY VERSION
set -euo pipefail
cd "$1"
version=$2
date=$(sed -n 's/^date-released: "\(.*\)"$/\1/p' CITATION.cff)
failed=0
# names FILE LINE
names() { grep -qxF -e "$2" "$1" || { echo "$1: expected the line \"$2\""; failed=1; }; }
names CITATION.cff "version: $version"
names docs/pinnscope.wrap "directory = pinnscope-$version"
names docs/pinnscope.wrap "source_filename = pinnscope-$version.tar.xz"
newest=$(grep -m 1 '^## \[' CHANGELOG.md)
if [ "$newest" != "## [$version] - $date" ]; then
  echo "CHANGELOG.md: expected \"## [$version] - $date\" first, found \"$newest\""
  failed=1
fi
[ "$failed" = 0 ] && echo "version $version of $date"
