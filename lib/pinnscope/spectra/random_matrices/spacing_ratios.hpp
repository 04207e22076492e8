#pragma once

#include <cstddef>
#include <numbers>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"

namespace pinnscope {

/// Mean ratios of consecutive spacings in large spectra: of independent levels, of the Gaussian
/// orthogonal ensemble (Atas et al., Phys. Rev. Lett. 110, 2013, table I), and of a 100 x 100
/// Gaussian matrix's singular values too.
/// @{
inline constexpr double kPoissonSpacingRatio = 2 * std::numbers::ln2 - 1;
inline constexpr double kOrthogonalSpacingRatio = 0.5307;
/// @}

/// Share of the ranks left out at each end, where spectra end or spikes stand.
inline constexpr double kTrimmedRanks = 0.1;

/// The ratios of consecutive spacings of one spectrum.
struct SpacingRatio {
  double mean = 0;        ///< of min(d_i, d_(i+1)) / max(d_i, d_(i+1)), d_i = s_i - s_(i+1)
  std::size_t count = 0;  ///< ratios in it
  std::size_t tied = 0;   ///< ratios 0 / 0 of three equal values, left out
};

/// The mean ratio of consecutive spacings of M values in descending order, floor(trimmed M) of them
/// left out at each end. Needs no unfolding. O(M), allocates nothing. empty_input; out_of_range
/// unless 0 <= trimmed < 1/2; not_finite with the index; degenerate where no ratio is left.
/// `result` is then untouched.
Status spacing_ratio(VectorView<const float> values, SpacingRatio& result,
                     double trimmed = kTrimmedRanks) noexcept;
Status spacing_ratio(VectorView<const double> values, SpacingRatio& result,
                     double trimmed = kTrimmedRanks) noexcept;

/// Spacings between consecutive e_i = M F(s_i^2 / N), F being the law of Marchenko and Pastur,
/// whose mean is 1 where the law holds. No tabulated KS law applies to the distances: spacings are
/// not independent.
struct UnfoldedSpacingFit {
  std::size_t count = 0;        ///< spacings in the fit
  double mean = 0;              ///< of the spacings; 1 where the law holds
  double wigner_distance = 0;   ///< from 1 - exp(-pi s^2 / 4), Wigner's surmise
  double poisson_distance = 0;  ///< from 1 - exp(-s): independent levels
};

/// Workspace for unfolded spacings: the spacings in order.
class UnfoldedSpacings : Pinned {
 public:
  struct Config {
    std::size_t capacity = 0;        ///< singular values at the most
    double trimmed = kTrimmedRanks;  ///< share of the ranks left out at each end, in [0, 1/2)
  };

  struct Storage {
    VectorView<double> spacings;
  };

  static constexpr Storage layout(Layout& layout, const Config& config) noexcept {
    return {layout.vector<double>("unfolded spacings", config.capacity)};
  }
  static constexpr Footprint footprint(const Config& config) noexcept {
    return measure([&](Layout& measured) { return layout(measured, config); });
  }

  /// Precondition: 0 <= trimmed < 1/2.
  UnfoldedSpacings(const Config& config, Arena& arena) noexcept;

  /// The spacings of the M = min(rows, columns) singular values, descending, of a rows x columns
  /// matrix, N = max(rows, columns), with entries of standard deviation sigma in the bulk;
  /// floor(trimmed M) ranks are left out at each end. O(M log M), allocates nothing. empty_input;
  /// shape_mismatch, also above the capacity; out_of_range (sigma not positive); not_finite with
  /// the index; degenerate where no spacing is left. `fit` is then untouched.
  Status compare(VectorView<const float> values, std::size_t rows, std::size_t columns,
                 double sigma, UnfoldedSpacingFit& fit) noexcept;
  Status compare(VectorView<const double> values, std::size_t rows, std::size_t columns,
                 double sigma, UnfoldedSpacingFit& fit) noexcept;

 private:
  template <class T>
  Status compare_any(VectorView<const T> values, std::size_t rows, std::size_t columns,
                     double sigma, UnfoldedSpacingFit& fit) noexcept;

  double trimmed_;
  Storage storage_;
};

/// Complex spacing ratios of independent points in the plane, and of large complex Ginibre matrices
/// (Sa, Ribeiro and Prosen, Phys. Rev. X 10, 2020, 021019).
/// @{
inline constexpr double kPoissonComplexRatio = 2.0 / 3;
inline constexpr double kPoissonMinusCosine = 0;
inline constexpr double kGinibreComplexRatio = 0.7381;
inline constexpr double kGinibreMinusCosine = 0.2405;
/// @}

/// Which eigenvalues of a real matrix, over sigma sqrt(n), have their neighbours looked up: those
/// off the real axis and off the rim, both of which bend the ratios.
struct ComplexSpacingConfig {
  double smallest_imaginary = 0.3;  ///< least imaginary part, in units of sigma sqrt(n)
  double largest_modulus = 0.85;    ///< greatest modulus, in the same units
};

/// The complex spacing ratios z of one spectrum, see complex_spacing_ratio().
struct ComplexSpacingRatio {
  double mean_modulus = 0;  ///< of |z|
  double minus_cosine = 0;  ///< the mean of -cos(arg z): positive where eigenvalues repel
  std::size_t count = 0;    ///< eigenvalues in the means
  std::size_t tied = 0;     ///< of those looked up, those with a double at distance 0, left out
};

/// The mean of z_k = (z_nearest - z_k) / (z_next - z_k) over the eigenvalues z_k of a real matrix
/// with Im z_k > smallest_imaginary and |z_k| < largest_modulus, where nearest and next are the two
/// closest of all eigenvalues but those on the real axis and the conjugate of z_k. The eigenvalues
/// are in units of sigma sqrt(n). O(n^2), allocates nothing. empty_input; shape_mismatch (lengths
/// differ); not_finite with the index; degenerate where no ratio is left. `result` is then
/// untouched. At n = 100 some 20 eigenvalues are left: compare with draws of the same size.
Status complex_spacing_ratio(VectorView<const float> real, VectorView<const float> imaginary,
                             ComplexSpacingRatio& result,
                             const ComplexSpacingConfig& config = {}) noexcept;
Status complex_spacing_ratio(VectorView<const double> real, VectorView<const double> imaginary,
                             ComplexSpacingRatio& result,
                             const ComplexSpacingConfig& config = {}) noexcept;

}  // namespace pinnscope
