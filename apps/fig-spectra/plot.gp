# One sheet a network: eigenvalues against the circular law, singular values, Marchenko-Pastur.
width = 7.0; height = 7.0
load 'style.gp'
set output output

set multiplot
set tmargin 0; set bmargin 0; set lmargin 0; set rmargin 0
set samples 400
colour(k) = word(black.' '.vermilion.' '.green.' '.blue, k + 1)

# (a), (b): eigenvalues of W / (rms sqrt n) and the unit circle.
set xrange [-eigenvalue_reach:eigenvalue_reach]; set yrange [-eigenvalue_reach:eigenvalue_reach]
set xtics 1; set ytics 1
set xlabel 'Re {/:Italic λ}' offset 0, 0.4
set parametric; set trange [0:2 * pi]
do for [k = 0:1] {
  set size ratio -1
  set lmargin at screen 0.085 + 0.5 * k; set rmargin at screen 0.475 + 0.5 * k
  set tmargin at screen 0.955; set bmargin at screen 0.565
  set ylabel k == 0 ? 'Im {/:Italic λ}' : '' offset 1.0, 0
  set key top right width -1 samplen 0.5
  if (k == 0) {
    set label 9 panel('a', 'Gaussian matrix') at graph 0, 1.07 left
    plot cos(t), sin(t) with lines linewidth 1.2 linecolor rgb grey notitle, \
         'fig-spectra-eigenvalues.csv' using 'random_real':'random_imaginary' with points pointtype 6 pointsize 0.4 linecolor rgb black notitle
  } else {
    set label 9 panel('b', network.' network, layers 1, 4, 7') at graph 0, 1.07 left
    plot cos(t), sin(t) with lines linewidth 1.2 linecolor rgb grey notitle, \
         for [l = 1:3] eigenvalue_file using word('layer1_real layer4_real layer7_real', l):word('layer1_imaginary layer4_imaginary layer7_imaginary', l) \
           with points pointtype int(word('4 6 8', l)) pointsize 0.4 linecolor rgb colour(l) title 'layer '.word('1 4 7', l)
  }
}
unset parametric
set size noratio

# (c) singular values on a log scale; (d) the squared ones against Marchenko-Pastur.
set lmargin at screen 0.085; set rmargin at screen 0.475
set tmargin at screen 0.465; set bmargin at screen 0.075
set label 9 panel('c', 'singular values') at graph 0, 1.07 left
set xlabel 'index' offset 0, 0.4
set ylabel '{/:Italic s} / (rms √{/:Italic n})' offset 1.5, 0
set xrange [0:101]; set xtics 25
set logscale y; set yrange [0.001:10]; set ytics 10; set format y '10^{%T}'
set key bottom left samplen 1.0
plot 'fig-spectra-singular-values.csv' using 'index':'random' with points pointtype 7 pointsize 0.3 linecolor rgb grey title 'Gaussian', \
     for [l = 1:3] singular_file using 'index':word('layer1 layer4 layer7', l) \
       with points pointtype int(word('4 6 8', l)) pointsize 0.35 linecolor rgb colour(l) title 'layer '.word('1 4 7', l)

set lmargin at screen 0.585; set rmargin at screen 0.975
set label 9 panel('d', 'squared singular values') at graph 0, 1.07 left
set xlabel '{/:Italic s}^2 / ({/:Italic n} rms^2)' offset 0, 0.4
set ylabel 'density' offset 1.5, 0
unset logscale y; set format y '%g'
set xrange [0:5]; set xtics 1; set yrange [0:2.5]; set ytics 0.5
set key top right samplen 1.4
set label 1 beyond at graph 0.96, 0.66 right
plot for [l = 1:3] histogram_file using 'centre':word('layer1 layer4 layer7', l) \
       with steps linewidth 1.3 linecolor rgb colour(l) title 'layer '.word('1 4 7', l), \
     'fig-spectra-marchenko-pastur.csv' using 'x':'density' with lines linewidth 1.8 linecolor rgb black title 'Marchenko–Pastur'
unset multiplot
