# Cost against size on logarithmic axes, with lines of the slope that it should have.
width = 7.0; height = 6.8
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
  eval frame(0.085 + 0.5 * column, 0.485 + 0.5 * column, (0.49 + 3.4 * (1 - row)) / height, (2.39 + 3.4 * (1 - row)) / height)
  entry(j) = frame_top + (0.14 + 0.17 * (lines(k) + 1 - j)) / height
  eval panel(word('a b c d', k + 1), word(titles, k + 1))
  eval sprintf("set label 9 at screen %.4f, %.4f", frame_left, frame_top + (0.34 + 0.17 * lines(k)) / height)
  do for [j = 1:lines(k)] {
    eval legend_linespoints(j, frame_left, entry(j), sprintf("linewidth 1.4 linecolor rgb '%s'", colour(look(k, j))), sprintf("pointtype %d pointsize 0.6 linecolor rgb '%s'", marker(look(k, j)), colour(look(k, j))), sprintf('%s: slope %s', labels(k), slope(k, j)))
  }
  j = lines(k) + 1
  eval legend_line(j, frame_left, entry(j), "dashtype (6, 8) linewidth 1.0 linecolor rgb '".grey."'", sprintf('slope %d', expected(k)))
  eval x_name(word(names, k + 1))
  if (column == 0) { eval y_name('milliseconds', 0.45) } else { unset label 7 }
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
  if (k == 1) { set format x '%g'; set xtics (10, 20, 50, 100, 200, 300) } else { set format x '10^{%T}'; set xtics autofreq }
  plot guide(x) with lines dashtype (6, 8) linewidth 1.0 linecolor rgb grey, \
       for [j = 1:lines(k)] file using 1:j + 1 with linespoints linewidth 1.4 pointtype marker(look(k, j)) pointsize 0.6 linecolor rgb colour(look(k, j))
  eval no_legend
}
unset multiplot
