#pragma once

#include <cstddef>

namespace pinnscope {

/// @file
/// Laws of the eigenvalues z of an n x n matrix with independent standard normal entries, divided
/// by sqrt(n), for n itself and not its limit. Of complex entries with E|w|^2 = 1 the set n |z|^2
/// is one of n independent Gamma(k, 1), k = 1..n (Kostlan, Linear Algebra and its Applications
/// 162-164, 1992). Real entries have the same limit, but eigenvalues on the real axis besides.
/// Precondition of all: n > 0. Nothing allocates.

/// P(|z| <= r) of an eigenvalue picked at random, (1/n) sum_k P(k, n r^2) with P the regularised
/// lower incomplete gamma function; summed in closed form, P(n, n r^2) + r^2 Q(n - 1, n r^2).
double ginibre_radial_distribution(std::size_t n, double r) noexcept;

/// P(rho <= r) of the spectral radius rho = max |z|: prod_k P(k, n r^2). Some 10 sqrt(n) + 1000
/// incomplete gamma functions at most.
double ginibre_radius_distribution(std::size_t n, double r) noexcept;

/// The r with ginibre_radius_distribution(n, r) = probability; 0 and infinite for 0 and 1, NaN
/// outside of [0, 1]. Some twenty evaluations of the distribution.
double ginibre_radius_quantile(std::size_t n, double probability) noexcept;

/// The expected number of real eigenvalues of a real Gaussian n x n matrix, to rounding for every
/// n > 0: 1/2 + sqrt(2) F(1, -1/2; n; 1/2) / B(n, 1/2), with F Gauss's hypergeometric function
/// (Edelman, Kostlan and Shub, J. American Mathematical Society 7, 1994, theorem 4.1).
double expected_real_eigenvalues(std::size_t n) noexcept;

}  // namespace pinnscope
