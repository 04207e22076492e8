#!/usr/bin/env bash
# The figures: what their data say, and that no legend stands on a curve.
#   figures.sh FIG-SOLUTIONS FIG-DENSITIES FIG-SPECTRA FIG-STABILITY PINNSCOPE
source "$(dirname "${BASH_SOURCE[0]}")/cases.sh"
programs "$@"
reference=${PINNSCOPE_REFERENCE_DIR:-$source/../shared}
cd "$directory" || exit 1

# draw OUT APP OPTION...: the figure ends well and says nothing on stderr.
draw() {
  local out=$1 name=$2
  shift 2
  if "${app[$name]}" --out "$out" "$@" >"$out.txt" 2>stderr.txt && [ ! -s stderr.txt ]; then
    good
  else
    bad "$name $*: $(head -c 300 stderr.txt)"
  fi
}

# agrees NAME AWK-PROGRAM FILE...: the program prints nothing.
agrees() {
  local name=$1 found
  shift
  found=$(awk -F , "$@" 2>&1 | head -n 3)
  [ -z "$found" ] && good || bad "$name: $found"
}

# number FILE NAME: the value of a checked number.
number() { awk -F '\t' -v name="$2" '$1 == "check" && $2 == name { print $3 }' "$1"; }

# network DIRECTORY KIND: nine layers, 2-20-...-20-1, whose hidden matrices are diagonal or filled.
network() {
  mkdir "$1"
  awk -v directory="$1" -v kind="$2" '
    function entry(layer, i, j) {
      if (kind == "filled") {  # a triangular law on (-0.6, 0.6), from a linear congruence
        state = (state * 1103515245 + 12345) % 2147483648; first = state / 2147483648
        state = (state * 1103515245 + 12345) % 2147483648
        return 0.6 * (first - state / 2147483648)
      }
      if (i != j) return 0
      return layer == 4 ? (i <= 15 ? 2 : 4) : layer == 7 ? (i < 20 ? 1 : 10) : i
    }
    BEGIN {
      state = 1
      for (layer = 0; layer < 9; ++layer) {
        rows = layer == 0 ? 2 : 20; columns = layer == 8 ? 1 : 20
        file = directory "/weights_burgers_layer" layer ".txt"
        print "# W" >file
        for (i = 1; i <= rows; ++i) {
          line = ""
          for (j = 1; j <= columns; ++j) {
            square = rows == 20 && columns == 20
            line = line (square ? entry(layer, i, j) : 0.1 * i + 0.01 * j) " "
          }
          print line >file
        }
        close(file)
        file = directory "/biases_burgers_layer" layer ".txt"
        print "# b" >file
        line = ""
        for (j = 1; j <= columns; ++j) line = line 0.1 * j * (j % 3 - 1) " "
        print line >file
        close(file)
      }
    }'
}
network diagonal diagonal
network filled filled

draw own fig-solutions --weights-viscous "$source/datasets/viscous-1.safetensors" \
  --weights-inviscid "$source/datasets/inviscid-1.safetensors"
draw own fig-stability
draw own fig-growth
for what in "linear chains, slope of log growth against log |G|" "linear chains, largest distance from log |G|" \
            "log of what normalisation divided out of RK4 in 15 layers" "share of saturated neurons of the tanh chain of FTCS"; do
  equal "growth: $what" "$(awk -F '\t' -v name="growth: $what" '$2 == name { print $5 }' own.txt)" ok
done
# Schemes that are unstable amplify, stable ones do not, and every growth is what |G| says.
agrees "growth" '
  NR == 1 { for (i = 1; i <= NF; ++i) at[$i] = i; next }
  { g = $at["amplification"]; d = $at["linear"] / g - 1 }
  d > 1e-6 || d < -1e-6 { print "growth " $at["linear"] " at |G| = " g }
  $at["mark"] == 0 && g > 1 + 1e-9 { print "a stable scheme with |G| = " g }
  $at["mark"] < 2 { ++schemes } $at["mark"] == 1 && g > 1.1 { ++amplified }
  END { if (schemes < 100 || amplified < 30) print schemes " schemes, " amplified " that amplify" }' own/fig-growth.csv
