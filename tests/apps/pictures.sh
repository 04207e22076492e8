#!/usr/bin/env bash
# Pictures are replaced by whole ones or not at all: a gnuplot that fails while it says that all is
# well, full disks, limits of file sizes; and no text in a script of gnuplot runs a command.
#   pictures.sh FIG-STABILITY PINNSCOPE
source "$(dirname "${BASH_SOURCE[0]}")/cases.sh"
figure=$(realpath "$1")
pinnscope=$(realpath "$2")
cd "$directory" || exit 1

"$pinnscope" train heat --points 50 --layers 2 --width 4 --adam-steps 2 --lbfgs-iterations 0 \
  --out network.safetensors >/dev/null
mkdir fake

# fake WORDS: a gnuplot in fake/ that runs WORDS with the format and the place of the picture.
fake() {
  cat >fake/gnuplot <<TEXT
#!/bin/bash
for word; do
  case \$word in *output=*) eval "\$word" ;; esac
done
$1
TEXT
  chmod +x fake/gnuplot
}

# draw PROGRAM OUT: with what is in fake/ in front of everything else.
draw() {
  case $1 in
    figure) PATH=$PWD/fake:$PATH "$figure" --out "$2" ;;
    spectra) PATH=$PWD/fake:$PATH "$pinnscope" spectra network.safetensors --draws 0 --plots --out "$2" ;;
  esac >stdout.txt 2>stderr.txt
}

# keeps NAME WORDS: such a gnuplot costs no picture, and both programs say so in one line.
keeps() {
  local name=$1 program status
  fake "$2"
  for program in figure spectra; do
    rm -rf out && mkdir out
    for format in svg png pdf; do echo older >"out/fig-stability.$format"; done
    for format in svg png pdf; do echo older >"out/spectra.$format"; done
    status=0
    draw $program out || status=$?
    [ "$status" = 1 ] && [ "$(wc -l <stderr.txt)" = 1 ] && grep -q '\.gp: gnuplot could not draw it as ' stderr.txt &&
      good || bad "$name, $program: exit $status, $(head -c 300 stderr.txt)"
    equal "$name, $program: older pictures" "$(cat out/*.svg out/*.png out/*.pdf | sort | uniq -c)" "      6 older"
    equal "$name, $program: files" "$(ls -A out | grep -cvE '\.(csv|gp|svg|png|pdf)$')" 0
  done
}

keeps "half a picture" 'printf "<?xml?><svg>half" >"$output"; exit 0'
keeps "the other half" 'printf "half</svg>" >"$output"; exit 0'
keeps "an empty picture" ': >"$output"; exit 0'
keeps "no picture" 'exit 0'
keeps "an ending in the middle" 'printf "<?xml?><svg></svg> and more" >"$output"'
keeps "one whole picture" '[ $format = svg ] && echo "<?xml?><svg></svg>" >"$output"; exit 0'
keeps "a PNG without its last byte" 'case $format in
  svg) echo "<?xml?><svg></svg>" ;; pdf) echo "%PDF-1 %%EOF" ;; png) printf "\x89PNG\r\n\x1a\n\0\0\0\0IEND\xae\x42\x60" ;;
  esac >"$output"'
keeps "a crash" 'echo "<?xml?><svg></svg>" >"$output"; kill -SEGV $$'
keeps "an exit code" 'echo "a
line 1: what is wrong" >&2; exit 3'
grep -q 'what is wrong$' stderr.txt && good || bad "the reason: $(cat stderr.txt)"

fake 'case $format in
  svg) echo "<?xml?><svg></svg>" ;; pdf) printf "%%PDF-1 %%%%EOF\n" ;; png) printf "\x89PNG\r\n\x1a\n\0\0\0\0IEND\xae\x42\x60\x82" ;;
  esac >"$output"'
for program in figure spectra; do
  rm -rf out && draw $program out && [ ! -s stderr.txt ] && [ "$(cat out/*.svg)" = "<?xml?><svg></svg>" ] && good ||
    bad "whole pictures, $program: $(cat stderr.txt)"
done
fake 'echo "a warning" >&2; case $format in
  svg) echo "<?xml?><svg></svg>" ;; pdf) printf "%%PDF-1 %%%%EOF\n" ;; png) printf "\x89PNG\r\n\x1a\n\0\0\0\0IEND\xae\x42\x60\x82" ;;
  esac >"$output"'
draw figure out && grep -q 'a warning' stderr.txt && good || bad "a warning of gnuplot is lost"
fake 'exit 127'
rm -rf out
draw figure out && grep -q 'gnuplot is not installed: wrote the data' stdout.txt && [ -s out/fig-stability.gp ] &&
  good || bad "without gnuplot: $(cat stdout.txt stderr.txt)"
rm fake/gnuplot

# same FILE FILE: but for the time that a PDF was made at.
same() { cmp -s <(grep -av CreationDate "$1") <(grep -av CreationDate "$2"); }

# whole NAME PLACE: each file there is that of one of two runs, and nothing else is there.
whole() {
  local file
  for file in "$2"/*; do
    file=${file##*/}
    [ "$file" = filling ] || same "$2/$file" "before/$file" || same "$2/$file" "after/$file" ||
      bad "$1: $file is neither the older nor the newer one"
  done
  equal "$1: files" "$(ls -A "$2" | grep -vx filling)" "$(ls -A before)"
}

if command -v gnuplot >/dev/null; then
  "$figure" --out before >/dev/null
  "$figure" --out after --as-published >/dev/null
  cmp -s before/fig-stability.svg after/fig-stability.svg && bad "the two runs draw the same"

  # No file may grow beyond so many bytes.
  for kib in 1 8 100 200 400; do
    rm -rf limited && cp -r before limited
    status=0
    (ulimit -f $kib && exec "$figure" --out limited --as-published) >/dev/null 2>stderr.txt || status=$?
    if [ $kib = 400 ]; then
      equal "a limit of $kib KiB" "$status $(cat stderr.txt)" "0 "
    else
      [ "$status" = 1 ] && [ "$(wc -l <stderr.txt)" = 1 ] && grep -q 'limited/.*: cannot write it: File too large' stderr.txt &&
        good || bad "a limit of $kib KiB: exit $status, $(cat stderr.txt)"
    fi
    whole "a limit of $kib KiB" limited
  done

  mkdir disk
  if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=4m tmpfs disk 2>/dev/null; then
    trap 'umount "$directory/disk"; rm -rf "$directory"' EXIT
    for room in 0 4 16 64 160 300 500; do
      rm -rf disk/*
      cp before/* disk/
      head -c 16777216 /dev/zero >disk/filling 2>/dev/null
      truncate -s "-${room}K" disk/filling
      status=0
      "$figure" --out disk --as-published >/dev/null 2>stderr.txt || status=$?
      if [ $room = 500 ]; then
        equal "$room KiB of room" "$status $(cat stderr.txt)" "0 "
      else
        [ "$status" = 1 ] && [ "$(wc -l <stderr.txt)" = 1 ] && grep -q 'disk/.*: cannot .*: No space left on device' stderr.txt &&
          good || bad "$room KiB of room: exit $status, $(cat stderr.txt)"
      fi
      whole "$room KiB of room" disk
    done
  else
    skip "no file system can be mounted here"
  fi
else
  skip "gnuplot is not installed"
fi

close_cases
