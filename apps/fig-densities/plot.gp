# Densities of the weights of layers 1, 4 and 7: histogram, kernel density, generalised Gaussian.
width = 7.0; height = 4.6
load 'style.gp'
set output output

set multiplot
set tmargin 0; set bmargin 0; set lmargin 0; set rmargin 0
set xrange [-0.5:0.5]
set xtics 0.25
do for [row = 0:1] {
  do for [column = 0:2] {
    set lmargin at screen 0.075 + 0.315 * column; set rmargin at screen 0.345 + 0.315 * column
    set tmargin at screen 0.93 - 0.465 * row; set bmargin at screen 0.59 - 0.465 * row
    k = 3 * row + column
    set label 9 panel(word('a b c d e f', k + 1), word(networks, row + 1).', layer '.word('1 4 7', column + 1)) at graph 0, 1.07 left
    set xlabel row == 1 ? 'weight' : '' offset 0, 0.4
    set ylabel column == 0 ? 'density' : '' offset 1.5, 0
    set yrange [0:real(word(heights, row + 1))]
    set ytics 1
    set key top right samplen 1.6 width (k == 0 ? -3 : -1)
    stem = 'fig-densities-'.word(networks, row + 1).'-layer'.word('1 4 7', column + 1)
    beta = word(betas, k + 1)
    plot stem.'-histogram.csv' using 'centre':'density' with boxes linecolor rgb '#BBBBBB' title (k == 0 ? 'histogram' : ''), \
         stem.'-curves.csv' using 'x':'kernel_density' with lines linewidth 2.2 linecolor rgb sky title (k == 0 ? 'kernel density' : ''), \
         stem.'-curves.csv' using 'x':'generalized_gaussian' with lines dashtype 2 linewidth 1.6 linecolor rgb vermilion title (k == 0 ? 'gen. Gaussian, ' : '').'{/:Italic β} = '.beta
  }
}
unset multiplot
