# Cost against size on logarithmic axes, with lines of the slope that it should have.
width = 7.0; height = 5.6
load 'style.gp'
set output output

names = 'points width cells weights'
lines(k) = word('3 2 3 1', k + 1) + 0
expected(k) = k == 1 ? 2 : 1
titles = "'points in a batch' 'width of 8 hidden layers' 'cells' 'weights of a layer'"
labels(k) = k == 0 ? word("'Adam step, width 100' 'Adam step, width 20' 'forward, width 100'", j) : \
            k == 1 ? word("'Adam step, 2000 points' 'forward, 2000 points'", j) : \
            k == 2 ? word("'Crank–Nicolson' 'RK4' 'FTCS'", j) : 'kernel density, 20 bandwidths'
look(k, j) = k == 1 && j == 2 ? 3 : j  # a forward pass looks alike in both panels
colour(j) = word(vermilion.' '.blue.' '.green, j)
marker(j) = word('7 5 9', j) + 0
slope(k, j) = value(sprintf('%s_slope_%d', word(names, k + 1), j))

set multiplot
set logscale xy
set format x '10^{%T}'
set format y '10^{%T}'
do for [k = 0:3] {
  column = k % 2; row = k / 2
  set lmargin at screen 0.085 + 0.5 * column; set rmargin at screen 0.485 + 0.5 * column
  set tmargin at screen 0.945 - 0.49 * row; set bmargin at screen 0.595 - 0.49 * row
  set label 9 panel(word('a b c d', k + 1), word(titles, k + 1)) at graph 0, 1.06 left
  set xlabel word(names, k + 1) offset 0, 0.5
  set ylabel column == 0 ? 'milliseconds' : '' offset 1.4, 0
  file = sprintf('performance-%s.csv', word(names, k + 1))
  set autoscale
  stats file using 1 every ::1 nooutput name 'x'
  stats file using 2 every ::1 nooutput name 'y'
  set xrange [x_min / 1.4:x_max * 1.4]
  least = y_min
  do for [j = 2:lines(k)] {
    stats file using j + 1 every ::1 nooutput name 'other'
    least = other_min < least ? other_min : least
  }
  set yrange [least / 2:*]
  guide(x) = 2.2 * y_max * (x / x_max)**expected(k)
  set key top left width -2 samplen 2.2 font ',9'
  if (k == 1) { set format x '%g'; set xtics (10, 20, 50, 100, 200, 300) } else { set format x '10^{%T}'; set xtics autofreq }
  plot for [j = 1:lines(k)] file using 1:j + 1 with linespoints linewidth 1.4 pointtype marker(look(k, j)) pointsize 0.6 linecolor rgb colour(look(k, j)) title sprintf('%s: slope %s', labels(k), slope(k, j)), \
       guide(x) with lines dashtype 2 linewidth 1.0 linecolor rgb grey title sprintf('slope %d', expected(k))
}
unset multiplot
