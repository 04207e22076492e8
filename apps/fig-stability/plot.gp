# Eight cells through fifteen steps of each scheme at U = D = dt = dx = 1, periodic.
width = 7.0; height = as_published ? 5.2 : 4.9
load 'style.gp'
set output output

cell(i) = word('#440154 #46327E #365C8D #277F8E #1FA187 #4AC16D #A0DA39 #E6C200', i + 1)
set multiplot
set tmargin 0; set bmargin 0; set lmargin 0; set rmargin 0
set xrange [-0.5:15.5]
set xtics 5
columns = as_published ? 2 : 3
panels = as_published ? 4 : 6
wide = as_published ? 0.40 : 0.245
pitch = as_published ? 0.505 : 0.33
signed_log(z) = (z < 0 ? -1 : 1) * log10(1 + abs(z) / 0.01)

# Panels (a) to (d) normalised; (e) RK4 as it is; (f) the norms of all runs as they are.
do for [k = 0:panels - 1] {
  column = k % columns; row = k / columns
  set lmargin at screen 0.08 + pitch * column; set rmargin at screen 0.08 + pitch * column + wide
  set tmargin at screen 0.94 - 0.475 * row; set bmargin at screen 0.60 - 0.475 * row
  set label 9 panel(word('a b c d e f', k + 1), word(names, k + 1)) at graph 0, 1.07 left
  set xlabel row == 1 ? 'step' : '' offset 0, 0.5
  unset key
  set label 1 word(notes, k + 1) at graph 0.96, (k == 4 ? 0.5 : 0.92) right
  if (k == 2) { set key bottom right horizontal maxrows 3 samplen 0.6 width 0.5 font ',7.5' title '' }
  if (k < 4) {
    set ylabel column == 0 ? '{/:Italic z_i} / |{/:Italic z}|_1' : '' offset 1.2, 0
    set yrange [-0.45:0.45]; set ytics 0.2; set format y '%g'
    plot for [i = 0:7] word(files, k + 1) using 1:(column(i + 2)) with linespoints linewidth 1.1 pointtype 7 pointsize 0.28 linecolor rgb cell(i) title sprintf('cell %d', i)
  }
  if (k == 4) {
    unset ylabel
    set yrange [-13.5:13.5]
    set ytics ('-10^9' -11, '-10^6' -8, '-10^3' -5, '0' 0, '10^3' 5, '10^6' 8, '10^9' 11)
    plot for [i = 0:7] word(files, k + 1) using 1:(signed_log(column(i + 2))) with linespoints linewidth 1.1 pointtype 7 pointsize 0.28 linecolor rgb cell(i)
  }
  if (k == 5) {
    set ylabel '|{/:Italic z}|_1' offset 1.4, 0
    set logscale y; set yrange [0.05:1e15]; set ytics 1000; set format y '10^{%T}'
    unset label 1
    set key top left vertical maxrows 4 font ',9' samplen 1.6 width 0 title ''
    plot word(files, 6) using 'step':'rk4' with linespoints linewidth 1.4 pointtype 5 pointsize 0.35 linecolor rgb vermilion title 'RK4', \
         '' using 'step':'ftcs' with linespoints linewidth 1.4 pointtype 7 pointsize 0.35 linecolor rgb orange title 'FTCS', \
         '' using 'step':'tanh_chain' with linespoints linewidth 1.4 pointtype 9 pointsize 0.35 linecolor rgb black title 'tanh chain', \
         '' using 'step':'crank_nicolson' with linespoints linewidth 1.4 pointtype 11 pointsize 0.35 linecolor rgb blue title 'Crank–Nicolson'
  }
}
unset multiplot
