#!/usr/bin/env bash
# The page of a directory of figures, its checked numbers as CSV and as a table.
#   figure_index.sh FIGURE-INDEX
source "$(dirname "${BASH_SOURCE[0]}")/cases.sh"
index=$(realpath "$1")
cd "$directory" || exit 1

mkdir out
touch out/fig-stability.{svg,png,gp} out/fig-stability{,-rk4}.csv out/fig-solutions.pdf 'out/=<a>.csv' out/audit.html
printf '%s\t%s\t%s\t%s\t%s\n' check 'largest |G|, "FTCS"' 1.5 1.5 ok check '=1+1' -2 - differs >lines
printf 'caption\tfig-stability\ta < b & c\ncaption\tfig-solutions\tnot shown\nwords of another kind\n' >>lines
if "$index" --out out <lines >stdout.txt 2>stderr.txt && [ ! -s stderr.txt ]; then good; else
  bad "expected success, found: $(head -c 300 stderr.txt)"
fi
cat >expected.csv <<'CSV'
name,value,expected,verdict
"largest |G|, ""FTCS""",1.5,1.5,ok
"'=1+1",-2,-,differs
CSV
cmp -s expected.csv out/checks.csv && good || bad "checks.csv: $(cat out/checks.csv)"
cat >expected.txt <<'TEXT'
checked number       value  expected  verdict
largest |G|, "FTCS"    1.5       1.5  ok
=1+1                    -2         -  differs
TEXT
cmp -s expected.txt stdout.txt && good || bad "the table: $(cat stdout.txt)"

# holds WORDS: the page has this line.
holds() { grep -qxF -- "$1" out/index.html && good || bad "index.html has no line: $1"; }
holds '<title>pinnscope: figures</title>'
holds '<img src="fig-stability.svg" alt="fig-stability">'
holds '<figcaption>a &lt; b &amp; c<br>'
holds '<a href="fig-stability.svg">SVG</a>'
holds '<a href="fig-stability-rk4.csv">rk4.csv</a>'
holds '<a href="fig-stability.csv">fig-stability.csv</a>'
holds '<a href="=&lt;a&gt;.csv">=&lt;a&gt;.csv</a>'
holds '<a href="checks.csv">checks.csv</a>'
holds '<tr class="differs"><td>=1+1<td>-2<td>-<td>differs'
holds '<h2>The audit</h2>'
equal "figures without a picture" "$(grep -c 'fig-solutions\|fig-stability.pdf\|not shown' out/index.html)" 0
equal "the end of the page" "$(tail -n 1 out/index.html)" '</html>'

"$index" --out absent <lines >stdout.txt 2>stderr.txt && bad "a directory that is not there: expected a failure"
[ "$(wc -l <stderr.txt)" = 1 ] && grep -q '^figure-index: absent/checks.csv: ' stderr.txt && good ||
  bad "a directory that is not there: $(cat stderr.txt)"
close_cases
