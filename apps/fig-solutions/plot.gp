# u(x, 0.3) of both problems, and how far the network is from the exact solution.
width = 7.0; height = as_published ? 3.1 : 4.9
load 'style.gp'
set output output

initial_look = as_published ? "dashtype 2 linewidth 1.8 linecolor rgb '".grey."'" : "dashtype (2, 6) linewidth 1.2 linecolor rgb '".grey."'"
exact_look = as_published ? "linewidth 1.8 linecolor rgb '".blue."'" : "linewidth 4 linecolor rgb '".sky."'"
network_look = as_published ? "dashtype (2, 3) linewidth 1.8 linecolor rgb '".black."'" : "linewidth 1.3 linecolor rgb '".vermilion."'"
reference_look = "linewidth 1.3 linecolor rgb '".blue."'"

set multiplot
set xrange [0:1]
set xtics 0.25
left(k) = k == 0 ? 0.095 : 0.600
right(k) = left(k) + 0.385
top = 1 - 0.17 / height
name(k) = k == 0 ? 'viscous, {/:Italic ν} = 0.01/π' : 'inviscid Riemann problem'

# The solutions.
eval legend_line(1, 0.095, top, initial_look, 'initial data')
eval legend_line(2, as_published ? 0.26 : 0.285, top, exact_look, as_published ? 'pseudo-spectral (a), exact (b)' : 'exact')
eval legend_line(3, as_published ? 0.60 : 0.425, top, network_look, 'network')
if (!as_published) eval legend_line(4, 0.600, top, reference_look, '98-mode pseudo-spectral reference')
do for [k = 0:1] {
  eval frame(left(k), right(k), as_published ? 0.15 : 0.475, 1 - 0.56 / height)
  eval panel(k == 0 ? 'a' : 'b', name(k))
  eval x_name('{/:Italic x}')
  eval y_name('{/:Italic u}({/:Italic x}, 0.3)', 0.54)
  stem = k == 0 ? 'fig-solutions-viscous' : 'fig-solutions-inviscid'
  set yrange [(k == 0 ? -1.15 : -0.12):(k == 0 ? 1.15 : 1.12)]
  set ytics k == 0 ? 0.5 : 0.25
  set macros
  plot stem.'-initial.csv' using 'x':'u' with lines @initial_look title 'initial data', \
       stem.(as_published && k == 0 ? '.csv' : '-exact.csv') using 'x':(as_published && k == 0 ? column('exact') : column('u')) with lines @exact_look title 'exact solution', \
       stem.(as_published ? '.csv' : '-network.csv') using 'x':(as_published ? column('network') : column('u')) with lines @network_look title 'network'
  eval no_legend
}

# The errors; what is 0 to rounding, at the ends, has no logarithm to show.
if (!as_published) {
  set logscale y
  set format y '10^{%T}'
  error(e) = e > 1e-12 ? e : NaN
  do for [k = 0:1] {
    eval frame(left(k), right(k), 0.10, 0.335)
    eval panel(k == 0 ? 'c' : 'd', 'distance from the exact solution')
    eval x_name('{/:Italic x}')
    eval y_name('|{/:Italic u} − {/:Italic u}_{exact}|', 0.54)
    stem = k == 0 ? 'fig-solutions-viscous' : 'fig-solutions-inviscid'
    set yrange [(k == 0 ? 1e-7 : 1e-5):(k == 0 ? 1 : 10)]
    set ytics k == 0 ? 100 : 10
    if (k == 0) {
      plot stem.'.csv' using 'x':(error(column('reference_error'))) with lines @reference_look title '98-mode reference', \
           '' using 'x':(error(column('network_error'))) with lines @network_look title 'network'
    } else {
      plot stem.'.csv' using 'x':(error(column('network_error'))) with lines @network_look title 'network'
    }
  }
}
unset multiplot
