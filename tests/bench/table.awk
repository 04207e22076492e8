# Joins the rows of bench.csv to their targets, the measured limits and the peers.
#   awk -F , -v part=work|limits|floors|peers -v style=text|markdown -f table.awk targets.csv bench.csv

function number(value,  magnitude) {
  magnitude = value < 0 ? -value : value
  if (magnitude >= 99.95) return sprintf("%.0f", value)
  if (magnitude >= 9.995) return sprintf("%.1f", value)
  if (magnitude >= 0.9995) return sprintf("%.2f", value)
  return sprintf("%.3g", value)
}

# Times in whichever unit reads best.
function duration(ms) {
  if (ms >= 9999.5) return number(ms / 1000) " s"
  if (ms < 0.1) return number(1000 * ms) " us"
  return number(ms) " ms"
}

function key_of(work) { sub(/:.*/, "", work); return work }
function details_of(work) { sub(/^[^:]*: /, "", work); return work }

# Where less is better the row's number is a quantity, else a rate.
function less_is_better(unit) { return unit == "ms" || unit == "MB" || unit == "s" }

function quantity(row) {
  return less_is_better(unit[row]) ? number(rate[row]) " " unit[row] : \
         duration(median[row]) (rate[row] > 0 ? "; " number(rate[row]) " " unit[row] : "")
}

# How many times more the first row does; 0 where they cannot be compared.
function ratio(row, other) {
  if (unit[row] != unit[other] || rate[row] <= 0 || rate[other] <= 0) return 0
  return less_is_better(unit[row]) ? rate[other] / rate[row] : rate[row] / rate[other]
}

function target_text(key,  text) {
  if (!(key in target)) return "-"
  text = (less_is_better(target_unit[key]) ? "<= " target[key] " " target_unit[key] : \
          ">= " target[key] " " target_unit[key])
  return share[key] == "" ? text : text ", " 100 * share[key] " %"
}

# The share of each limit that a row reaches; share_of_first keeps the first for the target.
function limits_text(row, key,  count, i, names, parts, text, limit, share_here) {
  share_of_first = 0
  count = split(limits[key], names, " ")
  text = ""
  for (i = 1; i <= count; ++i) {
    split(names[i] "*1", parts, "*")
    limit = parts[1]
    if (!(limit in limit_rate)) continue
    share_here = rate[row] * parts[2] / limit_rate[limit]
    if (i == 1) share_of_first = share_here
    text = text (text == "" ? "" : "; ") number(100 * share_here) " % of " limit
  }
  return text == "" ? "-" : text
}

function reached(row, key,  value) {
  if (!(key in target)) return "-"
  value = target_unit[key] == "ms" ? median[row] : rate[row]
  if (less_is_better(target_unit[key]) ? value > target[key] : value < target[key]) return "no"
  return share[key] == "" || share_of_first >= share[key] ? "yes" : "no"
}

function add(c1, c2, c3, c4, c5, c6, c7) {
  ++lines
  cell[lines, 1] = c1; cell[lines, 2] = c2; cell[lines, 3] = c3; cell[lines, 4] = c4
  cell[lines, 5] = c5; cell[lines, 6] = c6; cell[lines, 7] = c7
}

function print_cells(columns,  i, j, width, line) {
  for (i = 1; i <= lines; ++i)
    for (j = 1; j <= columns; ++j) if (length(cell[i, j]) > width[j]) width[j] = length(cell[i, j])
  for (i = 1; i <= lines; ++i) {
    line = ""
    for (j = 1; j <= columns; ++j) {
      if (style == "markdown") line = line "| " cell[i, j] " "
      else line = line sprintf("%-" width[j] "s  ", cell[i, j])
    }
    sub(/ *$/, "", line)
    print style == "markdown" ? line " |" : line
    if (i == 1 && style == "markdown") {
      for (j = 1; j <= columns; ++j) printf "|---"
      print "|"
    }
  }
}

function best_peer(row,  i, best) {
  best = 0
  for (i = 1; i <= peers; ++i)
    if (key_of(work[peer[i]]) == key_of(work[row]) && ratio(row, peer[i]) > 0 &&
        (!best || ratio(row, peer[i]) < ratio(row, best))) best = peer[i]
  return best
}

function work_table(  i, row, key, best, limit) {
  add("work", "measured", "target", "reached", "share of the limit", "best peer", "ratio to it")
  for (i = 1; i <= ours; ++i) {
    row = own[i]
    key = key_of(work[row])
    best = best_peer(row)
    limit = limits_text(row, key)
    add(style == "markdown" ? key "<br>" details_of(work[row]) : key, quantity(row),
        target_text(key), reached(row, key), limit, best ? by[best] : "-",
        best ? number(ratio(row, best)) : "-")
  }
  print_cells(7)
}

# Limits as measured with several kernels of the BLAS: the best counts.
function limits_table(  i, row) {
  add("limit", "what", "rate")
  for (i = 1; i <= bounds; ++i) {
    row = limit_row[bound[i]]
    add(bound[i], details_of(work[row]), number(rate[row]) " " unit[row])
  }
  print_cells(3)
}

# What the work would take at the measured rate of products of matrices or vectors.
function floors_table(  i, row, names, limit) {
  add("work", "GFLOP", "limit", "least time at it", "target", "measured")
  for (i = 1; i <= ours; ++i) {
    row = own[i]
    split(limits[key_of(work[row])], names, " ")
    limit = names[1]
    if (unit[row] != "GFLOP/s" || !(limit in limit_rate)) continue
    add(key_of(work[row]), number(rate[row] * median[row] / 1000), \
        number(limit_rate[limit]) " GFLOP/s (" limit ")", \
        duration(median[row] * rate[row] / limit_rate[limit]), \
        target_text(key_of(work[row])), duration(median[row]))
  }
  print_cells(6)
}

function peers_table(  i, j, row) {
  add("work", "peer", "how", "measured", "pinnscope to peer")
  for (j = 1; j <= ours; ++j)
    for (i = 1; i <= peers; ++i) {
      row = peer[i]
      if (key_of(work[row]) != key_of(work[own[j]])) continue
      add(key_of(work[row]), by[row], details_of(work[row]), quantity(row),
          ratio(own[j], row) > 0 ? number(ratio(own[j], row)) : "-")
    }
  print_cells(5)
}

FNR == 1 { ++file; next }
file == 1 {
  target[$1] = $2; target_unit[$1] = $3; share[$1] = $4; limits[$1] = $5
  next
}
{
  ++rows
  work[rows] = $1; by[rows] = $2; median[rows] = $3; rate[rows] = $6; unit[rows] = $7
  if ($2 == "pinnscope") own[++ours] = rows
  else if ($2 != "machine") peer[++peers] = rows
  else {
    if (!(key_of($1) in limit_rate)) bound[++bounds] = key_of($1)
    if ($6 > limit_rate[key_of($1)]) { limit_rate[key_of($1)] = $6; limit_row[key_of($1)] = rows }
  }
}
END {
  if (part == "limits") limits_table()
  else if (part == "floors") floors_table()
  else if (part == "peers") peers_table()
  else work_table()
}
