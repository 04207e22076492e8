#include "pinnscope/train/line_search_method.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <utility>

#include "pinnscope/train/dot_product.hpp"

namespace pinnscope {

namespace {

constexpr Status failed(Ending ending) noexcept {
  return {StatusCode::not_converged, static_cast<int>(ending)};
}

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The restriction of the loss to a line: where, its value there, its derivative along the line.
struct Trial {
  double step = 0;
  double loss = 0;  // infinite where loss or gradient is not finite
  double slope = 0;
};

/// Where the cubic through values and slopes of both trials has its minimum, (3.59): not finite
/// where it has none.
double minimum_of_cubic(const Trial& a, const Trial& b) noexcept {
  const double width = b.step - a.step;
  const double d1 = a.slope + b.slope + 3 * (a.loss - b.loss) / width;
  const double d2 = std::copysign(std::sqrt(d1 * d1 - a.slope * b.slope), width);
  return b.step - width * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2));
}

/// A step beyond the trial `now`, which came after `before`: further by a tenth of their distance
/// at least, tenfold at most. Both bounds keep the extrapolation of a cubic from standing still or
/// leaving where it was fitted; the book's algorithm 3.5 leaves the step open.
double longer_step(const Trial& before, const Trial& now) noexcept {
  const double least = now.step + 0.1 * (now.step - before.step);
  const double most = 10 * now.step;
  const double step = minimum_of_cubic(before, now);
  return step > now.step ? std::clamp(step, least, most) : most;
}

/// A step between both trials, away from the ends by a tenth of the bracket, which thus shrinks
/// each time: halfway where `halve` or the cubic fails.
double step_between(const Trial& low, const Trial& high, bool halve) noexcept {
  const double left = std::min(low.step, high.step);
  const double width = std::abs(high.step - low.step);
  const double step = minimum_of_cubic(low, high);
  if (halve || !std::isfinite(step)) return left + width / 2;
  return std::clamp(step, left + 0.1 * width, left + 0.9 * width);
}

}  // namespace

/// phi(a) = f(x + a p) from storage_.origin x along storage_.direction p. Each trial moves the
/// parameters and leaves its gradient in storage_.trial_gradient.
template <class T>
struct LineSearchMethod<T>::LineSearch {
  LineSearchMethod& owner;
  VectorView<T> parameters;
  const Evaluation& evaluate;
  Trial start;           // step 0
  Trial best = start;    // the lowest loss so far
  Trial last = start;    // where the parameters are
  std::size_t left = 0;  // evaluations

  Status move_to(double step) noexcept;
  Status probe(double step) noexcept;
  Status find(double first) noexcept;           // algorithm 3.5
  Status zoom(Trial low, Trial high) noexcept;  // algorithm 3.6
  Status settle_for_best() noexcept;
  void return_to_start() noexcept;

  bool decreases(const Trial& trial) const noexcept {
    return trial.loss <= start.loss + owner.rules_.sufficient_decrease * trial.step * start.slope;
  }
  bool is_flat(const Trial& trial) const noexcept {
    return std::abs(trial.slope) <= -owner.rules_.curvature * start.slope;
  }
};

template <class T>
Status LineSearchMethod<T>::LineSearch::move_to(double step) noexcept {
  const Storage& storage = owner.storage_;
  const T* x = storage.origin.data();
  const T* p = storage.direction.data();
  T* __restrict moved = parameters.data();
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    moved[i] = static_cast<T>(static_cast<double>(x[i]) + step * static_cast<double>(p[i]));
  }
  ++owner.state_.evaluations;
  double loss = kInfinity;
  const Status status = evaluate.call(evaluate.target, storage.trial_gradient, loss);
  const bool too_long =
      status.code == StatusCode::not_finite || status.code == StatusCode::not_converged;
  if (!status.ok() && !too_long) return status;
  const double slope = dot_product(storage.trial_gradient, storage.direction);
  const bool finite = status.ok() && std::isfinite(loss) && std::isfinite(slope);
  last = finite ? Trial{step, loss, slope} : Trial{step, kInfinity, 0};
  return {};
}

