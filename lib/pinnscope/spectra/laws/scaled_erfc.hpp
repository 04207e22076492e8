#pragma once

namespace pinnscope {

/// exp(x^2) erfc(x), which neither overflows nor underflows for x >= -26, to 1e-15 relative
/// for x >= 0. Rational minimax approximations of W. J. Cody, Math. Comp. 23, 1969, "Rational
/// Chebyshev approximations for the error function", as in his CALERF.
double scaled_erfc(double x) noexcept;

}  // namespace pinnscope
