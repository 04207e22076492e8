#pragma once

#include "pinnscope/step/stepper.hpp"

namespace pinnscope::apps {

/// Prints what a step does in the end, for every scheme on the grid of `config`: the spectral
/// radius of its matrix, ends included, and the verdict on it; beside them the largest |G| of a
/// periodic grid of as many cells and the largest dt that is stable, rounded down to what is
/// printed. Below, of the scheme of `config`, how far a signal can grow before, in `steps` steps,
/// where the matrix is not normal; and why there is no verdict where there is none.
void print_stability(const Stepper<double>::Config& config, long long steps);

/// The number of `digits` significant decimal digits next to a positive `number` from below.
double rounded_down(double number, int digits);

}  // namespace pinnscope::apps
