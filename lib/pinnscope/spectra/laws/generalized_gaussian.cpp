#include "pinnscope/spectra/laws/generalized_gaussian.hpp"

#include <algorithm>
#include <array>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/tools/toms748_solve.hpp>
#include <cassert>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "pinnscope/spectra/laws/scaled_sample.hpp"
#include "pinnscope/spectra/samples/boost_policy.hpp"
#include "pinnscope/spectra/samples/compensated_sum.hpp"
#include "pinnscope/spectra/samples/sorted_sample.hpp"
#include "pinnscope/spectra/samples/special_values.hpp"

namespace pinnscope {
namespace {

double log_gamma(double x) noexcept { return boost::math::lgamma(x, Quiet()); }

constexpr double kSmallestBeta = 0.01;
constexpr double kLargestBeta = 1000;
constexpr std::size_t kBetaGrid = 25;     // points a third apart over the default range of beta
constexpr double kScoreTolerance = 1e-9;  // of the scaled scores, which are of order 1
constexpr int kMostSweeps = 100;

/// Where brackets are narrow enough: of beta relative, of mu in ranges of the window.
struct Tolerance {
  double beta, mu;
};
constexpr Tolerance kFine{1e-13, 1e-15};
constexpr Tolerance kCoarse{1e-4, 1e-6};  // while windows are still compared

// One window of the sorted sample.

/// Distances are divided by the window's range, so that every power stays within [0, 1].
struct Window {
  VectorView<const double> sorted;
  double range = 0;
  double inverse_range = 0;

  explicit Window(VectorView<const double> entries) noexcept
      : sorted(entries), range(entries.back() - entries.front()), inverse_range(1 / range) {}

  double n() const noexcept { return static_cast<double>(sorted.size()); }
  double distance(double x, double mu) const noexcept { return std::abs(x - mu) * inverse_range; }
};

/// Distances at mu: sum e^beta and sum e^beta ln e, with e = |x - mu| / range.
struct PowerSums {
  double power = 0;
  double power_logarithm = 0;
};

/// e^beta for 0 <= e <= 1. Whole exponents, which scans are made of, by multiplication: at most a
/// dozen roundings.
class Power {
 public:
  explicit Power(double beta) noexcept
      : beta_(beta), whole_(beta >= 0 && beta <= 64 ? static_cast<unsigned>(beta) : 0) {
    is_whole_ = beta == static_cast<double>(whole_);
  }

  double operator()(double e) const noexcept {
    if (!is_whole_) return std::pow(e, beta_);
    double result = 1;
    for (unsigned left = whole_; left > 0; left /= 2, e *= e) {
      if (left % 2 == 1) result *= e;
    }
    return result;
  }