template <class T>
Status LineSearchMethod<T>::LineSearch::probe(double step) noexcept {
  if (left == 0) return failed(Ending::evaluations_used_up);
  --left;
  const Status status = move_to(step);
  if (status.ok() && last.loss < best.loss) best = last;
  return status;
}

template <class T>
Status LineSearchMethod<T>::LineSearch::find(double first) noexcept {
  Trial before = start;
  for (double step = first;;) {
    if (const Status status = probe(step); !status.ok()) return status;
    const bool rises = before.step > 0 && last.loss >= before.loss;
    if (!decreases(last) || rises) return zoom(before, last);
    if (is_flat(last)) return {};
    if (last.slope >= 0) return zoom(last, before);
    step = longer_step(before, last);
    before = last;
  }
}

/// The bracket is halved where the last step left more of it than this: the delta of More and
/// Thuente, ACM Trans. Math. Softw. 20, 286 (1994), section 4, whose code (MINPACK's cvsrch) asks
/// for it over two steps; to ask at each one ends a bracket with one lame end sooner.
constexpr double kSlowShrinkage = 0.66;

template <class T>
Status LineSearchMethod<T>::LineSearch::zoom(Trial low, Trial high) noexcept {
  double width = kInfinity;
  for (;;) {
    const double width_before = std::exchange(width, std::abs(high.step - low.step));
    const double rounding = std::numeric_limits<T>::epsilon() * std::max(low.step, high.step);
    if (!(width > rounding)) return failed(Ending::step_too_small);
    const bool shrinks_slowly = width > kSlowShrinkage * width_before;
    const double step = step_between(low, high, shrinks_slowly);
    if (const Status status = probe(step); !status.ok()) return status;
    if (!decreases(last) || last.loss >= low.loss) {
      high = last;
    } else {
      if (is_flat(last)) return {};
      const bool rises_towards_high = (last.slope > 0) == (high.step > low.step);
      if (rises_towards_high) high = low;
      low = last;
    }
  }
}

template <class T>
Status LineSearchMethod<T>::LineSearch::settle_for_best() noexcept {
  if (last.step != best.step && best.step > 0) {
    if (const Status status = move_to(best.step); !status.ok()) return status;
  }
  if (best.step > 0 && last.loss < start.loss) {
    std::swap(owner.storage_.gradient, owner.storage_.trial_gradient);
    owner.state_.loss = last.loss;
  } else {
    return_to_start();
  }
  return {};
}

template <class T>
void LineSearchMethod<T>::LineSearch::return_to_start() noexcept {
  std::copy(owner.storage_.origin.begin(), owner.storage_.origin.end(), parameters.begin());
}

template <class T>
bool LineSearchMethod<T>::can_work(const Rules& rules) noexcept {
  const auto sane = [](double number) { return std::isfinite(number) && number >= 0; };
  return rules.sufficient_decrease > 0 && rules.sufficient_decrease < rules.curvature &&
         rules.curvature < 1 && rules.line_search_evaluations > 0 &&
         sane(rules.gradient_tolerance) && sane(rules.loss_tolerance) && sane(rules.loss_floor);
}

