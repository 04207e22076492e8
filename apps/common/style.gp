# What all figures share. Called with format = svg, png or pdf, and width, height in inches.
set encoding utf8
set datafile separator ','
set datafile missing 'nan'

face = 'Liberation Sans'
if (format eq 'svg') set terminal svg enhanced size 96*width, 96*height font face.',12' background 'white'
if (format eq 'pdf') set terminal pdfcairo enhanced color size width in, height in font face.',9' background 'white'
if (format eq 'png') set terminal pngcairo enhanced size 300*width, 300*height font face.',9' fontscale 3.125 linewidth 3.125 pointscale 3.125 background 'white'

# Okabe and Ito's colours, told apart by colour-blind eyes; lines differ in dash or marker too.
black = '#000000'; orange = '#E69F00'; sky = '#56B4E9'; green = '#009E73'
yellow = '#F0E442'; blue = '#0072B2'; vermilion = '#D55E00'; purple = '#CC79A7'; grey = '#999999'

set border linewidth 0.8 linecolor rgb '#333333'
set tics nomirror out scale 0.6
set key Left reverse samplen 2 spacing 1.05 noopaque
set style fill solid 0.35 noborder
unset grid

# A panel's letter and name, above its upper left corner.
panel(letter, name) = sprintf('{/:Bold (%s)} %s', letter, name)
