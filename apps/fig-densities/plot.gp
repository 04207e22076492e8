# Densities of the weights of layers 1, 4 and 7: histogram, kernel density, generalised Gaussian.
width = 7.0; height = 5.0
load 'style.gp'
set output output

set multiplot
top = 1 - 0.17 / height
eval legend_box(1, 0.08, top, "fillcolor rgb '".bar."' fillstyle solid 1.0 border linecolor rgb '".bar_edge."'", 'histogram')
eval legend_line(2, 0.245, top, "linewidth 2.6 linecolor rgb '".sky."'", as_published ? 'kernel density, {/:Italic θ} = half its bandwidth' : 'kernel density')
eval legend_line(3, as_published ? 0.60 : 0.45, top, "linewidth 1.4 linecolor rgb '".vermilion."'", as_published ? 'generalised Gaussian, whole {/:Italic β}' : 'generalised Gaussian, best {/:Italic β}')
set xrange [-reach:reach]
set xtics 0.25
set ytics 1
do for [k = 0:5] {
  row = k / 3; column = k % 3
  eval frame(0.08 + 0.318 * column, 0.345 + 0.318 * column, 0.575 - 0.475 * row, 0.865 - 0.475 * row)
  network = word(networks, row + 1)
  layer = word('1 4 7', column + 1)
  eval panel_above_note(word('a b c d e f', k + 1), network.', layer '.layer)
  eval panel_note(word(notes, k + 1))
  if (row == 1) { eval x_name('weight') } else { unset label 8 }
  if (column == 0) { eval y_name('density', 0.36) } else { unset label 7 }
  set yrange [0:real(word(heights, row + 1))]
  stem = 'fig-densities-'.network.'-layer'.layer
  plot stem.'-histogram.csv' using (0.5 * (column('lower') + column('upper'))):'density':(column('upper') - column('lower')) with boxes fillcolor rgb bar fillstyle solid 1.0 border linecolor rgb bar_edge linewidth 0.4 title 'histogram', \
       stem.'-curves.csv' using 'x':'kernel_density' with lines linewidth 2.6 linecolor rgb sky title 'kernel density', \
       stem.'-curves.csv' using 'x':'generalized_gaussian' with lines linewidth 1.4 linecolor rgb vermilion title 'generalised Gaussian'
  eval no_legend
}
unset multiplot
