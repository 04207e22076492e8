# One sheet a network: eigenvalues against the circular law, singular values, Marchenko-Pastur.
width = 7.0; height = as_published ? 7.5 : 7.3
load 'style.gp'
set output output

# The published colours of seven layers are Tol's bright ones, those of three are Okabe and Ito's.
tol = '#4477AA #EE6677 #228833 #CCBB44 #66CCEE #AA3377 #BBBBBB'
count = words(layers)
colour(l) = as_published ? word(tol, l) : word(vermilion.' '.green.' '.blue, l)
points(l) = as_published ? sprintf("pointtype 7 pointsize 0.4 linecolor rgb '%s'", colour(l)) : sprintf("pointtype %s pointsize 0.45 linecolor rgb '%s'", word('4 6 8', l), colour(l))
curve(l) = sprintf("linewidth 1.3 linecolor rgb '%s'", colour(l))
law = as_published ? "dashtype (6, 3) linewidth 1.8 linecolor rgb '#CC0000'" : "linewidth 1.8 linecolor rgb '".black."'"
random = "pointtype 7 pointsize 0.35 linecolor rgb '".grey."'"
circle = "linewidth 1.2 linecolor rgb '#666666'"
column_of(l, what) = 'layer'.word(layers, l).what

set multiplot
set samples 400
top = 1 - 0.17 / height
low = 1 - 0.37 / height
strip = as_published ? 0.78 : 0.58
eval legend_points(1, 0.085, top, random, 'Gaussian matrix')
eval legend_line(2, as_published ? 0.30 : 0.610, top, circle, as_published ? 'circle of radius rms' : 'unit circle')
eval legend_line(3, as_published ? 0.53 : 0.760, top, law, as_published ? 'Marchenko–Pastur, not rescaled' : 'Marchenko–Pastur')
do for [l = 1:count] {
  eval legend_points(3 + l, as_published ? 0.085 + 0.126 * (l - 1) : 0.26 + 0.115 * (l - 1), as_published ? low : top, points(l), 'layer '.word(layers, l))
}

# (a), (b): eigenvalues of W / (rms sqrt n).
set xrange [-eigenvalue_reach:eigenvalue_reach]; set yrange [-eigenvalue_reach:eigenvalue_reach]
set xtics 1; set ytics 1
set parametric; set trange [0:2 * pi]
set macros
do for [k = 0:1] {
  eval frame(0.085 + 0.515 * k, 0.465 + 0.515 * k, 1 - (strip + 0.38 * width) / height, 1 - strip / height)
  eval panel(k == 0 ? 'a' : 'b', k == 0 ? 'Gaussian matrix, 100 × 100' : network.' network')
  eval x_name('Re {/:Italic λ}')
  eval y_name('Im {/:Italic λ}', 0.36)
  if (k == 0) {
    r = as_published ? random_rms : 1
    plot r * cos(t), r * sin(t) with lines @circle title 'circle', \
         'fig-spectra-eigenvalues.csv' using (r * column('random_real')):(r * column('random_imaginary')) with points @random title 'Gaussian matrix'
    eval no_legend
  } else {
    plot cos(t), sin(t) with lines @circle title 'circle', \
         for [l = 1:count] stem.'-eigenvalues.csv' using column_of(l, '_real'):column_of(l, '_imaginary') \
           with points pointtype (as_published ? 7 : int(word('4 6 8', l))) pointsize 0.4 linecolor rgb colour(l) title 'layer '.word(layers, l)
  }
}
unset parametric

# (c) singular values on a log scale, as published without the square root of n.
eval frame(0.085, 0.465, 0.49 / height, 0.49 / height + 0.38 * width / height)
eval panel('c', 'singular values')
eval x_name('index')
eval y_name(as_published ? '{/:Italic s} / rms' : '{/:Italic s} / (rms √{/:Italic n})', 0.45)
set xrange [0:101]; set xtics 25
set logscale y; set yrange [(as_published ? 0.01 : 0.001):(as_published ? 100 : 10)]; set ytics 10; set format y '10^{%T}'
scale = as_published ? side : 1
random_scale = as_published ? random_rms * random_side : 1
if (as_published) {
  plot 'fig-spectra-singular-values.csv' using (column('index') - 1):(random_scale * column('random')) with points @random title 'Gaussian matrix', \
       for [l = 1:count] stem.'-singular-values.csv' using (column('index') - 1):(scale * column(column_of(l, ''))) with lines linewidth 1.3 linecolor rgb colour(l) title 'layer '.word(layers, l)
} else {
  plot 'fig-spectra-singular-values.csv' using 'index':'random' with points @random title 'Gaussian matrix', \
       for [l = 1:count] stem.'-singular-values.csv' using 'index':column_of(l, '') with points pointtype int(word('4 6 8', l)) pointsize 0.4 linecolor rgb colour(l) title 'layer '.word(layers, l)
}

# (d) the squared ones against Marchenko-Pastur: bars between the edges of their bins.
eval frame(0.600, 0.980, 0.49 / height, 0.49 / height + 0.38 * width / height)
eval panel_above_note('d', as_published ? 'squares above 0.05; the largest, layers 1–7:' : 'squared singular values; the largest:')
eval panel_note(largest)
eval x_name('{/:Italic s}^2 / ({/:Italic n} rms^2)')
eval y_name('density', 0.45)
unset logscale y; set format y '%g'
middle(a, b) = 0.5 * (column(a) + column(b))
span(a, b) = column(b) - column(a)
if (as_published) {
  set xrange [-0.5:15]; set xtics 5; set yrange [0:*]; set ytics auto
  plot for [l = 1:count] stem.'-histogram.csv' using (middle(column_of(l, '_lower'), column_of(l, '_upper'))):(column(column_of(l, ''))):(span(column_of(l, '_lower'), column_of(l, '_upper'))) \
         with boxes fillcolor rgb colour(l) fillstyle transparent solid 0.45 noborder title 'layer '.word(layers, l), \
       'fig-spectra-histogram.csv' using (middle('random_lower', 'random_upper')):'random' with histeps linewidth 1.3 linecolor rgb black title 'Gaussian matrix', \
       'fig-spectra-marchenko-pastur.csv' using 'x':'density' with lines @law title 'Marchenko–Pastur'
} else {
  set xrange [0:5]; set xtics 1; set yrange [0:2.5]; set ytics 0.5
  plot 'fig-spectra-marchenko-pastur.csv' using 'x':'density' with lines @law title 'Marchenko–Pastur', \
       for [l = 1:count] stem.'-histogram.csv' using (middle('lower', 'upper')):column_of(l, '') with histeps linewidth 1.5 linecolor rgb colour(l) title 'layer '.word(layers, l)
}
unset multiplot