draw own fig-propagation --weights-viscous "$source/datasets/viscous-1.safetensors" \
  --weights-inviscid "$source/datasets/inviscid-1.safetensors"
mkdir shallow
for layer in 0 1; do cp filled/*_layer$((8 * layer)).txt shallow; done
mv shallow/weights_burgers_layer8.txt shallow/weights_burgers_layer1.txt
mv shallow/biases_burgers_layer8.txt shallow/biases_burgers_layer1.txt
status=0
"${app[fig-propagation]}" --out shallow_figure --weights-viscous shallow --weights-inviscid shallow >stdout.txt 2>stderr.txt || status=$?
equal "one hidden layer" "$status $(cat stderr.txt)" \
  "1 fig-propagation: shallow: expected 2 inputs (x, t), 2 hidden layers or more and the widths of shallow"
# Exponents of record: before training, and at the end where it is calm and in the shock.
for record in "viscous network, exponent a layer at x = 0.1:0.28" "viscous network, exponent a layer at x = 0.5:0.82"; do
  equal "${record%:*}" "$(awk -F '\t' -v what="propagation: ${record%:*}" \
    'index($2, what) == 1 { printf "%.2f", $3 }' own.txt)" "${record#*:}"
done
draw own fig-densities --weights-viscous filled --weights-inviscid filled
cp own.txt own-densities.txt
draw own fig-spectra --weights-viscous diagonal --weights-inviscid diagonal
mkdir published
for name in fig-solutions fig-stability; do
  options=()
  [ $name = fig-stability ] || options=(--weights-viscous "$source/datasets/viscous-1.safetensors"
    --weights-inviscid "$source/datasets/inviscid-1.safetensors")
  draw published $name --as-published "${options[@]}"
done
draw published fig-densities --as-published --weights-viscous filled --weights-inviscid filled
cp published.txt densities.txt
draw published fig-spectra --as-published --weights-viscous diagonal --weights-inviscid diagonal
"${app[pinnscope]}" spectra filled --out drawn --plots --draws 0 >/dev/null 2>&1 && good ||
  bad "spectra --plots"

# The shock and the step are jumps: two points at one x, 0.5 + 0.5 t.
for jump in initial:0.5 exact:0.65; do
  agrees "jump, ${jump%:*}" -v x="${jump#*:}" '
    NR == 3 && !($1 - x < 1e-15 && x - $1 < 1e-15 && $2 == 1) { print "above: " $0 }
    NR == 4 && !($1 - x < 1e-15 && x - $1 < 1e-15 && $2 == 0) { print "below: " $0 }
    END { if (NR != 5) print NR " lines" }' "own/fig-solutions-inviscid-${jump%:*}.csv"
done

# Bins of a histogram of weights: what lies between the edges, and all of it with what lies beyond.
for layer in 1 4 7; do
  agrees "densities, layer $layer" -v weights="filled/weights_burgers_layer$layer.txt" '
    BEGIN {
      while ((getline line <weights) > 0) {
        if (line ~ /^#/) continue
        n = split(line, entry, " ")
        for (k = 1; k <= n; ++k) weight[++count] = entry[k]
      }
    }
    NR == 1 { if ($0 != "lower,upper,density") print $0; next }
    {
      if (NR > 2 && $1 != upper) print "bins do not meet at " $1
      upper = $2
      expected = 0
      for (k = 1; k <= count; ++k) expected += weight[k] >= $1 && weight[k] < $2
      mass = $3 * ($2 - $1) * count
      if (mass - expected > 1e-6 || expected - mass > 1e-6) print $0 ": expected " expected
      sum += expected
    }
    END { if (NR != 51 || count != 400 || sum > 399) print NR - 1 " bins, " sum " of " count }' \
    "own/fig-densities-viscous-layer$layer-histogram.csv"
done

# Squared singular values of a diagonal matrix are n d^2 / sum d^2: each in its bin, those beyond
# the axis in the normalisation.
agrees "spectra, histogram" '
  function d(layer, i) { return layer == 4 ? (i <= 15 ? 2 : 4) : layer == 7 ? (i < 20 ? 1 : 10) : i }
  NR == 1 { if ($0 != "lower,upper,layer1,layer4,layer7") print $0; next }
  {
    split("1 4 7", layers, " ")
    for (l = 1; l <= 3; ++l) {
      sum = 0; inside = 0
      for (i = 1; i <= 20; ++i) sum += d(layers[l], i) ^ 2
      for (i = 1; i <= 20; ++i) {
        value = 20 * d(layers[l], i) ^ 2 / sum
        inside += value >= $1 && value < $2
      }
      found = $(l + 2) * ($2 - $1) * 20
      if (found - inside > 1e-9 || inside - found > 1e-9) print $0 ": expected " inside
    }
  }
  END { if (NR != 26) print NR " lines" }' own/fig-spectra-viscous-histogram.csv

# As published: seven layers of thirty bins each, between the smallest value above 0.05 and the
# largest, all of mass one, and a Gaussian matrix beside.
agrees "spectra, published histograms" '
  NR == 1 { if (NF != 21 || $19 != "layer7_lower") print $0; next }
  { for (l = 0; l < 7; ++l) {
      if ($(3 * l + 1) <= 0.05) print "below the cut: " $0
      mass[l] += $(3 * l + 3) * ($(3 * l + 2) - $(3 * l + 1)); last[l] = $(3 * l + 2)
    } }
  END {
    if (NR != 31) print NR " lines"
    for (l = 0; l < 7; ++l) if (mass[l] - 1 > 1e-9 || 1 - mass[l] > 1e-9) print "mass " mass[l]
    largest = 20 * 400 / 2870
    if (last[0] - largest > 1e-9 || largest - last[0] > 1e-9) print "the largest: " last[0]
  }' published/fig-spectra-viscous-histogram.csv
agrees "spectra, published Gaussian" '
  NR == 1 { if ($0 != "random_lower,random_upper,random") print $0; next }
  { mass += $3 * ($2 - $1) }
  END { if (NR != 31 || mass - 1 > 1e-9 || 1 - mass > 1e-9) print NR " lines, mass " mass }' \
  published/fig-spectra-histogram.csv
equal "another network is not judged by published numbers" \
  "$(grep -c 'kurtosis.*\(ok\|differs\)$' own-densities.txt)" 0
equal "theta is half the bandwidth" \
  "$(number densities.txt "densities: viscous-layer1, theta as published")" \
  "$(awk -v h="$(number densities.txt "densities: viscous-layer1, bandwidth")" \
    'BEGIN { printf "%.6g", h / 2 }')"

if [ -d "$reference/paper" ]; then
  draw paper fig-densities --as-published --weights-viscous "$reference/paper/weights_sine" \
    --weights-inviscid "$reference/paper/weights_riemann"
  equal "kurtoses as printed" "$(grep -c 'kurtosis.*ok$' paper.txt)" 12
  # The printed winners of the scan, half of the printed bandwidths, and p of the printed distances
  # (scipy.stats.kstwobign with 10,000 entries).
  while read -r name beta theta p; do
    equal "$name, beta" "$(number paper.txt "densities: $name, beta")" "$beta"
    equal "$name, theta" "$(number paper.txt "densities: $name, theta as published")" "$theta"
    agrees "$name, p" -v found="$(number paper.txt "densities: $name, p as published")" -v p="$p" \
      'BEGIN { if (found > 1.03 * p || found < 0.97 * p) print found, p }'
  done <<'TEXT'
viscous-layer1 4 0.00719225 0.0924
viscous-layer4 3 0.0116786 0.00754
viscous-layer7 6 0.0116786 0.0552
inviscid-layer1 2 0.0116786 0.00617
inviscid-layer7 6 0.00564419 0.4956
TEXT
  equal "inviscid-layer4, beta" "$(number paper.txt "densities: inviscid-layer4, beta")" 1
  draw paper fig-spectra --as-published --weights-viscous "$reference/paper/weights_sine" \
    --weights-inviscid "$reference/paper/weights_riemann"
  # Squared singular values over n rms^2, by NumPy.
  for row in "viscous 13.68 12.50 11.89 11.26 9.98 11.92 5.75" \
    "inviscid 25.57 28.83 22.32 15.33 13.32 11.56 5.42"; do
    read -r name values <<<"$row"
    layer=0 note=
    for value in $values; do
      layer=$((layer + 1))
      found=$(number paper.txt "spectra: $name layer$layer, largest s^2 / (n rms^2), edge at 4")
      agrees "$name layer $layer, the largest" -v found="$found" -v value="$value" \
        'BEGIN { if (found - value > 0.0051 || value - found > 0.0051) print found, value }'
      note+=${note:+, }$(printf '%.1f' "$found")
    done
    equal "largest of each layer" "$(grep '^largest = ' "paper/fig-spectra-$name.gp")" \
      "largest = '$note'"
  done
else
  skip "the published networks are not there"
fi

# svg FILE: its frames and its words, a line each: "frame LEFT TOP RIGHT BOTTOM" or "text LEFT TOP
# RIGHT BOTTOM WORDS". A letter is taken as 0.46 of its size wide.
svg() {
  LC_ALL=C awk '
    match($0, /d=.M[-0-9.,]+ L[-0-9., L]+ Z/) {
      path = substr($0, RSTART + 4, RLENGTH - 6); gsub(/L/, "", path)
      if (split(path, corner, " +") == 5) {
        split(corner[1], a, ","); split(corner[3], b, ",")
        # Bars of a histogram and keys are polygons or rectangles of another kind; a frame is large.
        if ((b[1] - a[1]) ^ 2 > 4900 && (b[2] - a[2]) ^ 2 > 4900)
          print "frame", (a[1] < b[1] ? a[1] : b[1]), (a[2] < b[2] ? a[2] : b[2]),
                (a[1] < b[1] ? b[1] : a[1]), (a[2] < b[2] ? b[2] : a[2])
      }
    }
    match($0, /translate\([-0-9.,]+\)/) {
      split(substr($0, RSTART + 10, RLENGTH - 11), at, ",")
      turned = /rotate\(-90\)/; anchor = /"end"/ ? 1 : /"middle"/ ? 0.5 : 0
      size = match($0, /font-size="[0-9.]+/) ? substr($0, RSTART + 11, RLENGTH - 11) : 12
    }
    /<text/ {
      words = $0; gsub(/<[^>]*>/, "", words); gsub(/&[a-z]+;/, "x", words)
      gsub(/[\200-\277]/, "", words)  # a letter of UTF-8 is one
      gsub(/^[ \t]+|[ \t]+$/, "", words)
      long = 0.46 * size * length(words); up = 0.7 * size; down = 0.1 * size
      if (turned) print "text", at[1] - up, at[2] - (1 - anchor) * long, at[1] + down,
                        at[2] + anchor * long, words
      else print "text", at[1] - anchor * long, at[2] - up, at[1] + (1 - anchor) * long, at[2] + down,
                 words
    }' "$1"
}

if command -v gnuplot >/dev/null; then
  count=0
  for file in own/*.svg published/*.svg drawn/*.svg; do
    count=$((count + 1))
    # No words in a frame, beyond the sheet, or on other words.
    found=$(svg "$file" | awk -v sheet="$(sed -n 's/.*viewBox="0 0 \([0-9.]* [0-9.]*\)".*/\1/p' "$file")" '
      function meet(a, b, slack) {
        return left[a] < right[b] - slack && left[b] < right[a] - slack &&
               upper[a] < lower[b] - slack && upper[b] < lower[a] - slack
      }
      { left[NR] = $2; upper[NR] = $3; right[NR] = $4; lower[NR] = $5; kind[NR] = $1
        words[NR] = $0; sub(/^([^ ]+ ){5}/, "", words[NR]); frames += $1 == "frame" }
      END {
        split(sheet, size, " ")
        if (frames < 2 || NR < frames + 10) print "read " frames " frames of " NR
        for (a = 1; a <= NR; ++a) {
          if (kind[a] != "text") continue
          if (left[a] < 0 || upper[a] < 0 || right[a] > size[1] || lower[a] > size[2])
            print "\"" words[a] "\" leaves the sheet"
          for (b = 1; b <= NR; ++b)
            if (kind[b] == "frame" && meet(a, b, 1)) print "\"" words[a] "\" stands in a frame"
            else if (kind[b] == "text" && b < a && meet(a, b, 1.5))
              print "\"" words[a] "\" stands on \"" words[b] "\""
        }
      }')
    [ -z "$found" ] && good || bad "$file: $(head -n 3 <<<"$found")"
    grep -q 'font-family="Liberation Sans, Arial' "$file" && good || bad "$file: one font alone"
  done
  equal "sheets drawn" "$count" 13

  # A gnuplot whose picture is cut short, on a full disk say, and that ends well: the picture that
  # was there stays.
  mkdir drawer
  cat >drawer/gnuplot <<'SCRIPT'
