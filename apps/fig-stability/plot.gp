# Eight cells through fifteen steps of each scheme at U = D = dt = dx = 1, periodic.
width = 7.0; height = as_published ? 5.6 : 5.5
load 'style.gp'
set output output

cell(i) = word('#440154 #46327E #365C8D #277F8E #1FA187 #4AC16D #A0DA39 #E6C200', i + 1)  # viridis
columns = as_published ? 2 : 3
panels = as_published ? 4 : 6
wide = as_published ? 0.405 : 0.245
pitch = as_published ? 0.50 : 0.33
signed_log(z) = (z < 0 ? -1 : 1) * log10(1 + abs(z) / 0.01)
norms = 'rk4 ftcs tanh_chain crank_nicolson'
norm_names = "'RK4' 'FTCS' 'tanh chain' 'Crank–Nicolson'"
norm_colour(j) = word(vermilion.' '.orange.' '.black.' '.blue, j)
norm_marker(j) = int(word('5 7 9 11', j))

set multiplot
set xrange [-0.5:15.5]
set xtics 5
top = 1 - 0.17 / height
low = 1 - 0.37 / height
do for [i = 0:7] {
  eval legend_line(i + 1, 0.08 + 0.115 * i, top, sprintf("linewidth 1.6 linecolor rgb '%s'", cell(i)), sprintf('cell %d', i))
}
if (!as_published) {
  do for [j = 1:4] {
    eval legend_linespoints(8 + j, 0.08 + 0.23 * (j - 1), low, sprintf("linewidth 1.6 linecolor rgb '%s'", norm_colour(j)), sprintf("pointtype %d pointsize 0.5 linecolor rgb '%s'", norm_marker(j), norm_colour(j)), word(norm_names, j).', (f)')
  }
}

# Panels (a) to (d) normalised; (e) RK4 as it is; (f) the norms of all runs as they are.
bottom(row) = (0.49 + (1 - row) * (as_published ? 2.58 : 2.46)) / height
tall = (as_published ? 1.75 : 1.56) / height
do for [k = 0:panels - 1] {
  column = k % columns; row = k / columns
  eval frame(0.08 + pitch * column, 0.08 + pitch * column + wide, bottom(row), bottom(row) + tall)
  eval panel_above_note(word('a b c d e f', k + 1), word(names, k + 1))
  eval panel_note(word(notes, k + 1))
  if (row == 1) { eval x_name('step') } else { unset label 8 }
  if (k < 4) {
    if (column == 0) { eval y_name('{/:Italic z_i} / |{/:Italic z}|_1', 0.42) } else { unset label 7 }
    set yrange [-0.45:0.45]; set ytics 0.2; set format y '%g'
    plot for [i = 0:7] word(files, k + 1) using 1:(column(i + 2)) with linespoints linewidth 1.1 pointtype 7 pointsize 0.28 linecolor rgb cell(i) title sprintf('cell %d', i)
    eval no_legend
  }
  if (k == 4) {
    unset label 7
    set yrange [-13.5:13.5]
    set ytics ('−10^9' -11, '−10^6' -8, '−10^3' -5, '0' 0, '10^3' 5, '10^6' 8, '10^9' 11)
    plot for [i = 0:7] word(files, k + 1) using 1:(signed_log(column(i + 2))) with linespoints linewidth 1.1 pointtype 7 pointsize 0.28 linecolor rgb cell(i) title sprintf('cell %d', i)
  }
  if (k == 5) {
    eval y_name('|{/:Italic z}|_1', 0.44)
    set logscale y; set yrange [0.05:1e12]; set ytics 1000; set format y '10^{%T}'
    plot for [j = 1:4] word(files, 6) using 'step':word(norms, j) with linespoints linewidth 1.4 pointtype norm_marker(j) pointsize 0.4 linecolor rgb norm_colour(j) title word(norm_names, j)
  }
}
unset multiplot
