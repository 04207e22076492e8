# Spectra of all layers of the first run: eigenvalues, singular values, what was learned and kept.
width = 7.0; height = 2.5
load 'style.gp'
set output output
set key autotitle columnhead

set palette defined (0 '#00204D', 0.25 '#414D6B', 0.5 '#7C7B78', 0.75 '#BCAF6F', 1 '#FFE945')  # cividis
set cbrange [0:layers - 1]; unset colorbox
set multiplot
set tmargin at screen 0.87; set bmargin at screen 0.19

set lmargin at screen 0.065; set rmargin at screen 0.305
set label 9 panel('a', 'eigenvalues') at graph 0, 1.07 left
set size ratio -1
set xrange [-1.6:1.6]; set yrange [-1.6:1.6]; set xtics 1; set ytics 1
set xlabel 'Re {/:Italic λ} / (rms √{/:Italic n})' offset 0, 0.5
set ylabel 'Im' offset 0.6, 0
set parametric; set trange [0:2 * pi]
plot cos(t), sin(t) with lines linewidth 1.0 linecolor rgb grey notitle, \
     'eigenvalues.csv' using ($1 == 0 ? $3 : NaN):4:2 with points pointtype 7 pointsize 0.25 linecolor palette notitle
unset parametric
set size noratio

set lmargin at screen 0.395; set rmargin at screen 0.635
set label 9 panel('b', 'singular values') at graph 0, 1.07 left
set xlabel 'index' offset 0, 0.5
set ylabel '{/:Italic s} / rms' offset 2.0, 0
set xrange [0:*]; set xtics auto; set logscale y; set yrange [0.01:*]; set ytics 10; set format y '10^{%T}'
plot 'singular_values.csv' using ($1 == 0 ? $3 : NaN):4:2 with points pointtype 7 pointsize 0.25 linecolor palette notitle
unset logscale y; set format y '%g'

set lmargin at screen 0.725; set rmargin at screen 0.965
set label 9 panel('c', 'learned and kept') at graph 0, 1.07 left
set xlabel 'layer (dark to light in a, b)' offset 0, 0.5
set ylabel 'share' offset 1.5, 0
set xrange [-0.5:layers - 0.5]; set xtics 2; set yrange [0:1.35]; set ytics 0.5
set key top left samplen 1.2 width -4
plot 'layers.csv' using 'layer':(column('run') == 0 ? column(bulks ? 'energy_outside_bulk' : 'zero_share') : NaN) with linespoints pointtype 7 pointsize 0.4 linewidth 1.3 linecolor rgb vermilion title bulks ? 'energy out of the bulk' : 'singular values of zero', \
     'layers.csv' using 'layer':(column('run') == 0 ? column('surviving_share') : NaN) with linespoints pointtype 4 pointsize 0.4 linewidth 1.3 linecolor rgb blue title 'variance of the start'
unset multiplot
