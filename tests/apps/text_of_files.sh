#!/usr/bin/env bash
# Text from files and their names, as strangers may choose it, in what the programs print and write.
#   text_of_files.sh AUDIT FIG-SOLUTIONS FIG-DENSITIES FIG-SPECTRA FIG-STABILITY PINNSCOPE
source "$(dirname "${BASH_SOURCE[0]}")/cases.sh"
programs "$@"
pinnscope=${app[pinnscope]}
cd "$directory" || exit 1

# named NETWORK METADATA FILE: a copy of a safetensors file with entries of JSON put before its own.
named() {
  local old new length=0 k
  for k in 7 6 5 4 3 2 1 0; do
    length=$((256 * length + $(od -An -tu1 -j $k -N 1 "$1")))
  done
  old=$(tail -c +9 "$1" | head -c "$length")
  new=${old/'"__metadata__":{'/'"__metadata__":{'"$2",}
  [ "$new" != "$old" ] || { bad "$1: no metadata"; return; }
  length=$(printf '%s' "$new" | wc -c)
  {
    for k in 0 1 2 3 4 5 6 7; do
      # shellcheck disable=SC2059
      printf "\\x$(printf '%02x' $((length >> (8 * k) & 255)))"
    done
    printf '%s' "$new"
    tail -c +$((9 + ${#old})) "$1"
  } >"$3"
}

# clean NAME FILE...: no control character but line ends and tabs, no C1, nothing that turns writing.
clean() {
  local name=$1 file found
  shift
  for file; do
    found=$(LC_ALL=C grep -naP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae\x8e\x8f\xa8\xa9]|\xe2\x81[\xa6-\xa9]|(?<![\x80-\xf4])[\x80-\xbf]|\xff' "$file" | head -n 1)
    [ -z "$found" ] && good || bad "$name: $file: $(printf '%q' "$found")"
  done
}

# Metadata that would paint, hide, move and turn what is shown.
esc='\u001b]0;title\u0007\u001b[2J\u001b[31m'
hostile='"'$esc'\u009b1m":"'$esc'\u202eabc\u2066 \u200b\n\r\n\u007f","gr\u00f6\u00dfer":"\u2202u <b>&","initialiser2":"x"'
small=("$pinnscope" train heat --points 50 --layers 2 --width 4 --adam-steps 2 --lbfgs-iterations 0)
"${small[@]}" --out plain.safetensors >/dev/null
named plain.safetensors "$hostile" hostile.safetensors
"$pinnscope" info hostile.safetensors >stdout.txt 2>stderr.txt && good || bad "info: $(cat stderr.txt)"
clean info stdout.txt
grep -qF '\x1b]0;title\x07\x1b[2J\x1b[31m\u009b1m: \x1b]0;title' stdout.txt && good || bad "info: the escapes are not spelled out"
grep -qF 'größer: ∂u <b>&' stdout.txt && good || bad "info: what is printable does not stay"
equal "info: a line an entry" "$(grep -c title stdout.txt)" 1

# A file whose name closes every kind of quotes, runs commands and paints.
name=$'a"; system("touch ran1"); "\'; system(\'touch ran2\'); \' `touch ran3` $(touch ran4)\n!touch ran5\n\e[31m\u202e<b>&<script>|=1+1.safetensors'
cp hostile.safetensors "$name"
invalid=$'no\xffutf\x9b31m.safetensors'
cp hostile.safetensors "$invalid"
echo '0.5 0.5' >points.txt
for file in "$name" "$invalid"; do
  k=0
  for command in info "errors heat" spectra evaluate "spectra ensemble" "spectra change"; do
    k=$((k + 1))
    rm -rf out
    case $command in
      info) arguments=(info "$file") ;;
      errors*) arguments=(errors heat "$file") ;;
      spectra) arguments=(spectra "$file" --draws 0 --plots --json --out out) ;;
      evaluate) arguments=(evaluate "$file" --points points.txt --out evaluated.csv) ;;
      *ensemble) arguments=(spectra "$file" hostile.safetensors --draws 0 --plots --json --out "$PWD/out") ;;
      *change) arguments=(spectra "$file" --draws 0 --change --out out) ;;
    esac
    works "$command" "${arguments[@]}"
    clean "$command" stdout.txt stderr.txt
    rm -f out/*.png out/*.pdf
    [ ! -d out ] || clean "$command" out/*
  done
  # The same as a place to write into.
  works "a hostile directory" spectra plain.safetensors --draws 0 --plots --out "$file.out"
  [ "${file//$'\n'/}" != "$file" ] || [ -d "$file.out" ] && good || bad "a hostile directory is not there"
  clean "a hostile directory" stdout.txt "$file.out"/*.gp
  "${small[@]}" --out "2$file" --log "$file.csv" --checkpoint "$file.state" >stdout.txt 2>stderr.txt &&
    "${small[@]}" --out "2$file" --log "$file.csv" --checkpoint "$file.state" --resume >>stdout.txt 2>stderr.txt && good ||
    bad "train to a hostile name: $(cat stderr.txt)"
  clean "train to a hostile name" stdout.txt stderr.txt
  # What fails says so in one line.
  for arguments in info "errors heat" "evaluate --points points.txt --out x.csv" "spectra --out x" "train heat --out" \
    "propagate --out x.csv --scheme" "train" "" "info x" "train heat --seed" "train heat --activation" "evaluate plain.safetensors --out x.csv --points" \
    "propagate --scheme ftcs --out x.csv --initial" "propagate --scheme ftcs --out x.csv --dt" "evaluate plain.safetensors --points points.txt --out x.csv --activation"; do
    status=0
    # shellcheck disable=SC2086
    "$pinnscope" $arguments "missing/$file" >stdout.txt 2>stderr.txt || status=$?
    [ "$status" != 0 ] && [ "$status" -lt 3 ] && [ "$(wc -l <stderr.txt)" = 1 ] && good ||
      bad "$arguments: exit $status, $(head -c 300 stderr.txt)"
    clean "$arguments" stdout.txt stderr.txt
  done
done

# A key that is there twice is refused, by its name or its value.
for metadata in '"activation":"\u001b[31m\u202e"' '"\u001b[31m\u202e":"1","\u001b[31m\u202e":"2"'; do
  named plain.safetensors "$metadata" broken.safetensors
  "$pinnscope" info broken.safetensors >stdout.txt 2>stderr.txt && bad "$metadata is taken" || good
  clean "$metadata" stderr.txt
done

# Figures and the audit, by the name of a network.
cp "$source/datasets/viscous-1.safetensors" "$name"
cp "$source/datasets/inviscid-1.safetensors" "$invalid"
for program in fig-solutions fig-densities fig-spectra; do
  "${app[$program]}" --weights-viscous "$name" --weights-inviscid "$invalid" --out drawn >stdout.txt 2>stderr.txt &&
    [ ! -s stderr.txt ] && good || bad "$program: $(cat stderr.txt)"
  clean "$program" stdout.txt drawn/*.gp drawn/*.csv
done
"${app[audit]}" --weights-viscous "$name" --weights-inviscid "$invalid" --claims --draws 20 --published "$source/datasets/published" \
  --out audited >stdout.txt 2>stderr.txt && [ ! -s stderr.txt ] && good || bad "audit: $(cat stderr.txt)"
clean audit stdout.txt audited/*
grep -q '<script>\|<b>&' audited/audit.html audited/claims.md && bad "audit: text of a name is markup" || good
grep -qF '&lt;b&gt;&amp;&lt;script&gt;' audited/audit.html && good || bad "audit.html: the name is not shown"
# Every row of the CSV file is a line of as many cells: quotes inside are doubled.
equal "audit.csv, cells of a row" \
  "$(sed 's/""//g; s/"[^"]*"/cell/g' audited/audit.csv | awk -F , '{ print NF }' | sort -u)" 13

# Nothing of it ran.
for k in 1 2 3 4 5; do [ ! -e ran$k ] && [ -z "$(find . -name ran$k)" ] && good || bad "a name ran a command: ran$k"; done

close_cases
