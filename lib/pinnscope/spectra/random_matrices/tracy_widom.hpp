#pragma once

namespace pinnscope {

/// @file
/// The law of Tracy and Widom (Communications in Mathematical Physics 177, 1996) for beta = 1: of
/// the largest eigenvalue of a real symmetric, or the largest squared singular value of a real
/// rectangular matrix, centred and scaled (see edge_laws.hpp). By the Fredholm determinant
///     F1(s) = det(1 - V),   V(x, y) = Ai((x + y) / 2) / 2 on L2(s, infinity)
/// (Ferrari and Spohn, J. Physics A 38, 2005) with Gauss's nodes (Bornemann, Mathematics of
/// Computation 79, 2010), below s = -7 by the expansion for -infinity. Some thousand Airy functions
/// a call; nothing allocates. NaN gives NaN.

/// F1(s), to 1e-14 absolutely, and to 2e-7 relatively in the left tail.
double tracy_widom_distribution(double s) noexcept;

/// 1 - F1(s), to 1e-12 relatively where it is not below the smallest double.
double tracy_widom_survival(double s) noexcept;

/// The s with F1(s) = p; infinite for 0 and 1, NaN outside of [0, 1]. Some ten evaluations of F1.
double tracy_widom_quantile(double p) noexcept;

/// The law for beta = 2 (complex matrices), F2(s) = det(1 - V) det(1 + V), to 1e-14 absolutely.
double tracy_widom_unitary_distribution(double s) noexcept;

}  // namespace pinnscope
