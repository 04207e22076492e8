# Growth a layer against the largest |G|, and two chains that look calm although |G| > 1.
width = 7.0; height = 5.6
load 'style.gp'
set output output

top = 1 - 0.17 / height
low = 1 - 0.37 / height
marker(m) = int(word('6 7 8 4', m))
mark_colour(m) = word(blue.' '.vermilion.' '.green.' '.purple, m)
look(m) = sprintf("pointtype %d pointsize 0.6 linecolor rgb '%s'", marker(m), mark_colour(m))
place(m) = 0.085 + real(word('0 0.195 0.41 0.615', m))
names = "'stable scheme' 'unstable scheme' 'other circulant' 'random, spectral radius'"
line_look(colour) = sprintf("linewidth 1.6 linecolor rgb '%s'", colour)
left(k) = 0.085 + 0.50 * k
wide = 0.40
amplification(m) = column('mark') == m - 1 ? column('amplification') : NaN

set multiplot
do for [m = 1:4] { eval legend_points(m, place(m), top, look(m), word(names, m)) }
eval legend_line(5, place(1), low, sprintf("linewidth 1.0 linecolor rgb '%s'", grey), 'growth = |{/:Italic G}|')
eval legend_line(6, place(2) + 0.015, low, "linewidth 1.2 dashtype 2 linecolor rgb '#000000'", 'all neurons at 1')
eval legend_linespoints(7, place(3) + 0.03, low, line_look(blue), sprintf("pointtype 6 pointsize 0.6 linecolor rgb '%s'", blue), 'as it is shown')
eval legend_linespoints(8, place(4) + 0.03, low, line_look(vermilion), sprintf("pointtype 7 pointsize 0.6 linecolor rgb '%s'", vermilion), 'without what hides it')

bottom = 3.26 / height; high = 4.94 / height
set logscale xy
set xrange [0.005:900]; set yrange [0.005:900]
set xtics 10; set ytics 10

eval frame(left(0), left(0) + wide, bottom, high)
eval panel('a', 'no activation')
eval x_name('largest |{/:Italic G}|')
eval y_name('growth a layer', 0.50)
plot x with lines linewidth 1.0 linecolor rgb grey, \
     for [m = 1:4] 'fig-growth.csv' using (amplification(m)):'linear' with points pointtype marker(m) pointsize 0.5 linecolor rgb mark_colour(m)
eval no_legend

eval frame(left(1), left(1) + wide, bottom, high)
eval panel('b', 'tanh, large; with ReLU, small; alone, plus')
eval x_name('largest |{/:Italic G}|')
unset label 7
plot x with lines linewidth 1.0 linecolor rgb grey, \
     (x > 3 ? neurons : NaN) with lines linewidth 1.2 dashtype 2 linecolor rgb black, \
     'fig-growth.csv' using 'amplification':'tanh_alone' with points pointtype 1 pointsize 0.5 linecolor rgb black, \
     for [m = 1:4] 'fig-growth.csv' using (amplification(m)):'blend' with points pointtype marker(m) pointsize 0.25 linecolor rgb mark_colour(m), \
     for [m = 1:4] 'fig-growth.csv' using (amplification(m)):'tanh' with points pointtype marker(m) pointsize 0.6 linecolor rgb mark_colour(m)

bottom = 0.50 / height; high = 2.22 / height
unset logscale x
set xrange [-0.5:15.5]; set xtics 5
set yrange [0.1:1e12]; set ytics 1000; set format y '10^{%T}'

eval frame(left(0), left(0) + wide, bottom, high)
eval panel_above_note('c', 'calm because normalised')
eval panel_note('RK4, |{/:Italic G}| = 5')
eval x_name('layer')
eval y_name('|{/:Italic z}|_1', 0.50)
plot 'fig-growth-calm.csv' using 'layer':'rk4_shown' with linespoints linewidth 1.6 pointtype 6 pointsize 0.5 linecolor rgb blue, \
     '' using 'layer':'rk4' with linespoints linewidth 1.6 pointtype 7 pointsize 0.5 linecolor rgb vermilion

eval frame(left(1), left(1) + wide, bottom, high)
eval panel_above_note('d', 'calm because saturated')
eval panel_note('tanh chain of FTCS, |{/:Italic G}| = 3')
eval x_name('layer')
unset label 7
plot 'fig-growth-calm.csv' using 'layer':'tanh_chain' with linespoints linewidth 1.6 pointtype 6 pointsize 0.5 linecolor rgb blue, \
     '' using 'layer':'ftcs' with linespoints linewidth 1.6 pointtype 7 pointsize 0.5 linecolor rgb vermilion
unset multiplot
