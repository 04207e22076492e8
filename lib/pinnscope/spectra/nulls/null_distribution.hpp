#pragma once

#include <cstddef>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/core/workers.hpp"

namespace pinnscope {

/// Where an observed number lies among draws under a null. With B draws, exceedances counted with
/// ties, p = (1 + exceedances) / (B + 1) (Davison and Hinkley, Bootstrap Methods, 1997, eq. 4.11):
/// never 0, and uniform under the null up to its steps of 1 / (B + 1).
struct NullPlacement {
  double p_upper = 1;             ///< draws at least as large
  double p_lower = 1;             ///< draws at least as small
  double p_value = 1;             ///< two-sided: min(1, 2 min(p_upper, p_lower))
  double percentile = 50;         ///< of the draws, in percent, ties counted half
  double mean = 0;                ///< of the draws
  double standard_deviation = 0;  ///< of the draws, with B - 1
  std::size_t draws = 0;          ///< B: those whose number is finite
};

/// Statistics of many draws under a null: a table with a column a draw, filled by lanes.
class NullDistribution : Pinned {
 public:
  struct Config {
    std::size_t statistics = 1;  ///< numbers of a draw
    std::size_t draws = 1000;    ///< B: matrices that are drawn
  };

  struct Storage {
    MatrixView<double> values;  ///< statistics x draws
    VectorView<double> sorted;  ///< draws of one statistic
  };

  static constexpr Storage layout(Layout& layout, const Config& config) noexcept {
    return {layout.matrix<double>("statistics of the draws", config.statistics, config.draws),
            layout.vector<double>("sorted draws", config.draws)};
  }
  static constexpr Footprint footprint(const Config& config) noexcept {
    return measure([&](Layout& measured) { return layout(measured, config); });
  }

  NullDistribution(const Config& config, Arena& arena) noexcept;

  /// Calls draw(index, thread, statistics) for each index below the number of draws; it fills the
  /// span with that draw's statistics, NaN for those it has not. A draw that depends on its index
  /// alone makes the table the same for any number of threads. Allocates nothing itself.
  template <class Draw>
  void fill(Workers& workers, Draw&& draw) noexcept {
    workers.run(storage_.values.columns, [&](std::size_t index, std::size_t thread) noexcept {
      draw(index, thread, storage_.values.column(index));
    });
  }

  /// The size of the table, and the number of one statistic in one draw, NaN where it has none.
  /// @{
  std::size_t statistics() const noexcept { return storage_.values.rows; }
  std::size_t draws() const noexcept { return storage_.values.columns; }
  double value(std::size_t statistic, std::size_t draw) const noexcept {
    return storage_.values(statistic, draw);
  }
  /// @}

  /// Where an observed number lies among the draws of one statistic. O(draws). not_finite where
  /// `observed` is not; empty_input where no draw has a finite number; out_of_range for a statistic
  /// that is not there. `placement` is untouched unless ok.
  Status compare(std::size_t statistic, double observed, NullPlacement& placement) const noexcept;

  /// The smallest drawn number that at least a share p of the finite draws do not exceed.
  /// O(draws log draws). out_of_range unless 0 < p <= 1 and the statistic is there; empty_input
  /// where no draw has a finite number. `quantile` is then untouched.
  Status quantile(std::size_t statistic, double p, double& quantile) noexcept;

  /// What another draw of the same null exceeds with a probability of at most `level`, and of more
  /// than level - 1 / (B + 1), whatever the number B of finite draws is: the drawn number that
  /// floor(level (B + 1)) - 1 others exceed. O(draws log draws). out_of_range unless 0 < level < 1
  /// and the statistic is there; empty_input where B + 1 < 1 / level. `critical` is then untouched.
  Status critical_value(std::size_t statistic, double level, double& critical) noexcept;

 private:
  VectorView<double> sort_draws(std::size_t statistic) noexcept;

  Storage storage_;
};

/// Draws from which on the smallest of `tests` p-values can be at most `level` after correction by
/// Holm or Bonferroni: its least value, 2 / (B + 1) for a two-sided one, times the tests.
constexpr std::size_t draws_needed(std::size_t tests, double level = 0.05, int sides = 2) noexcept {
  const double least = static_cast<double>(sides) * static_cast<double>(tests) / level;
  const auto whole = static_cast<std::size_t>(least);
  // The next whole number, but not where `least` is one but for rounding.
  return whole + (least - static_cast<double>(whole) > 1e-9 * least ? 1 : 0) - 1;
}

/// p-values that hold together, for tests of any dependence (Holm, Scandinavian J. Statistics 6,
/// 1979): adjusted_(i) = max over j <= i of min(1, (m - j + 1) p_(j)), the m p-values ascending.
/// NaN marks a test that was not made: it stays NaN and is not counted. Two vectors of one size
/// that do not overlap. O(m^2); allocates nothing.
void adjust_by_holm(VectorView<const double> p_values, VectorView<double> adjusted) noexcept;

}  // namespace pinnscope
