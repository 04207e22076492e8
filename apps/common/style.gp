# What all figures share. Called with format = svg, png or pdf, and width, height in inches.
set encoding utf8
set datafile separator ','
set datafile missing 'nan'

face = 'Liberation Sans'
if (format eq 'svg') set terminal svg enhanced size 96*width, 96*height rounded font face.',12' background 'white'
if (format eq 'pdf') set terminal pdfcairo enhanced color rounded size width in, height in font face.',9' fontscale 0.75 linewidth 1.5 background 'white'
if (format eq 'png') set terminal pngcairo enhanced rounded size 300*width, 300*height font face.',9' fontscale 3.125 linewidth 3.125 pointscale 3.125 background 'white'

# Okabe and Ito's colours, told apart by colour-blind eyes; lines differ in width or marker too.
black = '#000000'; orange = '#E69F00'; sky = '#56B4E9'; green = '#009E73'
yellow = '#F0E442'; blue = '#0072B2'; vermilion = '#D55E00'; purple = '#CC79A7'; grey = '#888888'
bar = '#C4C4C4'; bar_edge = '#777777'

set border linewidth 0.8 linecolor rgb '#333333'
set tics nomirror out scale 0.6
set minussign
set style fill solid 1.0 noborder
unset grid
unset key

# Places are in inches from the frame of a panel: the terminals disagree on how large a letter is.
# `eval frame(left, right, bottom, top)` in shares of the sheet, then what goes around it.
frame(l, r, b, t) = sprintf("set lmargin at screen %.4f; set rmargin at screen %.4f; set bmargin at screen %.4f; set tmargin at screen %.4f; frame_left = %.4f; frame_right = %.4f; frame_bottom = %.4f; frame_top = %.4f", l, r, b, t, l, r, b, t)
panel(letter, name) = sprintf("set label 9 '{/:Bold (%s)}\302\240%s' at screen %.4f, %.4f left", letter, name, frame_left, frame_top + 0.12 / height)
panel_note(words) = sprintf("set label 10 '%s' at screen %.4f, %.4f left", words, frame_left, frame_top + 0.11 / height)
panel_above_note(letter, name) = sprintf("set label 9 '{/:Bold (%s)}\302\240%s' at screen %.4f, %.4f left", letter, name, frame_left, frame_top + 0.28 / height)
x_name(name) = sprintf("set label 8 '%s' at screen %.4f, %.4f center", name, (frame_left + frame_right) / 2, frame_bottom - 0.36 / height)
y_name(name, inches) = sprintf("set label 7 '%s' at screen %.4f, %.4f center rotate by 90", name, frame_left - inches / width, (frame_bottom + frame_top) / 2)
set xtics offset 0, (format eq 'svg' ? 0.35 : 0)
set ytics offset (format eq 'svg' ? 0.5 : 0), 0
set format '%g'

# Legends stand in a strip of their own, where no format puts them on a curve: gnuplot's keys are as
# wide as a terminal guesses its letters to be. `eval` an entry, numbered from 1, with its left end
# (x, y) on the sheet, before the first plot, and no_legend behind it.
stroke = 0.30 / width  # as long as the sample of an entry
legend_text(i, x, y, name) = sprintf("set label %d '%s' at screen %.4f, %.4f left front; ", 100 + i, name, x + 1.2 * stroke, y)
legend_line(i, x, y, look, name) = legend_text(i, x, y, name).sprintf("set arrow %d from screen %.4f, %.4f to screen %.4f, %.4f nohead front %s", 100 + i, x, y, x + stroke, y, look)
legend_points(i, x, y, look, name) = legend_text(i, x, y, name).sprintf("set label %d '' at screen %.4f, %.4f point %s", 200 + i, x + 0.65 * stroke, y, look)
legend_linespoints(i, x, y, look, points, name) = legend_line(i, x, y, look, name).sprintf("; set label %d '' at screen %.4f, %.4f front point %s", 200 + i, x + 0.5 * stroke, y, points)
legend_box(i, x, y, look, name) = legend_text(i, x, y, name).sprintf("set object %d rectangle from screen %.4f, %.4f to screen %.4f, %.4f %s", 100 + i, x + 0.25 * stroke, y - 0.05 / height, x + stroke, y + 0.05 / height, look)
no_legend = "do for [i = 101:120] { unset label i; unset arrow i; unset object i; unset label 100 + i }"
