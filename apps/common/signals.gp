# What arrives at the layers of networks: a row a state, then all of them by layer.
width = 7.0; height = 0.66 + 1.93 * (states + 1)
load 'style.gp'
set output output

letter(k) = word('a b c d e f g h i j k l', k)
colour(s) = word(states == 1 ? blue : grey.' '.blue.' '.vermilion, s)
marker(s) = int(word(states == 1 ? '7' : '6 7 9', s))
line_look(s) = sprintf("linewidth 1.5 linecolor rgb '%s'", colour(s))
point_look(s) = sprintf("pointtype %d pointsize 0.6 linecolor rgb '%s'", marker(s), colour(s))
neuron_colour(n) = word('#440154 #3E4A89 #31688E #26828E #1F9E89 #35B779 #6DCD59 #B4DE2C', n + 1)
top(row) = 1 - (0.62 + 1.93 * row) / height
bottom(row) = top(row) - 1.24 / height
layer_step = hidden > 12 ? ceil(hidden / 8.0) : 1
value_step = largest > 0.5 && largest <= 1 ? 0.5 : largest / 2.0
x_step = (x_high - x_low) / 2.0; t_step = (t_high - t_low) / 2.0
not_known(low) = sprintf("set label 1 'not known' at graph 0.5, 0.5 center; plot %g notitle; unset label 1", low - 1)
bar_beside = "set colorbox user origin screen %.4f, %.4f size screen 0.012, %.4f"

set multiplot
do for [s = 1:states] {
  eval legend_linespoints(s, 0.075 + 0.30 * (s - 1), 1 - 0.17 / height, line_look(s), point_look(s), word(names, s))
}
set cbtics scale 0.4
do for [s = 1:states] {
  b = bottom(s - 1); t = top(s - 1)
  set xrange [-0.5:hidden - 0.5]
  set xtics layer_step
  set format '%g'

  eval frame(0.075, 0.275, b, t)
  eval panel(letter(3 * s - 2), word(names, s))
  eval x_name('layer')
  eval y_name('neuron, as labelled', 0.40)
  set yrange [-0.5:neurons - 0.5]; set ytics autofreq
  set palette defined (-1 blue, 0 '#FFFFFF', 1 vermilion)
  set cbrange [-largest:largest]; set cbtics value_step
  set format cb '%.2g'
  eval sprintf(bar_beside, 0.285, b, t - b)
  set border front
  plot sheet.'-activations.csv' using 'layer':'neuron':sprintf('a_%d', s - 1) with image pixels
  if (s == 1) { eval no_legend }

  unset colorbox
  eval frame(0.405, 0.610, b, t)
  eval panel(letter(3 * s - 1), 'eight neurons')
  eval x_name('layer')
  eval y_name('{/:Italic a}', 0.36)
  set yrange [-1.08 * largest:1.08 * largest]; set ytics value_step
  set format y '%.2g'
  plot for [n = 0:(neurons < 8 ? neurons : 8) - 1] sheet.'-activations.csv' using 'layer':(column('neuron') == n ? column(sprintf('a_%d', s - 1)) : NaN) with linespoints linewidth 1.1 pointtype 7 pointsize 0.28 linecolor rgb neuron_colour(n)

  set format '%g'
  eval frame(0.705, 0.905, b, t)
  eval panel(letter(3 * s), 'exponent a layer')
  eval x_name('{/:Italic '.x_axis.'}')
  eval y_name('{/:Italic '.t_axis.'}', 0.36)
  set xrange [x_low:x_high]; set xtics x_step; set yrange [t_low:t_high]; set ytics t_step
  set palette defined (0 '#440154', 1 '#3B528B', 2 '#21918C', 3 '#5EC962', 4 '#FDE725')
  set cbrange [least_exponent:largest_exponent]; set cbtics 0.2
  eval sprintf(bar_beside, 0.915, b, t - b)
  if (exponents eq 'unknown') { eval not_known(t_low) } else {
    plot sheet.'-map.csv' using 'x':'t':sprintf('exponent_%d', s - 1) with image pixels
  }
  unset colorbox
}

set xrange [-0.5:hidden - 0.5]; set yrange [*:*]
set xtics layer_step
set ytics autofreq
eval x_name('layer')
titles = "'norm of the signal' 'saturated neurons' 'Jacobian of the inputs'"
axes = '"|{/:Italic a}|_2" "%" "log {/:Italic s}_1"'
files = 'l2_norm saturated log_s_1'
left(k) = k == 0 ? 0.075 : (k == 1 ? 0.405 : 0.705)
do for [k = 0:2] {
  eval frame(left(k), left(k) + 0.2 + (k == 0 ? 0.025 : 0.02), bottom(states), top(states))
  eval panel(letter(3 * states + k + 1), word(titles, k + 1))
  eval x_name('layer')
  eval y_name(word(axes, k + 1), 0.40)
  if (k < 2) { set yrange [0:*] } else { set yrange [*:*] }
  ordinate = word(ordinates, k + 1)
  if (ordinate eq 'unknown') { set yrange [0:1]; eval not_known(0) } else {
    if (ordinate ne 'auto') { eval 'set yrange '.ordinate }
    plot for [s = 1:states] sheet.'-layers.csv' using 'layer':((k == 1 ? 100 : 1) * column(word(files, k + 1).sprintf('_%d', s - 1))) with linespoints linewidth 1.5 pointtype marker(s) pointsize 0.5 linecolor rgb colour(s)
  }
}
unset multiplot
