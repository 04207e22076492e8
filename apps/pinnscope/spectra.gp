# Spectra of all layers of the first run: eigenvalues, singular values, what was learned and kept.
width = 7.0; height = 1.08 + 0.24 * width
load 'style.gp'
set output output

set palette defined (0 '#00204D', 0.25 '#414D6B', 0.5 '#7C7B78', 0.75 '#BCAF6F', 1 '#FFE945')  # cividis
set cbrange [0:layers > 1 ? layers - 1 : 1]; unset colorbox
top = 1 - 0.17 / height
high = 1 - 0.58 / height
low = 0.50 / height
energy = "pointtype 7 pointsize 0.4 linecolor rgb '".vermilion."'"
outside = bulks ? 'energy out of the bulk' : 'singular values of zero'
start = "pointtype 4 pointsize 0.4 linecolor rgb '".blue."'"

set multiplot
eval legend_points(1, 0.070, top, "pointtype 7 pointsize 0.5 linecolor rgb '#00204D'", 'layer 0')
if (layers > 1) {
  eval legend_points(2, 0.185, top, "pointtype 7 pointsize 0.5 linecolor rgb '#FFE945'", sprintf(layers > 2 ? '… to layer %d, dark to light' : 'layer %d', layers - 1))
}
eval legend_points(3, 0.520, top, energy, outside)
eval legend_points(4, 0.765, top, start, 'variance of the start')

eval frame(0.070, 0.310, low, high)
eval panel('a', 'eigenvalues')
eval x_name('Re {/:Italic λ} / (rms √{/:Italic n})')
eval y_name('Im {/:Italic λ} / (rms √{/:Italic n})', 0.36)
set xrange [-1.6:1.6]; set yrange [-1.6:1.6]; set xtics 1; set ytics 1
set parametric; set trange [0:2 * pi]
plot cos(t), sin(t) with lines linewidth 1.0 linecolor rgb grey title 'unit circle', \
     'eigenvalues.csv' using (column('run') == 0 ? column('real') : NaN):'imaginary':'layer' with points pointtype 7 pointsize 0.25 linecolor palette title 'layers, dark to light'
unset parametric
eval no_legend

eval frame(0.400, 0.640, low, high)
eval panel('b', 'singular values')
eval x_name('index')
eval y_name('{/:Italic s} / rms', 0.40)
set xrange [0:*]; set offsets 0, graph 0.03, 0, 0; set xtics auto; set logscale y; set yrange [0.01:*]; set ytics 10; set format y '10^{%T}'
plot 'singular_values.csv' using (column('run') == 0 ? column('index') : NaN):'value':'layer' with points pointtype 7 pointsize 0.25 linecolor palette title 'layers, dark to light'
unset logscale y; set format y '%g'; unset offsets

eval frame(0.735, 0.975, low, high)
eval panel('c', 'learned and kept')
eval x_name('layer')
eval y_name('share', 0.40)
set xrange [-0.5:layers - 0.5]; spacing = layers > 12 ? 5 : layers > 4 ? 2 : 1
set xtics spacing; set yrange [-0.03:1.05]; set ytics 0.5
plot 'layers.csv' using 'layer':(column('run') == 0 ? column(bulks ? 'energy_outside_bulk' : 'zero_share') : NaN) with linespoints pointtype 7 pointsize 0.4 linewidth 1.3 linecolor rgb vermilion title outside, \
     'layers.csv' using 'layer':(column('run') == 0 ? column('surviving_share') : NaN) with linespoints pointtype 4 pointsize 0.4 linewidth 1.3 linecolor rgb blue title 'variance of the start'
unset multiplot
