#include "pinnscope/spectra/laws/floored_fit.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "pinnscope/spectra/laws/generalized_gaussian_window.hpp"
#include "pinnscope/spectra/samples/compensated_sum.hpp"
#include "pinnscope/spectra/samples/special_values.hpp"

namespace pinnscope {
namespace {

using windows::BetaRange;
using windows::fit_window;
using windows::fit_window_near;
using windows::kCoarse;
using windows::kFine;
using windows::kMostSweeps;
using windows::Window;
using windows::WindowFit;

/// A window [begin, end) of the sample with its fit; entries outside count ln floor each.
struct Trimmed {
  std::size_t begin = 0, end = 0;
  WindowFit fit{};
  double value = -kInfinity;
};

/// Ascends the floored objective by turns: the best law for the window, then the window of the
/// entries above the floor under that law. Neither step lowers the value.
template <class Fit>
class FlooredSearch {
 public:
  FlooredSearch(VectorView<const double> sorted, double log_floor, const Fit& fit) noexcept
      : sorted_(sorted), log_floor_(log_floor), fit_(fit) {}

  const Trimmed& best() const noexcept { return best_; }

  /// From the shortest window of every of a growing number of trimmed entries, then end by end.
  void search() noexcept {
    const std::size_t n = sorted_.size();
    for (std::size_t trimmed = 0, step = 1; trimmed <= n / 8; trimmed += step) {
      ascend(shortest_window(n - trimmed));
      step = std::max<std::size_t>(1, trimmed / 2);
    }
    while (improve_ends()) {
    }
  }

  /// Climbs from a window to a fixed point; whether that is better than the best so far.
  bool ascend(Trimmed next) noexcept {
    Trimmed reached{};
    for (int sweep = 0; sweep < kMostSweeps && !is_best(next) && evaluate(next); ++sweep) {
      if (next.value > reached.value) reached = next;
      const Trimmed above = above_floor(next);
      if (above.begin == next.begin && above.end == next.end) break;
      next = above;
    }
    if (!(reached.value > best_.value)) return false;
    best_ = reached;
    return true;
  }

 private:
  Trimmed shortest_window(std::size_t length) const noexcept {
    Trimmed shortest{0, length};
    for (std::size_t begin = 0; begin + length <= sorted_.size(); ++begin) {
      const double width = sorted_[begin + length - 1] - sorted_[begin];
      const double least = sorted_[shortest.end - 1] - sorted_[shortest.begin];
      if (width < least) shortest = {begin, begin + length};
    }
    return shortest;
  }

  bool evaluate(Trimmed& trimmed) const noexcept {
    const std::size_t kept = trimmed.end - trimmed.begin;
    if (kept < 2 || 2 * kept < sorted_.size()) return false;
    const Window window(sorted_.subspan(trimmed.begin, kept));
    if (!(window.range > 0)) return false;
    const WindowFit& previous = trimmed.fit.beta != 0 ? trimmed.fit : best_.fit;
    trimmed.fit = fit_(window, previous);
    trimmed.value =
        trimmed.fit.log_likelihood + static_cast<double>(sorted_.size() - kept) * log_floor_;
    return std::isfinite(trimmed.value);
  }

  /// The entries that the fitted law leaves above the floor.
  Trimmed above_floor(const Trimmed& trimmed) const noexcept {
    const Window window(sorted_.subspan(trimmed.begin, trimmed.end - trimmed.begin));
    const GeneralizedGaussian law{trimmed.fit.mu, windows::best_alpha(window, trimmed.fit),
                                  trimmed.fit.beta};
    const double excess = law.log_density(law.mu) - log_floor_;
    if (!(excess > 0)) return {};
    const double radius = law.alpha * std::pow(excess, 1 / law.beta);
    const auto low = std::lower_bound(sorted_.begin(), sorted_.end(), law.mu - radius);
    const auto high = std::upper_bound(low, sorted_.end(), law.mu + radius);
    return {static_cast<std::size_t>(low - sorted_.begin()),
            static_cast<std::size_t>(high - sorted_.begin()), trimmed.fit};
  }

  bool is_best(const Trimmed& trimmed) const noexcept {
    return trimmed.begin == best_.begin && trimmed.end == best_.end && best_.value > -kInfinity;
  }

  /// Tries to move either end of the best window by one entry, and both.
  bool improve_ends() noexcept {
    const Trimmed from = best_;
    const std::size_t n = sorted_.size();
    for (const int begin : {-1, 0, 1}) {
      for (const int end : {-1, 0, 1}) {
        if ((begin == 0 && end == 0) || (begin < 0 && from.begin == 0)) continue;
        if ((end > 0 && from.end == n)) continue;
        const Trimmed moved{from.begin + static_cast<std::size_t>(begin),
                            from.end + static_cast<std::size_t>(end), from.fit};
        if (ascend(moved)) return true;
      }
    }
    return false;
  }

