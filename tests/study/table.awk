# The table of docs/neural-pde.md from what detection prints: of the bands of each structure, the
# percentage that is found, and after the stroke that which is the right one.
#   awk -F, -f table.awk CURVE.csv
NR == 1 { next }
$1 " " $2 " " $3 != planted {
  if (planted != "") rows = rows "\n"
  planted = $1 " " $2 " " $3
  rows = rows "| " $1 " | " $2 ", " $3 " |"
  first = first == "" ? planted : first
}
planted == first { heading = heading " " $4 " |"; rule = rule "---|" }
{ rows = rows sprintf(" %.0f / %.0f |", 100 * $8, 100 * $11) }
END { print "| planted | c, r |" heading "\n|---|---|" rule "\n" rows }
