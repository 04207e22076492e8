#pragma once

#include <array>
#include <complex>
#include <cstddef>
#include <limits>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/step/scheme.hpp"
#include "pinnscope/step/stepper.hpp"

namespace pinnscope {

/// The matrix gain * S of a scheme that is nearest to a matrix A in the Frobenius norm.
struct SchemeFit {
  Scheme scheme = Scheme::ftcs;  ///< whose step is S
  StepNumbers numbers{};         ///< its c and r, r 0 or more
  double theta = 0.5;            ///< of a scheme with one, which has one more number to fit
  double gain = 0;               ///< a step of the scheme has 1
  /// 1 - |A - gain S|^2 / |A|^2 = <A, S>^2 / (|A|^2 |S|^2): the share of A's energy explained.
  double share = 0;
  /// 1 - share without cancellation; at least kRounding, below which nothing is told apart.
  double unexplained = 1;

  /// n^2 log(unexplained) + (numbers fitted) log n^2, A's entries taken as the scheme's and
  /// independent noise: Schwarz, Ann. Statist. 6, 461 (1978).
  double criterion = std::numeric_limits<double>::infinity();

  static constexpr double kRounding = 1e-24;  ///< least `unexplained`, the square of a rounding
};

/// What n^2 log(unexplained) must differ by to tell two schemes apart: Kass and Raftery, J. Am.
/// Stat. Assoc. 90, 773 (1995), "very strong".
inline constexpr double kVeryStrong = 10;

/// Every scheme fitted to a matrix, in the order of kSchemes.
struct SchemeFits {
  /// In the order of kSchemes.
  std::array<SchemeFit, kSchemes.size()> fits{};
  std::size_t best = 0;        ///< of least criterion, the first of those that are the same matrix
  double circulant_share = 0;  ///< of A's energy, in the means along its cyclic diagonals
  std::size_t cells = 0;       ///< n: rows and columns of A

  /// The fit of least criterion.
  const SchemeFit& nearest() const noexcept { return fits[best]; }

  /// Whether A cannot tell this scheme from the nearest one.
  bool is_tied(std::size_t scheme) const noexcept;
};

/// Finds, for every scheme, the numbers whose step on a periodic grid is nearest to a square matrix
/// A: entry (i, j) is what new cell i takes from old cell j. Such a step is circulant but for
/// crank_nicolson_as_published, and then |A - g S|^2 is that of A's mean along the cyclic diagonals
/// and what is left over: all that is searched lies in the factors of the modes, O(n) a trial. A
/// table of trials, then Nelder and Mead (Comput. J. 7, 308 (1965)) from the best of them; where it
/// explains a tenth, Gauss and Newton to rounding. crank_nicolson_as_published is fitted without
/// the exchange in its last row, and with it where it may then be the nearest.
///
///     SchemeSearch search({.cells = n}, arena);
///     SchemeFits found;
///     status = search.fit(matrix, found);       // found.nearest().scheme, .numbers, .share
class SchemeSearch : Pinned {
 public:
  struct Config {
    std::size_t cells = 0;  ///< n: rows and columns of every matrix
  };

  struct Storage {
    VectorView<double> cosines;  // of k turns by n
    VectorView<double> sines;
    VectorView<double> kernel;   // A's mean along each cyclic diagonal
    VectorView<double> target;   // its factors of the modes, real parts, then imaginary ones, times
                                 // sqrt 2 where two modes have one: |target|^2 is Frobenius' norm
    VectorView<double> factors;  // of a trial, likewise
    MatrixView<double> slopes;   // of the factors in each number
    MatrixView<double> table;    // a column a trial, of unit length
    VectorView<std::byte> stepper;
    MatrixView<double> matrix;  // of a step that is not circulant
    VectorView<double> offset;
  };

  /// Values of c, r and theta in the table of trials; theta is that of a scheme which takes one.
  /// Each c stands for -c too, whose factors are the conjugates.
  /// @{
  static constexpr std::array kTrialC{0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0};
  static constexpr std::array kTrialR{0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 32.0};
  static constexpr std::array kTrialTheta{0.25, 0.75};
  /// @}

  /// Modes 0..n/2: the real parts of all, then the imaginary ones.
  static constexpr std::size_t parts(std::size_t cells) noexcept {
    return cells == 0 ? 0 : 2 * (cells / 2 + 1);
  }

  /// The stepper of the one scheme whose periodic step is not circulant.
  static constexpr Stepper<double>::Config exchanged(std::size_t cells) noexcept {
    return {.scheme = Scheme::crank_nicolson_as_published, .cells = cells};
  }

  /// Columns of the table of trials.
  static constexpr std::size_t trials() noexcept {
    return (kSchemes.size() - 1 + kTrialTheta.size()) * kTrialC.size() * kTrialR.size();
  }

  static constexpr Storage layout(Layout& layout, const Config& config) noexcept {
    const std::size_t n = config.cells;
    return {layout.vector<double>("cosines", n),
            layout.vector<double>("sines", n),
            layout.vector<double>("means along diagonals", n),
            layout.vector<double>("factors of the matrix", parts(n)),
            layout.vector<double>("factors of a trial", parts(n)),
            layout.matrix<double>("slopes of the factors", parts(n), 3),
            layout.matrix<double>("table of trials", parts(n), trials()),
            layout.vector<std::byte>("stepper", Stepper<double>::footprint(exchanged(n)).bytes),
            layout.matrix<double>("step that is not circulant", n, n),
            layout.vector<double>("offset of the step", n)};
  }
  static constexpr Footprint footprint(const Config& config) noexcept {
    return measure([&](Layout& measured) { return layout(measured, config); });
  }

  /// O(n) a trial of the table.
  SchemeSearch(const Config& config, Arena& arena) noexcept;

  /// Some 10^3 n flops a scheme, and n^2; allocates nothing. empty_input, shape_mismatch (A is not
  /// cells x cells), not_finite, degenerate (A is 0): `found` is untouched then.
  Status fit(MatrixView<const double> a, SchemeFits& found) noexcept;

 private:
  /// A scheme with numbers, and what the fit to them is.
  struct Trial {
    Scheme scheme{};
    std::array<double, 3> numbers{};  // c, r, theta
    double gain = 0;
    double residual = 0;  // |A's circulant part - gain S|^2; of a step that is not: |A - gain S|^2
  };

  void compute_factors(const Trial& trial, VectorView<double> factors) const noexcept;
  void compute_band(const Trial& trial, VectorView<double> real,
                    VectorView<double> imaginary) const noexcept;
  void evaluate(Trial& trial) noexcept;
  void evaluate_exchanged(MatrixView<const double> a, Trial& trial) noexcept;
  void fill_table() noexcept;
  void transform(MatrixView<const double> a) noexcept;
  Trial best_start(Scheme scheme) noexcept;
  void start_by_first_mode(Trial& start) noexcept;
  Trial exchanged_start(MatrixView<const double> a, Trial trial) noexcept;
  void polish(Trial& trial) noexcept;
  bool solve_step(const Trial& trial, std::size_t count, std::array<double, 3>& step) noexcept;
  SchemeFit fit_scheme(Scheme scheme, MatrixView<const double> a, double least) noexcept;

  Config config_;
  Storage storage_;
  double energy_ = 0;     // |A|^2
  double remainder_ = 0;  // of it, what is not circulant
  std::size_t peak_ = 0;  // the cyclic diagonal of largest mean
};

}  // namespace pinnscope