  VectorView<const double> sorted_;
  double log_floor_;
  Fit fit_;
  Trimmed best_{};
};

template <class T>
double sum_above(const GeneralizedGaussian& law, VectorView<const T> sample,
                 double log_floor) noexcept {
  CompensatedSum sum;
  for (const T entry : sample) {
    sum.add(std::max(law.log_density(static_cast<double>(entry)), log_floor));
  }
  return sum.value();
}

bool usable_floor(double floor) noexcept { return floor > 0 && std::isfinite(floor); }

/// The best law by fits that are loose while windows are compared and fine at the end. False
/// where no window has a fit.
template <class Loose, class Fine>
bool search_windows(VectorView<const double> sorted, double log_floor, const Loose& fit_loosely,
                    const Fine& fit_finely, Trimmed& best) noexcept {
  FlooredSearch loose(sorted, log_floor, fit_loosely);
  loose.search();
  FlooredSearch fine(sorted, log_floor, fit_finely);
  fine.ascend(loose.best());
  best = fine.best();
  return best.value > -kInfinity;
}

/// Back in the sample's own scale, with the entries that the floor hides.
FlooredFit to_floored(const Window& window, const Trimmed& best, std::size_t size,
                      int exponent) noexcept {
  GeneralizedGaussianFit fit = windows::to_fit(window, best.fit);
  fit.log_likelihood = best.value;
  windows::unscale(fit, size, exponent);
  return {fit, size - (best.end - best.begin)};
}

}  // namespace

double floored_log_likelihood(const GeneralizedGaussian& law, VectorView<const float> sample,
                              double floor) noexcept {
  return sum_above(law, sample, std::log(floor));
}

double floored_log_likelihood(const GeneralizedGaussian& law, VectorView<const double> sample,
                              double floor) noexcept {
  return sum_above(law, sample, std::log(floor));
}

Status fit_floored(const GeneralizedGaussianFitter& fitter, double floor,
                   FlooredFit& fit) noexcept {
  const VectorView<const double> sorted = fitter.sorted();
  if (sorted.empty()) return {StatusCode::empty_input};
  if (!usable_floor(floor)) return {StatusCode::out_of_range};
  const BetaRange range{fitter.lowest_beta(), fitter.highest_beta()};
  const WindowFit whole = windows::fit_window_over(Window(sorted), range);
  const auto fit_loosely = [&](const Window& window, const WindowFit& previous) {
    return fit_window_near(window, previous.beta != 0 ? previous : whole, range, kCoarse);
  };
  const auto fit_finely = [&](const Window& window, const WindowFit& previous) {
    return fit_window_near(window, previous, range, kFine);
  };
  const double log_floor = std::log(floor) + fitter.exponent() * std::numbers::ln2;
  Trimmed best;
  if (!search_windows(sorted, log_floor, fit_loosely, fit_finely, best)) {
    return {StatusCode::not_converged};
  }
  const Window window(sorted.subspan(best.begin, best.end - best.begin));
  fit = to_floored(window, best, sorted.size(), fitter.exponent());
  return windows::certify(window, best.fit, range, fit.beta_score);
}

Status fit_floored_beta(const GeneralizedGaussianFitter& fitter, double floor, double beta,
                        FlooredFit& fit) noexcept {
  const VectorView<const double> sorted = fitter.sorted();
  if (sorted.empty()) return {StatusCode::empty_input};
  if (!usable_floor(floor) || !windows::usable_beta(beta)) return {StatusCode::out_of_range};
  const auto fit_at_beta = [&](double mu_tolerance) {
    return [=](const Window& window, const WindowFit& previous) {
      const double guess = previous.beta != 0 ? previous.mu : windows::median(window.sorted);
      return fit_window(window, beta, guess, -kInfinity, mu_tolerance);
    };
  };
  const double log_floor = std::log(floor) + fitter.exponent() * std::numbers::ln2;
  Trimmed best;
  if (!search_windows(sorted, log_floor, fit_at_beta(kCoarse.mu), fit_at_beta(kFine.mu), best)) {
    return {StatusCode::not_converged};
  }
  const Window window(sorted.subspan(best.begin, best.end - best.begin));
  fit = to_floored(window, best, sorted.size(), fitter.exponent());
  return windows::mu_is_certain(window, best.fit) ? Status{} : Status{StatusCode::not_converged};
}

}  // namespace pinnscope
