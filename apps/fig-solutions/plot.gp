# u(x, 0.3) of both problems, and how far the network is from the exact solution.
width = 7.0; height = 4.6
load 'style.gp'
set output output

set multiplot
set xrange [0:1]
set xtics 0.25
set lmargin 0; set rmargin 0; set tmargin 0; set bmargin 0
left_column(k) = k == 0 ? 0.085 : 0.585
right_column(k) = left_column(k) + 0.395

# The solutions.
set format x ''
do for [k = 0:1] {
  set lmargin at screen left_column(k); set rmargin at screen right_column(k)
  set bmargin at screen 0.42; set tmargin at screen 0.92
  set label 9 panel(k == 0 ? 'a' : 'b', k == 0 ? 'viscous, {/:Italic ν} = 0.01/π' : 'inviscid Riemann problem') at graph 0, 1.07 left
  set ylabel k == 0 ? '{/:Italic u}({/:Italic x}, 0.3)' : '' offset 1.5, 0
  data = k == 0 ? 'fig-solutions-viscous.csv' : 'fig-solutions-inviscid.csv'
  set yrange [(k == 0 ? -1.15 : -0.12):(k == 0 ? 1.15 : 1.35)]
  set ytics k == 0 ? 0.5 : 0.25
  set key top right width -1 samplen 2.4
  if (k == 0) {
    plot data using 'x':'initial' with lines dashtype 3 linewidth 1.2 linecolor rgb grey title 'initial condition', \
         data using 'x':'exact' with lines linewidth 2.6 linecolor rgb sky title reference_name, \
         data using 'x':'network' with lines dashtype 2 linewidth 1.6 linecolor rgb vermilion title 'network'
  } else {
    plot data using 'x':'initial' with lines dashtype 3 linewidth 1.2 linecolor rgb grey title 'initial condition', \
         data using 'x':'exact' with lines linewidth 2.6 linecolor rgb sky title 'exact', \
         data using 'x':'network' with lines dashtype 2 linewidth 1.6 linecolor rgb vermilion title 'network'
  }
}

# The errors.
set format x '%g'
set xlabel '{/:Italic x}' offset 0, 0.4
set logscale y
set format y '10^{%T}'
unset label 9
do for [k = 0:1] {
  set lmargin at screen left_column(k); set rmargin at screen right_column(k)
  set bmargin at screen 0.11; set tmargin at screen 0.37
  set ylabel k == 0 ? '|error|' : '' offset 1.0, 0
  data = k == 0 ? 'fig-solutions-viscous.csv' : 'fig-solutions-inviscid.csv'
  set yrange [(k == 0 ? 1e-7 : 1e-5):(k == 0 ? 1 : 10)]
  set ytics k == 0 ? 100 : 10
  set key top left samplen 2.4
  if (k == 0) {
    plot data using 'x':'reference_error' with lines linewidth 1.2 linecolor rgb blue title reference_error_name, \
         data using 'x':'network_error' with lines dashtype 2 linewidth 1.6 linecolor rgb vermilion title 'network'
  } else {
    plot data using 'x':'network_error' with lines dashtype 2 linewidth 1.6 linecolor rgb vermilion title 'network'
  }
}
unset multiplot
