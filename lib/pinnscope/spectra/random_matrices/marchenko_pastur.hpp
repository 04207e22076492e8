#pragma once

#include <cstddef>

#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"

namespace pinnscope {

/// The law of Marchenko and Pastur (1967): how lambda = s^2 / N is distributed, s being the
/// singular values of an M x N matrix with independent entries of variance sigma^2, q = M / N, both
/// large.
///
///     f(x) = sqrt((b - x)(x - a)) / (2 pi q sigma^2 x),   a, b = sigma^2 (1 -+ sqrt q)^2,
///
/// and, for q > 1, a point mass 1 - 1/q at 0. Everything is evaluated through the angle phi with
/// x = sigma^2 (1 + q - 2 sqrt q cos phi), in which the law is smooth at both edges and at q = 1.
class MarchenkoPastur {
 public:
  /// Preconditions: aspect_ratio (q) and sigma positive and finite.
  explicit MarchenkoPastur(double aspect_ratio, double sigma = 1) noexcept;

  /// q and sigma as they were given.
  /// @{
  double aspect_ratio() const noexcept { return aspect_ratio_; }
  double sigma() const noexcept { return sigma_; }
  /// @}

  /// a and b, the edges of the continuous part.
  /// @{
  double lower_edge() const noexcept;
  double upper_edge() const noexcept;
  /// @}

  /// Mass at 0: max(0, 1 - 1/q).
  double atom() const noexcept;

  /// f(x), the continuous part; 0 outside of the edges; infinite at 0 for q = 1.
  double density(double x) const noexcept;

  /// P(lambda <= x), the atom included.
  double distribution(double x) const noexcept;

  /// The x with distribution(x) = p, by safeguarded Newton steps in phi; 0 within the atom, the
  /// edges for p outside of (0, 1).
  double quantile(double p) const noexcept;

  /// 2 s f(s^2), the density of s / sqrt N: the quarter circle for q = 1, finite everywhere there.
  double singular_value_density(double s) const noexcept;

 private:
  double angle(double x) const noexcept;
  double mass_below(double phi) const noexcept;

  double aspect_ratio_;
  double sigma_;
};

/// A spectrum against the law. No tabulated KS law applies to the distance: eigenvalues repel.
struct MarchenkoPasturFit {
  double distance = 0;          ///< sup |F_n - F| over lambda = s^2 / N
  std::size_t beyond_edge = 0;  ///< singular values with lambda > b
  double largest = 0;           ///< the largest lambda, to be read beside b
};

/// Compares `values`, the min(rows, columns) singular values of a rows x columns matrix in
/// descending order, with the law at q = min / max and the given sigma. Linear cost, no allocation.
/// empty_input, shape_mismatch, out_of_range (sigma not positive), not_finite leave `fit`.
Status compare_with_marchenko_pastur(VectorView<const float> values, std::size_t rows,
                                     std::size_t columns, double sigma,
                                     MarchenkoPasturFit& fit) noexcept;
Status compare_with_marchenko_pastur(VectorView<const double> values, std::size_t rows,
                                     std::size_t columns, double sigma,
                                     MarchenkoPasturFit& fit) noexcept;

}  // namespace pinnscope
