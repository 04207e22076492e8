#include "pinnscope/spectra/laws/weight_law_fit.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>
#include <numbers>

#include "pinnscope/spectra/laws/information_criterion.hpp"
#include "pinnscope/spectra/laws/scaled_sample.hpp"
#include "pinnscope/spectra/laws/weight_law_kernels.hpp"
#include "pinnscope/spectra/samples/compensated_sum.hpp"
#include "pinnscope/spectra/samples/goodness_of_fit.hpp"
#include "pinnscope/spectra/samples/moments.hpp"
#include "pinnscope/spectra/samples/sorted_sample.hpp"

namespace pinnscope {
namespace {

// Parameters as a short vector.

constexpr std::size_t kMostParameters = 3;
using Vector = std::array<double, kMostParameters>;
using Matrix = std::array<Vector, kMostParameters>;

enum class Parameter : std::uint8_t { mu, change, initial, freedom };  // as in sum_block()

/// The parameters of a model, mu in units of the sample's deviation, the others by their
/// logarithms, each between bounds.
struct Space {
  std::array<Parameter, kMostParameters> parameter{};
  Vector low{}, high{};
  std::size_t size = 0;
  double unit = 1;  // of mu

  void add(Parameter which, double lowest, double highest) noexcept {
    assert(size < kMostParameters);
    parameter[size] = which;
    low[size] = lowest;
    high[size] = highest;
    ++size;
  }
};

double& value_of(WeightLaw& law, Parameter which) noexcept {
  switch (which) {
    case Parameter::mu: return law.mu;
    case Parameter::change: return law.change;
    case Parameter::initial: return law.initial;
    case Parameter::freedom: break;
  }
  return law.freedom;
}

Vector to_vector(const Space& space, WeightLaw law) noexcept {
  Vector at{};
  for (std::size_t i = 0; i < space.size; ++i) {
    const double value = value_of(law, space.parameter[i]);
    at[i] = space.parameter[i] == Parameter::mu ? value / space.unit : std::log(value);
    at[i] = std::clamp(at[i], space.low[i], space.high[i]);
  }
  return at;
}

WeightLaw to_law(const Space& space, const Vector& at, WeightLaw law) noexcept {
  for (std::size_t i = 0; i < space.size; ++i) {
    value_of(law, space.parameter[i]) =
        space.parameter[i] == Parameter::mu ? at[i] * space.unit : std::exp(at[i]);
  }
  return law;
}

double dot(const Vector& a, const Vector& b) noexcept {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

Vector times(const Matrix& matrix, const Vector& vector) noexcept {
  return {dot(matrix[0], vector), dot(matrix[1], vector), dot(matrix[2], vector)};
}

/// Of a diagonal entry: some 450 times the epsilon of doubles, more than the few roundings of three
/// eliminated columns make of a pivot that is zero.
constexpr double kRoundedPivot = 1e-13;

/// matrix^-1 right over the entries marked free (0 elsewhere), by L D L'. A pivot that is nothing
/// but rounding fixes its entry: nothing in the sample tells that parameter.
Vector solve(const Matrix& matrix, const Vector& right, const std::array<bool, 3>& free) noexcept {
  Matrix lower{};
  Vector pivot{}, solution{};
  for (std::size_t i = 0; i < kMostParameters; ++i) {
    if (!free[i]) continue;
    solution[i] = right[i];
    pivot[i] = matrix[i][i];
    for (std::size_t j = 0; j < i; ++j) {
      double entry = matrix[i][j];
      for (std::size_t k = 0; k < j; ++k) entry -= lower[i][k] * lower[j][k] * pivot[k];
      lower[i][j] = pivot[j] > 0 ? entry / pivot[j] : 0;
      pivot[i] -= lower[i][j] * lower[i][j] * pivot[j];
      solution[i] -= lower[i][j] * solution[j];
    }
    if (!(pivot[i] > kRoundedPivot * matrix[i][i])) pivot[i] = 0;
  }
  for (std::size_t i = kMostParameters; i-- > 0;) {
    solution[i] = pivot[i] > 0 ? solution[i] / pivot[i] : 0;
    for (std::size_t k = i + 1; k < kMostParameters; ++k) solution[i] -= lower[k][i] * solution[k];
  }
  return solution;
}

// The likelihood and its scores.

struct Likelihood {
  Vector at{};
  double value = -std::numeric_limits<double>::infinity();
  Vector gradient{};
  Matrix information{};  // sum of the outer products of the scores
};

constexpr std::size_t kSlice = 64;  // entries summed plainly before the sums are compensated

/// Sums over a block of entries.
struct BlockSums {
  double value = 0;
  Vector gradient{};
  Matrix information{};  // the lower triangle

  void add(double log_density, const Vector& by) noexcept {
    value += log_density;
    for (std::size_t i = 0; i < kMostParameters; ++i) {
      gradient[i] += by[i];
      for (std::size_t j = 0; j <= i; ++j) information[i][j] += by[i] * by[j];
    }
  }
};

template <class Kernel>
BlockSums sum_block(VectorView<const double> block, const Kernel& kernel, const Space& space,
                    double mu) noexcept {
  BlockSums sums;
  for (const double x : block) {
    const kernels::Scores scores = kernel.scores(std::abs(x - mu));
    const double by_mu = (x > mu ? -scores.location : scores.location) * space.unit;
    const std::array by_all{by_mu, scores.change, scores.initial, scores.freedom};
    Vector by{};
    for (std::size_t i = 0; i < kMostParameters; ++i) {
      by[i] = i < space.size ? by_all[static_cast<std::size_t>(space.parameter[i])] : 0;
    }
    sums.add(scores.log_density, by);
  }
  return sums;
}

Likelihood likelihood(VectorView<const double> sorted, const Space& space, const Vector& at,
                      const WeightLaw& fixed) noexcept {
  const WeightLaw law = to_law(space, at, fixed);
  return kernels::with_kernel(law, [&](const auto& kernel) {
    Likelihood total{at};
    CompensatedSum value;
    std::array<CompensatedSum, kMostParameters> gradient{};
    for (std::size_t begin = 0; begin < sorted.size(); begin += kSlice) {
      const auto block = sorted.subspan(begin, std::min(kSlice, sorted.size() - begin));
      const BlockSums sums = sum_block(block, kernel, space, law.mu);
      value.add(sums.value);
      for (std::size_t i = 0; i < kMostParameters; ++i) {
        gradient[i].add(sums.gradient[i]);
        for (std::size_t j = 0; j <= i; ++j) total.information[i][j] += sums.information[i][j];
      }
    }
    total.value = value.value();
    for (std::size_t i = 0; i < kMostParameters; ++i) {
      total.gradient[i] = gradient[i].value();
      for (std::size_t j = 0; j < i; ++j) total.information[j][i] = total.information[i][j];
    }
    return total;
  });
}

// The ascent.

constexpr int kMostAscents = 100;
constexpr int kMostHalvings = 30;
constexpr double kEnough = 1e-2 * kConvergedDecrement;  // to stop at, a step beyond the certificate
constexpr double kSufficientRise = 1e-4;  // c1 of Nocedal and Wright, Numerical Optimization, (3.4)
constexpr double kLeastBend = 0.05;       // of what is expected, see learn()
constexpr double kLongestStep = 1;        // a factor e, or a standard deviation

class Ascent {
 public:
  Ascent(VectorView<const double> sorted, const Space& space, const WeightLaw& start) noexcept
      : sorted_(sorted), space_(space), fixed_(start) {
    best_ = evaluate(to_vector(space, start));
    curvature_ = best_.information;
  }

  void climb() noexcept {
    ascend();
    // A change too small to be felt by any entry is none: its likelihood is flat down to the bound.
    for (std::size_t i = 0; i < space_.size; ++i) {
      if (space_.parameter[i] != Parameter::change || best_.information[i][i] > 0) continue;
      Vector least = best_.at;
      least[i] = space_.low[i];
      best_ = evaluate(least);
    }
  }

  WeightLaw law() const noexcept { return to_law(space_, best_.at, fixed_); }
  double log_likelihood() const noexcept { return best_.value; }

  bool is_finite() const noexcept {
    return std::isfinite(best_.value) && std::isfinite(dot(best_.gradient, best_.gradient));
  }

  double decrement() const noexcept {
    return dot(best_.gradient, solve(best_.information, best_.gradient, free()));
  }

  /// -1 or 1 with a parameter held by a lower or upper bound, else 0.
  int bound() const noexcept {
    for (std::size_t i = 0; i < space_.size; ++i) {
      if (const int side = held(i); side != 0) return side;
    }
    return 0;
  }

 private:
  void ascend() noexcept {
    for (int step = 0; step < kMostAscents && decrement() > kEnough; ++step) {
      if (advance()) continue;
      if (curvature_ == best_.information) return;
      curvature_ = best_.information;
      if (!advance()) return;
    }
  }

  Likelihood evaluate(const Vector& at) const noexcept {
    return likelihood(sorted_, space_, at, fixed_);
  }

  int held(std::size_t i) const noexcept {
    if (best_.at[i] <= space_.low[i] && best_.gradient[i] <= 0) return -1;
    if (best_.at[i] >= space_.high[i] && best_.gradient[i] >= 0) return 1;
    return 0;
  }

  std::array<bool, kMostParameters> free() const noexcept {
    std::array<bool, kMostParameters> free{};
    for (std::size_t i = 0; i < space_.size; ++i) free[i] = held(i) == 0;
    return free;
  }

  Vector moved(const Vector& step, double factor) const noexcept {
    Vector at = best_.at;
    for (std::size_t i = 0; i < space_.size; ++i) {
      at[i] = std::clamp(at[i] + factor * step[i], space_.low[i], space_.high[i]);
    }
    return at;
  }

  /// What rounding may do to the likelihood: a rounded constant counts n times.
  double noise() const noexcept {
    const auto n = static_cast<double>(sorted_.size());
    return 4 * std::numeric_limits<double>::epsilon() * (4 * n + std::abs(best_.value));
  }

  /// One step with a line search. false where the likelihood cannot be raised that way.
  bool advance() noexcept {
    const Vector step = solve(curvature_, best_.gradient, free());
    const double longest = std::max({std::abs(step[0]), std::abs(step[1]), std::abs(step[2])});
    double factor = std::min(1.0, kLongestStep / longest);
    for (int halving = 0; halving < kMostHalvings; ++halving, factor /= 2) {
      const Likelihood next = evaluate(moved(step, factor));
      if (next.at == best_.at) return false;
      const double rise = factor * dot(step, best_.gradient);
      if (!(next.value >= best_.value + kSufficientRise * rise - noise())) continue;
      learn(next);
      best_ = next;
      return true;
    }
    return false;
  }

  /// The update of Broyden, Fletcher, Goldfarb and Shanno. Where the likelihood bends less than a
  /// twentieth as much as the curvature at hand expects, the update would be all but singular
  /// (Powell's damping, Numerical Analysis, Dundee 1977, begins at a fifth): from scratch then, by
  /// the outer product of the scores, which is never indefinite.
  void learn(const Likelihood& next) noexcept {
    Vector step{}, fall{};
    for (std::size_t i = 0; i < kMostParameters; ++i) {
      step[i] = next.at[i] - best_.at[i];
      fall[i] = best_.gradient[i] - next.gradient[i];
    }
    const Vector expected = times(curvature_, step);
    const double along = dot(step, fall);
    const double expected_along = dot(step, expected);
    if (!(along > kLeastBend * expected_along)) {
      curvature_ = next.information;
      return;
    }
    for (std::size_t i = 0; i < kMostParameters; ++i) {
      for (std::size_t j = 0; j < kMostParameters; ++j) {
        curvature_[i][j] += fall[i] * fall[j] / along - expected[i] * expected[j] / expected_along;
      }
    }
  }

  VectorView<const double> sorted_;
  Space space_;
  WeightLaw fixed_;  // its scales that are not fitted
  Likelihood best_{};
  Matrix curvature_{};
};

// Bounds and starts.

/// A scale below its least one is none: it moves the likelihood by less than 0.1 nats in 10,000
/// entries, and by less than its scores' rounding error further down. With both scales fitted, a
/// small one next to a normal law is felt in its fourth power alone.
double least_initial(LawKind kind, double deviation) noexcept {
  return (kind == LawKind::uniform_normal ? 0.05 : 1e-3) * deviation;
}
double least_change(const WeightModel& model, double deviation) noexcept {
  if (model.kind != LawKind::normal_laplace) {
    return 1e-6 * (model.initial > 0 ? model.initial : deviation);
  }
  return model.initial > 0 ? 1e-3 * model.initial : 0.03 * deviation;
}

Space space_of(const WeightModel& model, VectorView<const double> sorted,
               double deviation) noexcept {
  Space space;
  space.unit = deviation;
  const double range = sorted.back() - sorted.front();
  const double least = least_change(model, deviation);
  const double most = 10 * std::max(range, least);
  space.add(Parameter::mu, sorted.front() / deviation, sorted.back() / deviation);
  space.add(Parameter::change, std::log(least), std::log(most));
  if (has_initial(model.kind) && model.initial == 0) {
    space.add(Parameter::initial, std::log(least_initial(model.kind, deviation)), std::log(most));
  }
  if (model.kind == LawKind::student_t) space.add(Parameter::freedom, std::log(0.1), std::log(1e3));
  return space;
}

constexpr std::size_t kStarts = 5;

/// A law with this change_variance() and initial scale.
WeightLaw with_variance(WeightLaw law, double change_variance) noexcept {
  law.change = 1;
  law.change = std::sqrt(change_variance / law.change_variance());
  return law;
}

/// A start of each kind of law that there is: from nearly one component alone to nearly the other,
/// from the heaviest tails with a variance to nearly normal ones. The highest end counts.
WeightLaw start_of(const WeightModel& model, const Moments& sample, std::size_t index) noexcept {
  constexpr std::array<double, kStarts> kChangeShares{0.01, 0.1, 0.3, 0.6, 0.95};
  constexpr std::array<double, kStarts> kFreedoms{2.2, 3, 5, 10, 50};
  const double variance = sample.standard_deviation * sample.standard_deviation;
  WeightLaw law{model.kind, sample.mean, model.initial};
  if (has_freedom(model.kind)) {
    law.freedom = kFreedoms[index];
    return with_variance(law, variance);
  }
  const double share = kChangeShares[index];
  if (model.initial == 0) {
    law.initial = 1;
    law.initial = std::sqrt((1 - share) * variance / law.initial_variance());
  }
  return with_variance(law, share * variance);
}

WeightLaw best_start(const ScaledSample& sample, const WeightModel& model,
                     const Moments& shape) noexcept {
  WeightLaw best{};
  double highest = -std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < kStarts; ++i) {
    const WeightLaw law = start_of(model, shape, i);
    const double value = log_likelihood(law, sample.sorted);
    if (i > 0 && !(value > highest)) continue;
    best = law;
    highest = value;
  }
  return best;
}

// Fits of a scaled sample.

double half_way(double low, double high) noexcept { return low + (high - low) / 2; }

WeightLaw closed_form(VectorView<const double> sorted, LawKind kind,
                      const Moments& shape) noexcept {
  const std::size_t n = sorted.size();
  WeightLaw law{kind, shape.mean, 1, shape.standard_deviation};
  if (kind == LawKind::uniform) {
    law.mu = half_way(sorted.front(), sorted.back());
    law.initial = std::max(law.mu - sorted.front(), sorted.back() - law.mu);
  }
  if (kind == LawKind::laplace) {
    law.mu = half_way(sorted[(n - 1) / 2], sorted[n / 2]);
    CompensatedSum distances;
    for (const double x : sorted) distances.add(std::abs(x - law.mu));
    law.change = distances.value() / static_cast<double>(n);
  }
  return law;
}

bool is_uniform_initial(LawKind kind) noexcept {
  return kind == LawKind::uniform_laplace || kind == LawKind::uniform_normal;
}

bool has_closed_form(LawKind kind) noexcept {
  return kind == LawKind::uniform || kind == LawKind::normal || kind == LawKind::laplace;
}

/// The law with everything that follows from it; back in the sample's own scale.
Status describe(const ScaledSample& sample, const WeightModel& model, WeightLaw law,
                double log_likelihood, WeightLawFit& fit) noexcept {
  const Status status = kernels::with_kernel(law, [&](const auto& kernel) {
    const auto distribution = [&](double x) {
      const double tail = kernel.survival(std::abs(x - law.mu));
      return x < law.mu ? tail : 1 - tail;
    };
    return kolmogorov_smirnov_distance(sample.sorted, distribution, fit.distance);
  });
  const auto n = static_cast<double>(sample.sorted.size());
  fit.law = law;
  fit.law.mu = std::ldexp(law.mu, sample.exponent);
  fit.law.change = has_change(law.kind) ? std::ldexp(law.change, sample.exponent) : 1;
  fit.law.initial = has_initial(law.kind) ? std::ldexp(law.initial, sample.exponent) : 1;
  fit.parameters = parameters(model);
  fit.log_likelihood = log_likelihood - n * sample.exponent * std::numbers::ln2;
  fit.akaike = akaike_criterion(fit.log_likelihood, fit.parameters);
  return status;
}

WeightLaw scaled(WeightLaw law, int exponent) noexcept {
  law.mu = std::ldexp(law.mu, -exponent);
  law.change = std::ldexp(law.change, -exponent);
  law.initial = std::ldexp(law.initial, -exponent);
  return law;
}

/// Beyond, the initialiser's scale is no matter of the sample: sums of the two squares lose one.
bool usable_initial(double initial, double deviation) noexcept {
  return initial == 0 || (initial >= 1e-9 * deviation && initial <= 1e9 * deviation);
}

/// The certified fit of the generalised Gaussian law, whose likelihood has cusps.
Status fit_cusped(const ScaledSample& sample, const WeightModel& model, const WeightLaw* start,
                  WeightLawFit& fit) noexcept {
  GeneralizedGaussian from;
  if (start != nullptr) from = {start->mu, start->change, start->freedom};
  GeneralizedGaussianFit found;
  const Status status = fit_generalized_gaussian(sample, kLowestBeta, kHighestBeta,
                                                 start == nullptr ? nullptr : &from, found);
  const WeightLaw law{model.kind, found.law.mu, 1, found.law.alpha, found.law.beta};
  const double unscaled = static_cast<double>(sample.sorted.size()) * sample.exponent;
  const Status described = describe(sample, model, scaled(law, sample.exponent),
                                    found.log_likelihood + unscaled * std::numbers::ln2, fit);
  return described.ok() ? status : Status{StatusCode::not_converged};
}

}  // namespace

Status fit_weight_law(const ScaledSample& sample, const WeightModel& model, const WeightLaw* start,
                      WeightLawFit& fit) noexcept {
  assert(model.initial == 0 || model.kind >= LawKind::uniform_laplace);
  assert(start == nullptr || start->kind == model.kind);
  Moments shape;
  if (const Status status = moments(sample.sorted, shape); !status.ok()) return status;
  fit.decrement = 0;
  if (has_closed_form(model.kind)) {
    const WeightLaw law = closed_form(sample.sorted, model.kind, shape);
    return describe(sample, model, law, log_likelihood(law, sample.sorted), fit);
  }
  if (model.kind == LawKind::generalized_gaussian) return fit_cusped(sample, model, start, fit);
  const double deviation = shape.standard_deviation;
  const WeightModel inner{model.kind, std::ldexp(model.initial, -sample.exponent)};
  const bool usable = model.initial == 0 || inner.initial > 0;
  if (!usable || !usable_initial(inner.initial, deviation)) return {StatusCode::out_of_range};
  WeightLaw from =
      start == nullptr ? best_start(sample, inner, shape) : scaled(*start, sample.exponent);
  if (inner.initial > 0) from.initial = inner.initial;
  const Space space = space_of(inner, sample.sorted, deviation);
  Ascent ascent(sample.sorted, space, from);
  ascent.climb();
  // Where the initialiser's limits hold every entry, no change at all is another top.
  if (is_uniform_initial(model.kind) && inner.initial > 0 &&
      sample.sorted.back() - sample.sorted.front() <= 2 * inner.initial) {
    WeightLaw alone = from;
    alone.mu = half_way(sample.sorted.front(), sample.sorted.back());
    alone.change = least_change(inner, deviation);
    Ascent second(sample.sorted, space, alone);
    second.climb();
    // One entry near a limit may hold the ascent where nothing else is felt. A hundredth of a nat
    // is a likelihood ratio of 1.01, which no criterion tells apart.
    const double slack = ascent.decrement() <= kConvergedDecrement ? 0 : 0.01;
    if (second.log_likelihood() > ascent.log_likelihood() - slack) ascent = second;
  }
  if (!ascent.is_finite()) return {StatusCode::not_converged};
  const Status described = describe(sample, model, ascent.law(), ascent.log_likelihood(), fit);
  if (model.initial > 0) fit.law.initial = model.initial;
  fit.decrement = ascent.decrement();
  if (!described.ok() || !(fit.decrement <= kConvergedDecrement)) {
    return {StatusCode::not_converged};
  }
  return ascent.bound() == 0 ? Status{} : Status{StatusCode::out_of_range, ascent.bound()};
}

WeightLawFitter::WeightLawFitter(const Config& config, Arena& arena) noexcept {
  Layout carve(arena);
  storage_ = layout(carve, config);
}

template <class T>
Status WeightLawFitter::load_any(VectorView<const T> sample) noexcept {
  size_ = 0;
  const Status status = load_scaled(sample, storage_.sorted, exponent_);
  if (status.ok()) size_ = sample.size();
  return status;
}

Status WeightLawFitter::load(VectorView<const float> sample) noexcept { return load_any(sample); }

Status WeightLawFitter::load(VectorView<const double> sample) noexcept { return load_any(sample); }

Status WeightLawFitter::fit(const WeightModel& model, WeightLawFit& fit) const noexcept {
  if (size_ == 0) return {StatusCode::empty_input};
  return fit_weight_law({storage_.sorted.first(size_), exponent_}, model, nullptr, fit);
}

Status WeightLawFitter::refit(const WeightModel& model, const WeightLaw& start,
                              WeightLawFit& fit) const noexcept {
  if (size_ == 0) return {StatusCode::empty_input};
  return fit_weight_law({storage_.sorted.first(size_), exponent_}, model, &start, fit);
}

}  // namespace pinnscope