 private:
  double beta_;
  unsigned whole_;
  bool is_whole_;
};

double power_sum(const Window& window, double mu, double beta) noexcept {
  const Power power(beta);
  CompensatedSum sum;
  for (const double x : window.sorted) sum.add(power(window.distance(x, mu)));
  return sum.value();
}

PowerSums power_sums(const Window& window, double mu, double beta) noexcept {
  CompensatedSum power, power_logarithm;
  for (const double x : window.sorted) {
    const double e = window.distance(x, mu);
    if (e == 0) continue;
    const double logarithm = std::log(e);
    const double term = std::exp(beta * logarithm);
    power.add(term);
    power_logarithm.add(term * logarithm);
  }
  return {power.value(), power_logarithm.value()};
}

/// l(mu, beta) at the best alpha, from S in units of range^beta.
double profile(const Window& window, double power, double beta) noexcept {
  const double n = window.n();
  return n * (std::log(beta) - std::numbers::ln2 - log_gamma(1 / beta) - std::log(window.range) -
              std::log(beta * power / n) / beta - 1 / beta);
}

/// (beta / n) dl/dbeta = 1 + psi(1/beta) / beta + ln(beta S / n) / beta - S' / S.
double beta_score(const Window& window, double mu, double beta) noexcept {
  const PowerSums sums = power_sums(window, mu, beta);
  return 1 + boost::math::digamma(1 / beta, Quiet()) / beta +
         std::log(beta * sums.power / window.n()) / beta - sums.power_logarithm / sums.power;
}

// The best mu for a beta.

/// sum sign(x - mu) e^(beta - 1), which falls as mu grows (beta >= 1), over sum e^(beta - 1). The
/// entries at mu itself count in neither.
double mu_score(const Window& window, double mu, double beta) noexcept {
  const Power power(beta - 1);
  CompensatedSum signed_sum, sum;
  for (const double x : window.sorted) {
    const double e = window.distance(x, mu);
    if (e == 0) continue;
    const double term = power(e);
    signed_sum.add(x > mu ? term : -term);
    sum.add(term);
  }
  return signed_sum.value() / sum.value();
}

double median(VectorView<const double> sorted) noexcept {
  const std::size_t half = sorted.size() / 2;
  if (sorted.size() % 2 == 1) return sorted[half];
  return sorted[half - 1] + (sorted[half] - sorted[half - 1]) / 2;
}

double mean(VectorView<const double> sorted) noexcept {
  CompensatedSum sum;
  for (const double x : sorted) sum.add(x);
  return sum.value() / static_cast<double>(sorted.size());
}

/// A bracket around the root of the falling score, widened from a guess.
struct Bracket {
  double low, high;
  double score_low, score_high;
};

Bracket mu_bracket(const Window& window, double beta, double guess, double step) noexcept {
  const double first = window.sorted.front();
  const double last = window.sorted.back();
  Bracket bracket{};
  bracket.low = bracket.high = std::clamp(guess, first, last);
  bracket.score_low = bracket.score_high = mu_score(window, bracket.low, beta);
  while (bracket.score_low < 0 && bracket.low > first) {
    bracket.high = bracket.low;
    bracket.score_high = bracket.score_low;
    bracket.low = std::max(first, bracket.low - step);
    bracket.score_low = mu_score(window, bracket.low, beta);
    step *= 8;
  }
  while (bracket.score_high > 0 && bracket.high < last) {
    bracket.low = bracket.high;
    bracket.score_low = bracket.score_high;
    bracket.high = std::min(last, bracket.high + step);
    bracket.score_high = mu_score(window, bracket.high, beta);
    step *= 8;
  }
  return bracket;
}

/// The root of a score over a bracket with a change of sign, to a tolerance or the last bits.
template <class Score>
double bracketed_root(const Score& score, const Bracket& bracket, double tolerance) noexcept {
  if (bracket.score_low == 0 || bracket.low == bracket.high) return bracket.low;
  if (bracket.score_high == 0) return bracket.high;
  std::uintmax_t evaluations = kMostSweeps;
  constexpr double kUlps = 4 * std::numeric_limits<double>::epsilon();
  const auto close_enough = [&](double a, double b) {
    return std::abs(b - a) <= std::max(tolerance, kUlps * std::abs(a));
  };
  const auto [low, high] =
      boost::math::tools::toms748_solve(score, bracket.low, bracket.high, bracket.score_low,
                                        bracket.score_high, close_enough, evaluations, Quiet());
  return low + (high - low) / 2;
}

/// beta >= 1, where S is convex: the root of its derivative, to a tolerance in ranges.
double convex_mu(const Window& window, double beta, double guess, double tolerance) noexcept {
  if (beta == 1) return median(window.sorted);
  if (beta == 2) return mean(window.sorted);
  const Bracket bracket = mu_bracket(window, beta, guess, 1e-3 * window.range);
  const auto score = [&](double mu) { return mu_score(window, mu, beta); };
  return bracketed_root(score, bracket, tolerance * window.range);
}

/// The entries strictly between two places of the window, seen from either end and in pairs from
/// the outside in: |a - mu|^beta + |b - mu|^beta >= |a - b|^beta for beta <= 1.
struct Between {
  double from_low = 0, from_high = 0, pairs = 0;
};

Between between(const Window& window, std::size_t low, std::size_t high, double beta) noexcept {
  const auto& x = window.sorted;
  const Power power(beta);
  CompensatedSum from_low, from_high, pairs;
  for (std::size_t k = low + 1; k < high; ++k) {
    from_low.add(power(window.distance(x[k], x[low])));
    from_high.add(power(window.distance(x[k], x[high])));
  }
  for (std::size_t a = low + 1, b = high - 1; a < b; ++a, --b) {
    pairs.add(power(window.distance(x[b], x[a])));
  }
  return {from_low.value(), from_high.value(), pairs.value()};
}

struct EntryChoice {
  double power = kInfinity;  // S there, infinite when no entry is below the limit
  double mu = 0;
};

/// beta < 1: the entry with the least S among those below `limit`, by branch and bound. The terms
/// of entries outside an interval are concave inside it, so their sum is least at one of its ends.
EntryChoice best_entry(const Window& window, double beta, double limit, double guess) noexcept {
  struct Interval {
    std::size_t low, high;
    double power_low, power_high;
  };
  const auto& x = window.sorted;
  EntryChoice best{limit, kInfinity};
  const auto evaluate = [&](std::size_t index) {
    const double power = power_sum(window, x[index], beta);
    if (power < best.power) best = {power, x[index]};
    return power;
  };
  const std::size_t last = x.size() - 1;
  const auto place =
      static_cast<std::size_t>(std::lower_bound(x.begin(), x.end(), guess) - x.begin());
  evaluate(std::min(place, last));
  evaluate(last / 2);
  std::array<Interval, 2 * std::numeric_limits<std::size_t>::digits> stack{};
  std::size_t depth = 0;
  stack[depth++] = {0, last, evaluate(0), evaluate(last)};
  while (depth > 0) {
    const Interval interval = stack[--depth];
    if (interval.high - interval.low < 2 || x[interval.low] == x[interval.high]) continue;
    const Between inside = between(window, interval.low, interval.high, beta);
    const double bound =
        std::min(interval.power_low - inside.from_low, interval.power_high - inside.from_high) +
        inside.pairs;
    if (bound >= best.power * (1 - 1e-14)) continue;
    const std::size_t middle = interval.low + (interval.high - interval.low) / 2;
    const double power = evaluate(middle);
    const Interval left{interval.low, middle, interval.power_low, power};
    const Interval right{middle, interval.high, power, interval.power_high};
    const bool left_first = interval.power_low < interval.power_high;
    stack[depth++] = left_first ? right : left;
    stack[depth++] = left_first ? left : right;
  }
  if (best.mu == kInfinity) return {};
  return best;
}

// Fits of one window.

struct WindowFit {
  double beta = 0;
  double mu = 0;
  double power = kInfinity;
  double log_likelihood = -kInfinity;
};

/// The best mu and alpha for beta. A fit that cannot exceed `worth` may come back as -infinity.
WindowFit fit_window(const Window& window, double beta, double guess, double worth,
                     double mu_tolerance = kFine.mu) noexcept {
  WindowFit fit{beta, guess};
  if (beta >= 1) {
    fit.mu = convex_mu(window, beta, guess, mu_tolerance);
    fit.power = power_sum(window, fit.mu, beta);
  } else {
    // l > worth needs S below this; the margin keeps what is as good up to rounding.
    const double at_one = profile(window, 1, beta);
    const double limit = std::exp((at_one - worth) / window.n() * beta) * (1 + 1e-12);
    const EntryChoice entry = best_entry(window, beta, limit, guess);
    if (entry.power == kInfinity) return fit;
    fit.mu = entry.mu;
    fit.power = entry.power;
  }
  fit.log_likelihood = profile(window, fit.power, beta);
  return fit;
}

/// The fit between two values of beta at the first of which the score is positive, at the second
/// negative (an empty fit where they are not): the root of the score, while mu follows.
WindowFit refine_beta(const Window& window, double low, double high, double guess,
                      Tolerance tolerance) noexcept {
  double mu = guess;
  const auto score = [&](double beta) {
    mu = fit_window(window, beta, mu, -kInfinity, tolerance.mu).mu;
    return beta_score(window, mu, beta);
  };
  const double score_low = score(low);
  const double score_high = score(high);
  if (!(score_low >= 0) || !(score_high <= 0)) return {};
  std::uintmax_t evaluations = kMostSweeps;
  const auto close_enough = [&](double a, double b) {
    return std::abs(b - a) <= tolerance.beta * a;
  };
  const auto [left, right] = boost::math::tools::toms748_solve(
      score, low, high, score_low, score_high, close_enough, evaluations, Quiet());
  return fit_window(window, left + (right - left) / 2, mu, -kInfinity, tolerance.mu);
}

/// Whether S falls before mu and rises after it, which proves the minimum of a convex S.
bool mu_is_certain(const Window& window, const WindowFit& fit) noexcept {
  if (fit.beta < 1) return true;  // the search over the entries was exhaustive
  const double ulp = std::abs(fit.mu) * std::numeric_limits<double>::epsilon();
  const double step = std::max(1e-12 * window.range, 4 * ulp);
  return mu_score(window, fit.mu - step, fit.beta) >= 0 &&
         mu_score(window, fit.mu + step, fit.beta) <= 0;
}

constexpr double kBelowOne = 1 - 1e-9;
constexpr double kSmallSample = 2000;  // up to here l has several maxima over beta around 1

/// The highest maximum over beta around the middle of three values, the highest of them. Small
/// samples, whose mu moves fast with beta, are looked at more closely, and so are slopes that tell
/// nothing at the three.
WindowFit refine_around(const Window& window, const WindowFit& left, const WindowFit& middle,
                        const WindowFit& right) noexcept {
  const auto refined = [&](const WindowFit& low, const WindowFit& high) {
    if (low.beta == high.beta) return WindowFit{};
    return refine_beta(window, low.beta, high.beta, middle.mu, kFine);
  };
  for (const auto& [low, high] : {std::pair{left, right}, {middle, right}, {left, middle}}) {
    if (window.n() <= kSmallSample) break;
    const WindowFit fit = refined(low, high);
    if (fit.beta != 0) return fit;
  }
  constexpr int kPieces = 32;
  const double ratio = std::pow(right.beta / left.beta, 1.0 / kPieces);
  WindowFit best{};
  const auto try_between = [&](double low, double high) {
    const WindowFit fit = refined({low}, {high});
    if (fit.log_likelihood > best.log_likelihood) best = fit;
  };
  double low = left.beta;
  for (int piece = 1; piece <= kPieces; ++piece) {
    const double high = piece == kPieces ? right.beta : low * ratio;
    // Where S stops being concave between entries, mu jumps, and the slope with it.
    if (low < kBelowOne && high > 1) {
      try_between(low, kBelowOne);
      low = 1;
    }
    try_between(low, high);
    low = high;
  }
  return best;
}

struct BetaRange {
  double low, high;
};

/// More nats than l moves within a step of the grid.
double prune_margin(const Window& window) noexcept { return 1 + 0.01 * window.n(); }

/// The i-th of kBetaGrid values in geometric progression, the ends exactly those of the range.
double grid_beta(BetaRange range, std::size_t i) noexcept {
  if (i + 1 == kBetaGrid) return range.high;
  const double share = static_cast<double>(i) / (kBetaGrid - 1);
  return std::min(range.low * std::pow(range.high / range.low, share), range.high);
}

/// The largest likelihood of a window over a range of beta.
WindowFit fit_window_over(const Window& window, BetaRange range) noexcept {
  std::array<WindowFit, kBetaGrid> grid{};
  WindowFit best{};
  const auto scan = [&](std::size_t i, double guess) {
    const double worth = best.log_likelihood - prune_margin(window);
    grid[i] = fit_window(window, grid_beta(range, i), guess, worth);
    if (grid[i].log_likelihood > best.log_likelihood) best = grid[i];
  };
  // The cheap part first, where S is convex: it prunes the rest.
  std::size_t first_convex = 0;
  while (first_convex < kBetaGrid && grid_beta(range, first_convex) < 1) ++first_convex;
  double guess = median(window.sorted);
  for (std::size_t i = first_convex; i < kBetaGrid; ++i) {
    scan(i, guess);
    guess = grid[i].mu;
  }
  for (std::size_t i = first_convex; i-- > 0;) scan(i, best.mu);

  const double worth = best.log_likelihood - prune_margin(window);
  for (std::size_t i = 0; i < kBetaGrid; ++i) {
    const std::size_t left = i == 0 ? 0 : i - 1;
    const std::size_t right = std::min(i + 1, kBetaGrid - 1);
    const double here = grid[i].log_likelihood;
    const bool local = here >= grid[left].log_likelihood && here >= grid[right].log_likelihood;
    if (!local || here < worth) continue;
    const WindowFit fit = refine_around(window, grid[left], grid[i], grid[right]);
    if (fit.log_likelihood > best.log_likelihood) best = fit;
  }
  return best;
}

/// ok, out_of_range on a bound of beta towards which the likelihood still rises, or not_converged.
Status certify(const Window& window, const WindowFit& fit, BetaRange range, double score) noexcept {
  if (!mu_is_certain(window, fit)) return {StatusCode::not_converged};
  if (fit.beta <= range.low && score < 0) return {StatusCode::out_of_range, -1};
  if (fit.beta >= range.high && score > 0) return {StatusCode::out_of_range, 1};
  if (!(std::abs(score) <= kScoreTolerance)) return {StatusCode::not_converged};
  return {};
}

double best_alpha(const Window& window, const WindowFit& fit) noexcept {
  return window.range * std::pow(fit.beta * fit.power / window.n(), 1 / fit.beta);
}

// The floored objective.

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
    const GeneralizedGaussian law{trimmed.fit.mu, best_alpha(window, trimmed.fit),
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

/// The local fit over beta next to an earlier one, for windows that differ by a few entries.
WindowFit fit_window_near(const Window& window, const WindowFit& previous, BetaRange range,
                          Tolerance tolerance) noexcept {
  double mu = previous.mu;
  const auto score = [&](double beta) {
    mu = fit_window(window, beta, mu, -kInfinity, tolerance.mu).mu;
    return beta_score(window, mu, beta);
  };
  const double start = std::clamp(previous.beta, range.low, range.high);
  double factor = 1.01;
  double low = std::max(range.low, start / factor);
  double high = std::min(range.high, start * factor);
  while (score(low) < 0) {
    if (low == range.low) return fit_window(window, low, mu, -kInfinity);
    high = low;
    low = std::max(range.low, low / (factor *= factor));
  }
  while (score(high) > 0) {
    if (high == range.high) return fit_window(window, high, mu, -kInfinity);
    low = high;
    high = std::min(range.high, high * (factor *= factor));
  }
  return refine_beta(window, low, high, mu, tolerance);
}

template <class T>
double sum_of_logarithms(const GeneralizedGaussian& law, VectorView<const T> sample,
                         double log_floor) noexcept {
  CompensatedSum sum;
  double lowest = 0;  // an infinity would leave a NaN in the compensation
  for (const T entry : sample) {
    const double term = std::max(law.log_density(static_cast<double>(entry)), log_floor);
    lowest = std::min(lowest, term);
    sum.add(term);
  }
  return lowest == -kInfinity ? lowest : sum.value();
}

bool usable_beta(double beta) noexcept { return beta >= kSmallestBeta && beta <= kLargestBeta; }

GeneralizedGaussianFit to_fit(const Window& window, const WindowFit& fit) noexcept {
  return {{fit.mu, best_alpha(window, fit), fit.beta},
          fit.log_likelihood,
          beta_score(window, fit.mu, fit.beta),
          0};
}

/// Back in the sample's own scale.
void unscale(GeneralizedGaussianFit& fit, std::size_t size, int exponent) noexcept {
  fit.law.mu = std::ldexp(fit.law.mu, exponent);
  fit.law.alpha = std::ldexp(fit.law.alpha, exponent);
  fit.log_likelihood -= static_cast<double>(size) * exponent * std::numbers::ln2;
}

GeneralizedGaussianFit to_fit(const Window& window, const Trimmed& best, std::size_t n) noexcept {
  GeneralizedGaussianFit fit = to_fit(window, best.fit);
  fit.log_likelihood = best.value;
  fit.floored = n - (best.end - best.begin);
  return fit;
}

}  // namespace

// The law.

double GeneralizedGaussian::log_density(double x) const noexcept {
  return std::log(beta / (2 * alpha)) - log_gamma(1 / beta) -
         std::pow(std::abs(x - mu) / alpha, beta);
}

double GeneralizedGaussian::density(double x) const noexcept { return std::exp(log_density(x)); }

double GeneralizedGaussian::distribution(double x) const noexcept {
  const double power = std::pow(std::abs(x - mu) / alpha, beta);
  const double tail = power == kInfinity ? 0 : boost::math::gamma_q(1 / beta, power, Quiet()) / 2;
  return x < mu ? tail : 1 - tail;
}

double GeneralizedGaussian::quantile(double probability) const noexcept {
  if (!(probability >= 0 && probability <= 1)) return std::numeric_limits<double>::quiet_NaN();
  const double tail = std::min(probability, 1 - probability);
  if (tail == 0) return probability == 0 ? -kInfinity : kInfinity;
  const double power = tail < 0.25 ? boost::math::gamma_q_inv(1 / beta, 2 * tail, Quiet())
                                   : boost::math::gamma_p_inv(1 / beta, 1 - 2 * tail, Quiet());
  const double distance = alpha * std::pow(power, 1 / beta);
  return probability < 0.5 ? mu - distance : mu + distance;
}

double GeneralizedGaussian::standard_deviation() const noexcept {
  return alpha * std::exp((log_gamma(3 / beta) - log_gamma(1 / beta)) / 2);
}

double GeneralizedGaussian::kurtosis() const noexcept {
  return std::exp(log_gamma(5 / beta) + log_gamma(1 / beta) - 2 * log_gamma(3 / beta));
}

double GeneralizedGaussian::entropy() const noexcept {
  return 1 / beta + std::log(2 * alpha / beta) + log_gamma(1 / beta);
}

double log_likelihood(const GeneralizedGaussian& law, VectorView<const float> sample) noexcept {
  return sum_of_logarithms(law, sample, -kInfinity);
}

double log_likelihood(const GeneralizedGaussian& law, VectorView<const double> sample) noexcept {
  return sum_of_logarithms(law, sample, -kInfinity);
}

double floored_log_likelihood(const GeneralizedGaussian& law, VectorView<const float> sample,
                              double floor) noexcept {
  return sum_of_logarithms(law, sample, std::log(floor));
}

double floored_log_likelihood(const GeneralizedGaussian& law, VectorView<const double> sample,
                              double floor) noexcept {
  return sum_of_logarithms(law, sample, std::log(floor));
}

// The fitter.

Status fit_generalized_gaussian(const ScaledSample& sample, double lowest_beta, double highest_beta,
                                const GeneralizedGaussian* start,
                                GeneralizedGaussianFit& fit) noexcept {
  const Window window(sample.sorted);
  const BetaRange range{lowest_beta, highest_beta};
  const auto finish = [&](const WindowFit& best) {
    fit = to_fit(window, best);
    unscale(fit, sample.sorted.size(), sample.exponent);
    return certify(window, best, range, fit.beta_score);
  };
  if (start != nullptr) {
    const WindowFit from{start->beta, std::ldexp(start->mu, -sample.exponent)};
    const WindowFit near = fit_window_near(window, from, range, kFine);
    if (near.beta != 0 && finish(near).ok()) return {};
  }
  return finish(fit_window_over(window, range));
}

GeneralizedGaussianFitter::GeneralizedGaussianFitter(const Config& config, Arena& arena) noexcept
    : lowest_beta_(config.lowest_beta), highest_beta_(config.highest_beta) {
  assert(usable_beta(lowest_beta_) && usable_beta(highest_beta_) && lowest_beta_ < highest_beta_);
  Layout carve(arena);
  storage_ = layout(carve, config);
}

template <class T>
Status GeneralizedGaussianFitter::load_any(VectorView<const T> sample) noexcept {
  size_ = 0;
  const Status status = load_scaled(sample, storage_.sorted, exponent_);
  if (status.ok()) size_ = sample.size();
  return status;
}

Status GeneralizedGaussianFitter::load(VectorView<const float> sample) noexcept {
  return load_any(sample);
}

Status GeneralizedGaussianFitter::load(VectorView<const double> sample) noexcept {
  return load_any(sample);
}

Status GeneralizedGaussianFitter::fit(GeneralizedGaussianFit& fit) const noexcept {
  if (size_ == 0) return {StatusCode::empty_input};
  return fit_generalized_gaussian({sorted(), exponent_}, lowest_beta_, highest_beta_, nullptr, fit);
}

Status GeneralizedGaussianFitter::fit_beta(double beta,
                                           GeneralizedGaussianFit& fit) const noexcept {
  if (size_ == 0) return {StatusCode::empty_input};
  if (!usable_beta(beta)) return {StatusCode::out_of_range};
  const Window window(sorted());
  const WindowFit best = fit_window(window, beta, median(sorted()), -kInfinity);
  fit = to_fit(window, best);
  unscale(fit, size_, exponent_);
  return mu_is_certain(window, best) ? Status{} : Status{StatusCode::not_converged};
}

Status GeneralizedGaussianFitter::fit_floored(double floor,
                                              GeneralizedGaussianFit& fit) const noexcept {
  if (size_ == 0) return {StatusCode::empty_input};
  if (!(floor > 0) || !std::isfinite(floor)) return {StatusCode::out_of_range};
  const BetaRange range{lowest_beta_, highest_beta_};
  const WindowFit whole = fit_window_over(Window(sorted()), range);
  const auto fit_loosely = [&](const Window& window, const WindowFit& previous) {
    return fit_window_near(window, previous.beta != 0 ? previous : whole, range, kCoarse);
  };
  const auto fit_finely = [&](const Window& window, const WindowFit& previous) {
    return fit_window_near(window, previous, range, kFine);
  };
  const double log_floor = std::log(floor) + exponent_ * std::numbers::ln2;
  FlooredSearch loose(sorted(), log_floor, fit_loosely);
  loose.search();
  FlooredSearch fine(sorted(), log_floor, fit_finely);
  fine.ascend(loose.best());
  const Trimmed& best = fine.best();
  if (best.value == -kInfinity) return {StatusCode::not_converged};
  const Window window(sorted().subspan(best.begin, best.end - best.begin));
  fit = to_fit(window, best, size_);
  unscale(fit, size_, exponent_);
  return certify(window, best.fit, range, fit.beta_score);
}

Status GeneralizedGaussianFitter::fit_floored_beta(double floor, double beta,
                                                   GeneralizedGaussianFit& fit) const noexcept {
  if (size_ == 0) return {StatusCode::empty_input};
  if (!(floor > 0) || !std::isfinite(floor) || !usable_beta(beta)) {
    return {StatusCode::out_of_range};
  }
  const auto fit_at_beta = [&](double mu_tolerance) {
    return [=](const Window& window, const WindowFit& previous) {
      const double guess = previous.beta != 0 ? previous.mu : median(window.sorted);
      return fit_window(window, beta, guess, -kInfinity, mu_tolerance);
    };
  };
  const double log_floor = std::log(floor) + exponent_ * std::numbers::ln2;
  FlooredSearch loose(sorted(), log_floor, fit_at_beta(kCoarse.mu));
  loose.search();
  FlooredSearch fine(sorted(), log_floor, fit_at_beta(kFine.mu));
  fine.ascend(loose.best());
  const Trimmed& best = fine.best();
  if (best.value == -kInfinity) return {StatusCode::not_converged};
  const Window window(sorted().subspan(best.begin, best.end - best.begin));
  fit = to_fit(window, best, size_);
  unscale(fit, size_, exponent_);
  return mu_is_certain(window, best.fit) ? Status{} : Status{StatusCode::not_converged};
}

}  // namespace pinnscope
