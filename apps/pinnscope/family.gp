# Signals through layers of a family: realisations side by side, then mean and spread over all.
shown = realisations < 3 ? realisations : 3
width = 7.0; height = 4.8
load 'style.gp'
set output output

letter(k) = word('a b c d e f', k)
left(k, count) = 0.085 + 0.99 / count * k
wide(count) = 0.99 / count - 0.095
neuron_colour(n) = word('#440154 #3E4A89 #31688E #26828E #1F9E89 #35B779 #6DCD59 #B4DE2C', n + 1)
layer_step = layers > 12 ? ceil(layers / 6.0) : 1
lines = neurons < 8 ? neurons : 8
line_look(colour) = sprintf("linewidth 1.5 linecolor rgb '%s'", colour)
point_look(marker, colour) = sprintf("pointtype %d pointsize 0.5 linecolor rgb '%s'", marker, colour)
deviation(name) = realisations > 1 ? column(name.'_standard_deviation') : 0

# gnuplot warns of a range of one number: flat(k) is whether the k-th ordinate has one.
array flat[3]
names(k) = word('z_0 log_gain log_removed_in_all', k)
do for [k = 1:3] {
  stats (k == 1 ? 'signals.csv' : 'layers.csv') using names(k) nooutput
  flat[k] = STATS_max == STATS_min && (k != 1 || neurons == 1)
}
ordinate(k) = flat[k] ? 'set yrange [-1:1]' : 'set yrange [*:*]'

set multiplot
set xrange [-0.5:layers + 0.5]; set xtics layer_step
if (realisations == 1) { set errorbars 0 }
set label 1 family at screen 0.085, 1 - 0.16 / height left
top = 1 - 0.36 / height
eval legend_linespoints(1, 0.085, top, line_look(blue), point_look(7, blue), 'by weights, ('.letter(shown + 1).')')
eval legend_linespoints(2, 0.335, top, line_look(vermilion), point_look(9, vermilion), 'by activation, ('.letter(shown + 1).')')
eval legend_linespoints(3, 0.605, top, line_look(black), point_look(6, black), sprintf('divided out, (%s) and (%s)', letter(shown + 1), letter(shown + 2)))

low = 2.72 / height; high = 4.00 / height
do for [r = 0:shown - 1] {
  eval frame(left(r, shown), left(r, shown) + wide(shown), low, high)
  eval panel_above_note(letter(r + 1), sprintf('realisation %d', r).word(amplifications, r + 1))
  eval panel_note(word(notes, r + 1))
  eval x_name('layer')
  if (r == 0) { eval y_name('{/:Italic z}', 0.46) } else { unset label 7 }
  eval ordinate(1); set ytics autofreq
  plot for [n = 0:lines - 1] 'signals.csv' using (column('realisation') == r ? column('layer') : NaN):sprintf('z_%d', n) with linespoints linewidth 1.1 pointtype 7 pointsize 0.28 linecolor rgb neuron_colour(n)
  if (r == 0) { eval no_legend; unset label 1 }
}

low = 0.50 / height; high = 1.78 / height
unset label 10
eval frame(left(0, 3), left(0, 3) + wide(3), low, high)
eval panel(letter(shown + 1), 'log of the factor a layer')
eval x_name('layer')
eval y_name('natural logarithm', 0.46)
eval ordinate(2); set ytics autofreq
plot 'ensemble.csv' using 'layer':'log_gain_mean':(deviation('log_gain')) with yerrorlines linewidth 1.5 linecolor rgb blue pointtype 7 pointsize 0.4, \
     'ensemble.csv' using 'layer':'log_activation_mean':(deviation('log_activation')) with yerrorlines linewidth 1.5 linecolor rgb vermilion pointtype 9 pointsize 0.4, \
     'ensemble.csv' using 'layer':'log_removed_mean':(deviation('log_removed')) with yerrorlines linewidth 1.5 linecolor rgb black pointtype 6 pointsize 0.5

eval frame(left(1, 3), left(1, 3) + wide(3), low, high)
eval panel(letter(shown + 2), 'divided out in all')
eval x_name('layer')
eval ordinate(3)
plot for [r = 0:shown - 1] 'layers.csv' using (column('realisation') == r ? column('layer') : NaN):'log_removed_in_all' with linespoints linewidth 1.5 linecolor rgb black pointtype 6 pointsize 0.4

eval frame(left(2, 3), left(2, 3) + wide(3), low, high)
eval panel(letter(shown + 3), 'saturated neurons')
eval x_name('layer')
eval y_name('%', 0.40)
set yrange [-4:104]; set ytics 50
plot 'ensemble.csv' using 'layer':(100 * column('saturated_mean')):(100 * deviation('saturated')) with yerrorlines linewidth 1.5 linecolor rgb blue pointtype 7 pointsize 0.4
unset multiplot
