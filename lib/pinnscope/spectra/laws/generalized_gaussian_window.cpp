#include "pinnscope/spectra/laws/generalized_gaussian_window.hpp"

#include <algorithm>
#include <array>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <utility>

#include "pinnscope/spectra/samples/boost_policy.hpp"
#include "pinnscope/spectra/samples/compensated_sum.hpp"

namespace pinnscope::windows {
namespace {

constexpr std::size_t kBetaGrid = 25;     // points a third apart over the default range of beta
constexpr double kScoreTolerance = 1e-9;  // of the scaled scores, which are of order 1

// Sums over one window of the sorted sample.

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
  return n * (std::log(beta) - std::numbers::ln2 - boost::math::lgamma(1 / beta, Quiet()) -
              std::log(window.range) - std::log(beta * power / n) / beta - 1 / beta);
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

}  // namespace

double median(VectorView<const double> sorted) noexcept {
  const std::size_t half = sorted.size() / 2;
  if (sorted.size() % 2 == 1) return sorted[half];
  return sorted[half - 1] + (sorted[half] - sorted[half - 1]) / 2;
}

namespace {

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
    // What is gained by less than some fifty roundings is not looked for.
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

}  // namespace

WindowFit fit_window(const Window& window, double beta, double guess, double worth,
                     double mu_tolerance) noexcept {
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

namespace {

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

}  // namespace

bool mu_is_certain(const Window& window, const WindowFit& fit) noexcept {
  if (fit.beta < 1) return true;  // the search over the entries was exhaustive
  const double ulp = std::abs(fit.mu) * std::numeric_limits<double>::epsilon();
  const double step = std::max(1e-12 * window.range, 4 * ulp);
  return mu_score(window, fit.mu - step, fit.beta) >= 0 &&
         mu_score(window, fit.mu + step, fit.beta) <= 0;
}

namespace {

constexpr double kBelowOne = 1 - 1e-9;  // S is concave between entries below 1, not at it
constexpr double kSmallSample = 2000;   // up to here l has several maxima over beta around 1

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

/// More nats than l moves within a step of the grid.
double prune_margin(const Window& window) noexcept { return 1 + 0.01 * window.n(); }

/// The i-th of kBetaGrid values in geometric progression, the ends exactly those of the range.
double grid_beta(BetaRange range, std::size_t i) noexcept {
  if (i + 1 == kBetaGrid) return range.high;
  const double share = static_cast<double>(i) / (kBetaGrid - 1);
  return std::min(range.low * std::pow(range.high / range.low, share), range.high);
}

}  // namespace

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

WindowFit fit_window_near(const Window& window, const WindowFit& previous, BetaRange range,
                          Tolerance tolerance) noexcept {
  double mu = previous.mu;
  const auto score = [&](double beta) {
    mu = fit_window(window, beta, mu, -kInfinity, tolerance.mu).mu;
    return beta_score(window, mu, beta);
  };
  const double start = std::clamp(previous.beta, range.low, range.high);
  double factor = 1.01;  // squared until the bracket holds the root: a matter of cost alone
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

/// Above, the edges of the law are narrower than a thousandth of it and no sample tells it from a
/// uniform one; below, |x|^beta changes by less than 2.4 % from a power of ten to the next.
bool usable_beta(double beta) noexcept { return beta >= 0.01 && beta <= 1000; }

GeneralizedGaussianFit to_fit(const Window& window, const WindowFit& fit) noexcept {
  return {{fit.mu, best_alpha(window, fit), fit.beta},
          fit.log_likelihood,
          beta_score(window, fit.mu, fit.beta)};
}

void unscale(GeneralizedGaussianFit& fit, std::size_t size, int exponent) noexcept {
  fit.law.mu = std::ldexp(fit.law.mu, exponent);
  fit.law.alpha = std::ldexp(fit.law.alpha, exponent);
  fit.log_likelihood -= static_cast<double>(size) * exponent * std::numbers::ln2;
}

}  // namespace pinnscope::windows