template <class T>
Status LineSearchMethod<T>::iterate_once(VectorView<T> parameters,
                                         const Evaluation& evaluate) noexcept {
  assert(parameters.size() == rules_.parameters);
  const auto end = [this](Ending ending) { state_.ending = static_cast<std::uint64_t>(ending); };
  end(Ending::running);
  if (state_.started == 0) {
    if (const Status status = start(evaluate); !status.ok()) return status;
  }
  const auto by_gradient = [this] {
    return ending_by_gradient<T>(storage_.gradient, rules_.gradient_tolerance);
  };
  const double before = state_.loss;
  end(by_gradient());
  if (ending() != Ending::running) return {};
  Status status = descend(parameters, evaluate);
  if (status.code == StatusCode::not_converged && state_.pairs > 0) {
    state_.pairs = 0;
    const bool stays = by_gradient() != Ending::running;
    status = stays ? Status{} : descend(parameters, evaluate);
  }
  if (status.code == StatusCode::not_converged)
    state_.ending = static_cast<std::uint64_t>(status.info);
  if (!status.ok()) return status;
  ++state_.iterations;
  end(by_gradient());
  const bool level = levels_off(before, state_.loss, rules_.loss_tolerance, rules_.loss_floor);
  if (ending() == Ending::running && level) end(Ending::loss_levelled_off);
  return {};
}

template <class T>
Status LineSearchMethod<T>::start(const Evaluation& evaluate) noexcept {
  ++state_.evaluations;
  const Status status = evaluate.call(evaluate.target, storage_.gradient, state_.loss);
  if (!status.ok()) return status;
  const bool finite = std::isfinite(state_.loss) &&
                      std::isfinite(dot_product(storage_.gradient, storage_.gradient));
  if (!finite) return {StatusCode::not_finite, 0};
  state_.started = 1;
  return {};
}

/// A line search along the direction of the pairs held, and the pair that it yields. Without pairs
/// the first trial is a step of length 1 (in the 1-norm) at most.
template <class T>
Status LineSearchMethod<T>::descend(VectorView<T> parameters, const Evaluation& evaluate) noexcept {
  curvature_.set_direction(*this);
  const double slope = dot_product(storage_.gradient, storage_.direction);
  if (!(slope < 0) || !std::isfinite(slope)) return failed(Ending::no_descent);
  std::copy(parameters.begin(), parameters.end(), storage_.origin.begin());

  const T* g = storage_.gradient.data();
  const double length = sum_of(rules_.parameters, [=](std::size_t i) noexcept {
    return std::abs(static_cast<double>(g[i]));
  });
  LineSearch search{*this, parameters, evaluate, {0, state_.loss, slope}};
  search.left = rules_.line_search_evaluations;
  const Status found = search.find(state_.pairs > 0 ? 1 : std::min(1.0, 1 / length));
  if (found.ok()) {
    learn_from_step(parameters, search.last.step);
    std::swap(storage_.gradient, storage_.trial_gradient);
    state_.loss = search.last.loss;
    return {};
  }
  const bool settle = found.code == StatusCode::not_converged;
  const Status settled = settle ? search.settle_for_best() : found;
  if (!settled.ok()) search.return_to_start();
  return settled.ok() ? found : settled;
}

/// Nothing is learned where s.y <= epsilon y.y, or their ratio overflows: the inverse Hessian would
/// lose its definiteness.
template <class T>
void LineSearchMethod<T>::learn_from_step(VectorView<const T> parameters,
                                          double step_length) noexcept {
  const T* x0 = storage_.origin.data();
  const T* x1 = parameters.data();
  const T* g0 = storage_.gradient.data();
  const T* g1 = storage_.trial_gradient.data();
  const double curvature = sum_of(parameters.size(), [=](std::size_t i) noexcept {
    return static_cast<double>(x1[i] - x0[i]) * static_cast<double>(g1[i] - g0[i]);
  });
  const double change = sum_of(parameters.size(), [=](std::size_t i) noexcept {
    return static_cast<double>(g1[i] - g0[i]) * static_cast<double>(g1[i] - g0[i]);
  });
  const double scale = curvature / change;
  if (!(scale > std::numeric_limits<double>::epsilon()) || !std::isfinite(scale)) return;
  curvature_.learn(*this, parameters, {curvature, scale, step_length});
}

template class LineSearchMethod<float>;
template class LineSearchMethod<double>;

}  // namespace pinnscope
