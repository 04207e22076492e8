#pragma once

#include <cstddef>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/spectra/matrices/singular_values.hpp"

namespace pinnscope {

/// How alike w_ij and w_ji are. The elliptic law (Girko 1986; Sommers et al. 1988): eigenvalues
/// over sigma sqrt(n) fill an ellipse with half axes 1 + tau along the real axis and 1 - tau.
struct EllipticCorrelation {
  double tau = 0;             ///< the correlation over all i != j, in [-1, 1]; 1 for a symmetric W
  double standard_error = 0;  ///< sqrt(2 / (n (n - 1))): of tau where entries are independent
};

/// tau of an n x n matrix; the diagonal takes no part. n^2 operations, allocates nothing, any size
/// of entries. empty_input; shape_mismatch (not square); not_finite; degenerate where the entries
/// off the diagonal are equal or there are none. `result` is then untouched.
Status elliptic_correlation(MatrixView<const float> w, EllipticCorrelation& result) noexcept;
Status elliptic_correlation(MatrixView<const double> w, EllipticCorrelation& result) noexcept;

/// Henrici's departure from normality (Numerische Mathematik 4, 1962) as a share of the norm,
/// sqrt(|W|_F^2 - sum |lambda|^2) / |W|_F, from an n x n W and its n eigenvalues: 0 for a normal
/// matrix, sqrt(1/2) for a large matrix of independent entries, 1 for a nilpotent one. The
/// difference cancels: below sqrt(n eps) it is noise, and 0 where rounding would make it negative.
/// n^2 operations, allocates nothing. empty_input, shape_mismatch, not_finite, degenerate (W = 0).
Status henrici_departure(MatrixView<const float> w, VectorView<const float> real,
                         VectorView<const float> imaginary, double& departure) noexcept;
Status henrici_departure(MatrixView<const double> w, VectorView<const double> real,
                         VectorView<const double> imaginary, double& departure) noexcept;

/// The same from |W|_F^2 and eigenvalues in the unit of |W|_F, by plain sums of n terms: for
/// eigenvalues at hand. Precondition: the squared norm is positive.
double henrici_departure(double squared_norm, VectorView<const double> real,
                         VectorView<const double> imaginary) noexcept;

/// The largest of |W^k|_2.
struct TransientPeak {
  std::size_t power = 0;  ///< the k at which it is reached, the first of equals
  double norm = 0;        ///< |W^k|_2; infinite where it exceeds a double
  double logarithm = 0;   ///< ln |W^k|_2: finite there too; -infinity for W = 0
};

/// |W^k|_2 for k = 1..K: how far W x, W^2 x, ... can grow before the spectral radius rules. In
/// double, by repeated products scaled by powers of two, so that no power over- or underflows.
class TransientGrowth : Pinned {
 public:
  struct Config {
    std::size_t order = 0;   ///< n: rows and columns
    std::size_t powers = 0;  ///< K
  };

  struct Storage {
    MatrixView<double> matrix;
    MatrixView<double> power;  ///< W^k over a power of two
    MatrixView<double> next;
    VectorView<double> norms;
    VectorView<double> logarithms;
  };

  static constexpr Storage layout(Layout& layout, const Config& config) noexcept {
    const std::size_t n = config.order;
    return {layout.matrix<double>("scaled matrix", n, n), layout.matrix<double>("its power", n, n),
            layout.matrix<double>("next power", n, n),
            layout.vector<double>("norms of powers", config.powers),
            layout.vector<double>("logarithms of norms", config.powers)};
  }
  static constexpr Footprint footprint(const Config& config) noexcept {
    return measure([&](Layout& measured) { return layout(measured, config); }) +
           SingularValues<double>::footprint({.rows = config.order, .columns = config.order});
  }

  TransientGrowth(const Config& config, Arena& arena) noexcept;

  /// The norms of the powers of W / scale; W is n x n and stays as it is. About 6 n^3 K flops,
  /// allocates nothing. empty_input (n or K is 0); shape_mismatch, out_of_range (scale not
  /// positive), not_finite; not_converged as of SingularValues. `peak` is untouched unless ok.
  Status compute(MatrixView<const float> w, TransientPeak& peak, double scale = 1) noexcept;
  Status compute(MatrixView<const double> w, TransientPeak& peak, double scale = 1) noexcept;

  /// Of the last compute() that was ok, K each: |W^k|_2 at k - 1, infinite or 0 outside of the
  /// range of double; and ln |W^k|_2, which is -infinity only where W^k = 0.
  /// @{
  VectorView<const double> norms() const noexcept { return storage_.norms; }
  VectorView<const double> logarithms() const noexcept { return storage_.logarithms; }
  /// @}

 private:
  template <class T>
  Status compute_any(MatrixView<const T> w, TransientPeak& peak, double scale) noexcept;
  Status record(std::size_t power, double exponent) noexcept;

  Storage storage_;
  SingularValues<double> singular_values_;
};

}  // namespace pinnscope