#!/usr/bin/env bash
output=${2##*output=\'} output=${output%\'}
PATH=${PATH#*:} gnuplot -e "${2%%; output=*}; output='$0.whole'" "$3"
case $2 in
  *"='$CUT'"*) head -c "$(($(stat -c %s "$0.whole") - 4))" "$0.whole" >"$output" ;;
  *) cat "$0.whole" >"$output" ;;
esac
exit 0
SCRIPT
  chmod +x drawer/gnuplot
  for format in svg png pdf; do
    cp -r own cut
    echo older >"cut/fig-stability.$format"
    status=0
    CUT=$format PATH=$PWD/drawer:$PATH "${app[fig-stability]}" --out cut >/dev/null 2>stderr.txt || status=$?
    equal "a $format cut short" "$status $(wc -l <stderr.txt) $(cat "cut/fig-stability.$format")" "1 1 older"
    grep -q "^fig-stability: cut/fig-stability.gp: gnuplot could not draw it as $format" stderr.txt && good ||
      bad "a $format cut short: $(cat stderr.txt)"
    rm -r cut
  done

  # The bars of the spectra stand on the edges of their bins, 0.2 wide on an axis to 5.
  found=$(awk '
    match($0, /d=.M[-0-9.,]+ L[-0-9., L]+ Z/) { frame = substr($0, RSTART + 4, RLENGTH - 6) }
    /gnuplot_plot_[234]d"/ { inside = 1 }
    /<\/g>/ && path != "" { inside = 0; paths[++count] = path; path = "" }
    inside && /[0-9]+,[0-9]/ { line = $0; sub(/.*M/, "", line); gsub(/[L\/>\047g<]/, "", line); path = path " " line }
    END {
      gsub(/L/, "", frame); split(frame, corner, " +")
      split(corner[1], a, ","); split(corner[3], b, ",")
      width = (b[1] - a[1]) / 25
      if (count != 3) print count " histograms"
      for (p = 1; p <= count; ++p) {
        n = split(paths[p], point, " ")
        for (k = 1; k <= n; ++k) {
          split(point[k], at, ",")
          place = (at[1] - a[1]) / width; off = place - int(place + 0.5)
          if (off > 0.1 || off < -0.1) print "a side " off " bins off"
          ++sides
        }
      }
      if (sides < 50) print sides " sides"
    }' own/fig-spectra-viscous.svg | sort | uniq -c | head -n 3)
  [ -z "$found" ] && good || bad "spectra (d): $found"
  grep -q 'layer 1: 2.8; layer 4: 2.3; layer 7: 16.8' own/fig-spectra-viscous.svg && good ||
    bad "spectra (d): expected the layer of each largest value"

  # The exact solution of (b) in the picture: some stretch of it is vertical and as high as the jump.
  found=$(awk '
    match($0, /d=.M[-0-9.,]+ L[-0-9., L]+ Z/) { frame = substr($0, RSTART + 4, RLENGTH - 6) }
    /gnuplot_plot_2b"/ { inside = 1 }
    inside && match($0, /d=.M[-0-9., L]+/) { print substr($0, RSTART + 4, RLENGTH - 4); exit }' \
    own/fig-solutions.svg | tr -d L | awk '{
      for (k = 2; k <= NF; ++k) {
        split($(k - 1), a, ","); split($k, b, ",")
        if (a[1] == b[1] && b[2] - a[2] > 100) print "vertical"
      }
    }')
  equal "solutions (b): the shock" "$found" vertical
else
  skip "gnuplot is not installed"
fi

close_cases
