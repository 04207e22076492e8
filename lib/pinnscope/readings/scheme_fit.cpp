#include "pinnscope/readings/scheme_fit.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

#include "pinnscope/step/stability.hpp"

namespace pinnscope {
namespace {

/// From this share on a fit is taken to rounding.
constexpr double kPolishFrom = 0.1;

/// How close the heights of a simplex are, over A's energy, where its search ends: what is left is
/// far below the deviation of a share of noise, and a fit that matters is polished after it.
constexpr double kSearchedTo = 1e-7;

/// The sum of value(k) below `count`, in four sums, so that additions do not wait for each other.
template <class Value>
double sum_of(std::size_t count, Value&& value) noexcept {
  std::array<double, 4> sums{};
  std::size_t k = 0;
  for (; k + 4 <= count; k += 4) {
    for (std::size_t lane = 0; lane < 4; ++lane) sums[lane] += value(k + lane);
  }
  for (; k < count; ++k) sums[0] += value(k);
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

double mode_product(VectorView<const double> a, VectorView<const double> b) noexcept {
  const double* const left = a.data();
  const double* const right = b.data();
  return sum_of(a.size(), [=](std::size_t k) { return left[k] * right[k]; });
}

/// |a - factor b|^2
double distance(VectorView<const double> a, double factor, VectorView<const double> b) noexcept {
  const double* const left = a.data();
  const double* const right = b.data();
  return sum_of(a.size(), [=](std::size_t k) {
    const double off = left[k] - factor * right[k];
    return off * off;
  });
}

/// Whether the scheme's matrix depends on theta.
bool takes_theta(Scheme scheme) noexcept { return scheme_row(scheme).uses_theta; }

bool has_form(Scheme scheme) noexcept { return !is_propagator(scheme); }

/// The point of the plane (c, sqrt r) or of the space with theta where value(point) is least, from
/// a start on: Nelder and Mead, with their own coefficients, until the heights of the simplex
/// differ by `tolerance` or by 1e-12 of the least.
template <class Value>
void nelder_mead(std::array<double, 3>& point, std::size_t dimension, int evaluations,
                 double tolerance, Value&& value) noexcept {
  std::array<std::array<double, 3>, 4> corner{};
  std::array<double, 4> height{};
  for (std::size_t k = 0; k <= dimension; ++k) {
    corner[k] = point;
    if (k > 0) corner[k][k - 1] += k == 3 ? 0.1 : 0.15 * (1 + std::abs(point[k - 1]));
    height[k] = value(corner[k]);
  }
  const auto sort = [&] {
    for (std::size_t i = 1; i <= dimension; ++i) {
      for (std::size_t k = i; k > 0 && height[k] < height[k - 1]; --k) {
        std::swap(height[k], height[k - 1]);
        std::swap(corner[k], corner[k - 1]);
      }
    }
  };
  sort();
  const auto is_open = [&] {
    return height[dimension] - height[0] > std::max(tolerance, 1e-12 * height[0]);
  };
  for (int used = 0; used < evaluations && is_open(); ++used) {
    std::array<double, 3> centre{};
    for (std::size_t k = 0; k < dimension; ++k) {
      for (std::size_t i = 0; i < dimension; ++i) {
        centre[i] += corner[k][i] / static_cast<double>(dimension);
      }
    }
    const auto along = [&](double by) {
      std::array<double, 3> at = point;
      for (std::size_t i = 0; i < dimension; ++i) {
        at[i] = centre[i] + by * (corner[dimension][i] - centre[i]);
      }
      return at;
    };
    std::array<double, 3> next = along(-1);
    double next_height = value(next);
    if (next_height < height[0]) {
      const std::array<double, 3> further = along(-2);
      const double further_height = value(further);
      ++used;
      if (further_height < next_height) {
        next = further;
        next_height = further_height;
      }
    } else if (!(next_height < height[dimension - 1])) {
      const bool outside = next_height < height[dimension];
      next = along(outside ? -0.5 : 0.5);
      next_height = value(next);
      ++used;
    }
    if (next_height < height[dimension]) {
      corner[dimension] = next;
      height[dimension] = next_height;
    } else {
      for (std::size_t k = 1; k <= dimension; ++k) {
        for (std::size_t i = 0; i < dimension; ++i) {
          corner[k][i] = (corner[k][i] + corner[0][i]) / 2;
        }
        height[k] = value(corner[k]);
        ++used;
      }
    }
    sort();
  }
  point = corner[0];
}

}  // namespace

bool SchemeFits::is_tied(std::size_t scheme) const noexcept {
  const double entries = static_cast<double>(cells) * static_cast<double>(cells);
  return entries * std::log(fits[scheme].unexplained / fits[best].unexplained) < kVeryStrong;
}

SchemeSearch::SchemeSearch(const Config& config, Arena& arena) noexcept : config_(config) {
  Layout carver(arena);
  storage_ = layout(carver, config);
  if (!arena.status().ok() || config.cells == 0) return;
  for (std::size_t k = 0; k < config.cells; ++k) {
    const double turn = 2 * static_cast<double>(k) / static_cast<double>(config.cells);
    storage_.cosines[k] = std::cos(std::numbers::pi * turn);
    storage_.sines[k] = std::sin(std::numbers::pi * turn);
  }
  fill_table();
}

/// The factors of a scheme P(L) / (1 - q L), in real numbers and a loop over the modes each, which
/// compilers turn into vectors.
void SchemeSearch::compute_band(const Trial& trial, VectorView<double> real,
                                VectorView<double> imaginary) const noexcept {
  const auto [c, r, theta] = trial.numbers;
  const RationalForm form = rational_form(trial.scheme, {c, r}, theta);
  const double both = form.lower + form.upper;
  const double slope = form.upper - form.lower;
  const double sum = form.centre + both;
  const double* const cosines = storage_.cosines.data();
  const double* const sines = storage_.sines.data();
  double* const re = real.data();
  double* const im = imaginary.data();
  const std::size_t modes = real.size();
  const auto degree = static_cast<std::size_t>(form.degree);
  for (std::size_t k = 0; k < modes; ++k) {
    re[k] = form.polynomial[degree];
    im[k] = 0;
  }
  for (std::size_t power = degree; power-- > 0;) {
    const double constant = form.polynomial[power];
    for (std::size_t k = 0; k < modes; ++k) {
      const double x = sum - both * (1 - cosines[k]);
      const double y = slope * sines[k];
      const double product = re[k] * x - im[k] * y;
      im[k] = re[k] * y + im[k] * x;
      re[k] = product + constant;
    }
  }
  if (form.implicitness == 0) return;
  for (std::size_t k = 0; k < modes; ++k) {
    const double x = 1 - form.implicitness * (sum - both * (1 - cosines[k]));
    const double y = -form.implicitness * slope * sines[k];
    const double scale = 1 / (x * x + y * y);
    const double quotient = (re[k] * x + im[k] * y) * scale;
    im[k] = (im[k] * x - re[k] * y) * scale;
    re[k] = quotient;
  }
}

void SchemeSearch::compute_factors(const Trial& trial, VectorView<double> factors) const noexcept {
  const std::size_t n = config_.cells;
  const VectorView<double> real = factors.first(factors.size() / 2);
  const VectorView<double> imaginary = factors.last(real.size());
  const auto [c, r, theta] = trial.numbers;
  if (has_form(trial.scheme)) {
    compute_band(trial, real, imaginary);
  } else {
    const auto factor_of = scheme_row(trial.scheme).factor;
    for (std::size_t k = 0; k < real.size(); ++k) {
      const double angle = 2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(n);
      const std::complex<double> factor = factor_of({c, r}, angle);
      real[k] = factor.real();
      imaginary[k] = factor.imag();
    }
  }
  // Modes 0 and, of an even number, n / 2 are real and alone; all others have a conjugate.
  const std::size_t pairs = (n - 1) / 2;
  for (std::size_t k = 1; k <= pairs; ++k) {
    real[k] *= std::numbers::sqrt2;
    imaginary[k] *= std::numbers::sqrt2;
  }
  imaginary.front() = 0;
  if (n % 2 == 0) imaginary.back() = 0;
}

void SchemeSearch::evaluate(Trial& trial) noexcept {
  compute_factors(trial, storage_.factors);
  const double square = mode_product(storage_.factors, storage_.factors);
  trial.gain = square > 0 && std::isfinite(square)
                   ? mode_product(storage_.target, storage_.factors) / square
                   : 0;
  trial.residual = trial.gain == 0 ? mode_product(storage_.target, storage_.target)
                                   : distance(storage_.target, trial.gain, storage_.factors);
}

void SchemeSearch::evaluate_exchanged(MatrixView<const double> a, Trial& trial) noexcept {
  trial.gain = 0;
  trial.residual = energy_;
  Arena arena(storage_.stepper);
  Stepper<double>::Config config = exchanged(config_.cells);
  config.scheme = trial.scheme;
  config.velocity = trial.numbers[0];
  config.diffusivity = trial.numbers[1];
  Stepper<double> stepper(config, arena);
  if (!stepper.matrix(storage_.matrix, storage_.offset).ok()) return;
  double square = 0;
  double both = 0;
  for (std::size_t j = 0; j < a.columns; ++j) {
    square += mode_product(storage_.matrix.column(j), storage_.matrix.column(j));
    both += mode_product(storage_.matrix.column(j), a.column(j));
  }
  trial.gain = square > 0 ? both / square : 0;
  trial.residual = 0;
  for (std::size_t j = 0; j < a.columns; ++j) {
    for (std::size_t i = 0; i < a.rows; ++i) {
      const double left = a(i, j) - trial.gain * storage_.matrix(i, j);
      trial.residual += left * left;
    }
  }
}

void SchemeSearch::fill_table() noexcept {
  std::size_t column = 0;
  const auto fill = [&](Scheme scheme, double theta) {
    for (const double c : kTrialC) {
      for (const double r : kTrialR) {
        const VectorView<double> factors = storage_.table.column(column++);
        compute_factors({.scheme = scheme, .numbers = {c, r, theta}}, factors);
        const double square = mode_product(factors, factors);
        const double scale = square > 0 ? 1 / std::sqrt(square) : 0;
        for (double& factor : factors) factor *= scale;
      }
    }
  };
  for (const Scheme scheme : kSchemes) {
    if (takes_theta(scheme)) {
      for (const double theta : kTrialTheta) fill(scheme, theta);
    } else {
      fill(scheme, 0.5);
    }
  }
}

void SchemeSearch::transform(MatrixView<const double> a) noexcept {
  const std::size_t n = config_.cells;
  // The means by i - j, along which columns run.
  const VectorView<double> means = storage_.factors.first(n);
  std::fill(means.begin(), means.end(), 0.0);
  energy_ = 0;
  for (std::size_t j = 0; j < n; ++j) {
    const VectorView<const double> column = a.column(j);
    for (std::size_t i = j; i < n; ++i) means[i - j] += column[i];
    for (std::size_t i = 0; i < j; ++i) means[n - j + i] += column[i];
    energy_ += mode_product(column, column);
  }
  for (double& mean : means) mean /= static_cast<double>(n);
  remainder_ = 0;
  for (std::size_t j = 0; j < n; ++j) {
    const VectorView<const double> column = a.column(j);
    remainder_ += distance(column.last(n - j), 1, means.first(n - j)) +
                  distance(column.first(j), 1, means.last(j));
  }
  for (std::size_t d = 0; d < n; ++d) storage_.kernel[d] = means[d == 0 ? 0 : n - d];
  peak_ = 0;
  for (std::size_t d = 1; d < n; ++d) {
    if (std::abs(storage_.kernel[d]) > std::abs(storage_.kernel[peak_])) peak_ = d;
  }
  const std::size_t modes = storage_.target.size() / 2;
  for (std::size_t k = 0; k < modes; ++k) {
    double real = 0;
    double imaginary = 0;
    std::size_t turn = 0;  // k d of n
    for (std::size_t d = 0; d < n; ++d) {
      real += storage_.kernel[d] * storage_.cosines[turn];
      imaginary += storage_.kernel[d] * storage_.sines[turn];
      turn += k;
      if (turn >= n) turn -= n;
    }
    const bool alone = k == 0 || 2 * k == n;
    storage_.target[k] = alone ? real : std::numbers::sqrt2 * real;
    storage_.target[modes + k] = alone ? 0 : std::numbers::sqrt2 * imaginary;
  }
}

SchemeSearch::Trial SchemeSearch::best_start(Scheme scheme) noexcept {
  // Where the columns of this scheme stand in the table.
  constexpr std::size_t kEach = kTrialC.size() * kTrialR.size();
  std::size_t first = 0;
  for (const Scheme before : kSchemes) {
    if (before == scheme) break;
    first += takes_theta(before) ? kTrialTheta.size() * kEach : kEach;
  }
  const std::size_t count = takes_theta(scheme) ? kTrialTheta.size() * kEach : kEach;
  Trial start{.scheme = scheme, .numbers = {0, 0, 0.5}};
  double largest = -1;
  for (std::size_t k = 0; k < count; ++k) {
    const VectorView<const double> factors = storage_.table.column(first + k);
    const std::size_t modes = factors.size() / 2;
    const double real = mode_product(factors.first(modes), storage_.target.first(modes));
    const double imaginary = mode_product(factors.last(modes), storage_.target.last(modes));
    const double theta = takes_theta(scheme) ? kTrialTheta[k / kEach] : 0.5;
    const double c = kTrialC[k % kEach / kTrialR.size()];
    const double r = kTrialR[k % kTrialR.size()];
    // The factors of -c are the conjugates of those of c.
    for (const double sign : {1.0, -1.0}) {
      const double found = std::abs(real + sign * imaginary);
      if (!(found > largest)) continue;
      largest = found;
      start.numbers = {sign * c, r, theta};
    }
  }
  evaluate(start);
  // What is carried further than the table goes.
  const auto n = static_cast<double>(config_.cells);
  const auto peak = static_cast<double>(peak_);
  for (const double r : {0.02, 0.3, 2.0}) {
    Trial carried{.scheme = scheme, .numbers = {2 * peak > n ? n - peak : -peak, r, 0.5}};
    evaluate(carried);
    if (carried.residual < start.residual) start = carried;
  }
  if (is_propagator(scheme)) start_by_first_mode(start);
  return start;
}

/// The factor of the longest wave over that of the constant is exp(a c + b r) with a imaginary and
/// b real.
void SchemeSearch::start_by_first_mode(Trial& start) noexcept {
  if (config_.cells < 3 || storage_.target[0] == 0) return;
  const std::size_t modes = storage_.target.size() / 2;
  const std::complex<double> wave(storage_.target[1], storage_.target[modes + 1]);
  const std::complex<double> ratio = wave / (std::numbers::sqrt2 * storage_.target[0]);
  const double angle = 2 * std::numbers::pi / static_cast<double>(config_.cells);
  const std::complex<double> of_unit = std::log(amplification_factor(start.scheme, {1, 1}, angle));
  Trial found{.scheme = start.scheme,
              .numbers = {std::arg(ratio) / of_unit.imag(),
                          std::max(0.0, std::log(std::abs(ratio)) / of_unit.real()), 0.5}};
  if (!std::isfinite(found.numbers[0]) || !std::isfinite(found.numbers[1])) return;
  evaluate(found);
  const bool explains = found.residual + remainder_ < (1 - kPolishFrom) * energy_;
  if (explains && found.residual < start.residual) start = found;
}

bool SchemeSearch::solve_step(const Trial& trial, std::size_t count,
                              std::array<double, 3>& step) noexcept {
  for (std::size_t k = 0; k < count; ++k) {
    // A central difference errs least near the cube root of the rounding error.
    const double by = 1e-6 * (1 + std::abs(trial.numbers[k]));
    Trial ahead = trial;
    ahead.numbers[k] += by;
    Trial behind = trial;
    behind.numbers[k] -= by;
    compute_factors(ahead, storage_.slopes.column(k));
    compute_factors(behind, storage_.factors);
    for (std::size_t part = 0; part < storage_.factors.size(); ++part) {
      double& slope = storage_.slopes(part, k);
      slope = trial.gain * (slope - storage_.factors[part]) / (2 * by);
    }
  }
  compute_factors(trial, storage_.factors);
  // The normal equations of the numbers and the gain.
  std::array<std::array<double, 5>, 4> rows{};
  const auto column = [&](std::size_t k) {
    return k < count ? VectorView<const double>(storage_.slopes.column(k)) : storage_.factors;
  };
  for (std::size_t i = 0; i <= count; ++i) {
    for (std::size_t k = 0; k <= count; ++k) rows[i][k] = mode_product(column(i), column(k));
    rows[i][i] *= 1 + 1e-12;  // numbers of which two do the same still have a solution
    const VectorView<const double> slope = column(i);
    for (std::size_t part = 0; part < slope.size(); ++part) {
      rows[i][4] += slope[part] * (storage_.target[part] - trial.gain * storage_.factors[part]);
    }
  }
  for (std::size_t i = 0; i <= count; ++i) {
    if (!(rows[i][i] > 0)) return false;
    for (std::size_t below = i + 1; below <= count; ++below) {
      const double factor = rows[below][i] / rows[i][i];
      for (std::size_t k = i; k < 5; ++k) rows[below][k] -= factor * rows[i][k];
    }
  }
  for (std::size_t i = count + 1; i-- > 0;) {
    for (std::size_t k = i + 1; k <= count; ++k) rows[i][4] -= rows[i][k] * rows[k][4];
    rows[i][4] /= rows[i][i];
    if (!std::isfinite(rows[i][4])) return false;
    if (i < count) step[i] = rows[i][4];
  }
  return true;
}

void SchemeSearch::polish(Trial& trial) noexcept {
  const std::size_t count = takes_theta(trial.scheme) ? 3 : 2;
  for (int iteration = 0; iteration < 40; ++iteration) {
    std::array<double, 3> step{};
    if (!solve_step(trial, count, step)) return;
    bool lower = false;
    for (double part = 1; part > 0.01 && !lower; part /= 4) {
      Trial next = trial;
      for (std::size_t k = 0; k < count; ++k) next.numbers[k] += part * step[k];
      next.numbers[1] = std::max(next.numbers[1], 0.0);
      next.numbers[2] = std::clamp(next.numbers[2], 0.0, 1.0);
      evaluate(next);
      lower = next.residual < trial.residual;
      if (lower) trial = next;
    }
    if (!lower) return;
  }
}

/// The better of a trial and of what the rows but for the last one say. With S = (1 + L/2) / (1 -
/// L/2), L (S + 1) = 2 (S - 1) is linear in the two numbers of L's stencil, A taken for S.
SchemeSearch::Trial SchemeSearch::exchanged_start(MatrixView<const double> a,
                                                  Trial trial) noexcept {
  const std::size_t n = config_.cells;
  std::array<double, 3> squares{};  // lower lower, lower upper, upper upper
  std::array<double, 2> right{};
  for (std::size_t j = 0; j < n; ++j) {
    const auto beside = [&](std::size_t i) { return a(i, j) + (i == j ? 1 : 0); };
    for (std::size_t i = 0; i + 1 < n; ++i) {
      const double lower = beside(i == 0 ? n - 1 : i - 1) - beside(i);
      const double upper = beside(i + 1) - beside(i);
      const double expected = 2 * (a(i, j) - (i == j ? 1 : 0));
      squares[0] += lower * lower;
      squares[1] += lower * upper;
      squares[2] += upper * upper;
      right[0] += lower * expected;
      right[1] += upper * expected;
    }
  }
  const double determinant = squares[0] * squares[2] - squares[1] * squares[1];
  // The published signs: L has -(r + c/2) below and -(r - c/2) above.
  const double up = -(right[0] * squares[2] - right[1] * squares[1]) / determinant;
  const double down = -(right[1] * squares[0] - right[0] * squares[1]) / determinant;
  evaluate_exchanged(a, trial);
  Trial found = trial;
  found.numbers = {up - down, std::max(0.0, (up + down) / 2), 0.5};
  if (!std::isfinite(found.numbers[0]) || !std::isfinite(found.numbers[1])) return trial;
  evaluate_exchanged(a, found);
  return found.residual < trial.residual ? found : trial;
}

SchemeFit SchemeSearch::fit_scheme(Scheme scheme, MatrixView<const double> a,
                                   double least) noexcept {
  Trial trial = best_start(scheme);
  const std::size_t dimension = takes_theta(scheme) ? 3 : 2;
  const auto trial_at = [&](const std::array<double, 3>& point) {
    return Trial{.scheme = scheme,
                 .numbers = {point[0], point[1] * point[1], std::clamp(point[2], 0.0, 1.0)}};
  };
  std::array<double, 3> point{trial.numbers[0], std::sqrt(trial.numbers[1]), trial.numbers[2]};
  nelder_mead(point, dimension, dimension == 3 ? 90 : 60, kSearchedTo * energy_,
              [&](const auto& at) {
                Trial next = trial_at(at);
                evaluate(next);
                if (next.residual < trial.residual) trial = next;
                return next.residual;
              });
  const auto explained = [&] { return 1 - (trial.residual + remainder_) / energy_; };
  bool circulant = true;
  if (explained() > kPolishFrom) {
    polish(trial);
    // The mirror image of a wrong end.
    Trial mirrored = trial;
    mirrored.numbers[0] = -trial.numbers[0];
    evaluate(mirrored);
    if (mirrored.residual < trial.residual) {
      polish(mirrored);
      trial = mirrored;
    }
    // Whole rounds of the ring do not show, nor whole turns where every mode turns alike, as on
    // three or four cells.
    for (const double round : {static_cast<double>(config_.cells), 2 * std::numbers::pi}) {
      Trial within = trial;
      within.numbers[0] = std::remainder(trial.numbers[0], round);
      evaluate(within);
      if (within.residual <= trial.residual + SchemeFit::kRounding * energy_) trial = within;
    }
  }
  if (!has_amplification_factor(scheme) && config_.cells >= least_cells(scheme)) {
    const Trial exchanged = exchanged_start(a, trial);
    if (exchanged.residual < (1 - kPolishFrom) * energy_ || explained() > kPolishFrom) {
      circulant = false;
      trial = exchanged;
      // One row of n is another one: where that cannot make it the nearest, its numbers may stay.
      const double gain = 2 * energy_ / static_cast<double>(config_.cells);
      const bool may_be_nearest = trial.residual <= least * energy_ + gain;
      point = {trial.numbers[0], std::sqrt(trial.numbers[1]), trial.numbers[2]};
      nelder_mead(point, dimension, may_be_nearest ? 400 : 0, 0, [&](const auto& at) {
        Trial next = trial_at(at);
        evaluate_exchanged(a, next);
        if (next.residual < trial.residual) trial = next;
        return next.residual;
      });
    }
  }
  const double left = (trial.residual + (circulant ? remainder_ : 0)) / energy_;
  const double entries = static_cast<double>(a.size());
  const double numbers = static_cast<double>(dimension + 1);
  SchemeFit fit{.scheme = scheme,
                .numbers = {trial.numbers[0], trial.numbers[1]},
                .theta = trial.numbers[2],
                .gain = trial.gain,
                .share = std::max(0.0, 1 - left),
                .unexplained = std::max(left, SchemeFit::kRounding)};
  fit.criterion = entries * std::log(fit.unexplained) + numbers * std::log(entries);
  return fit;
}

Status SchemeSearch::fit(MatrixView<const double> a, SchemeFits& found) noexcept {
  if (config_.cells == 0) return {StatusCode::empty_input};
  if (a.rows != config_.cells || a.columns != config_.cells) return {StatusCode::shape_mismatch};
  transform(a);
  if (!std::isfinite(energy_)) return {StatusCode::not_finite};
  if (energy_ == 0) return {StatusCode::degenerate};
  SchemeFits fits;
  fits.cells = config_.cells;
  fits.circulant_share = 1 - remainder_ / energy_;
  double least = std::numeric_limits<double>::infinity();
  double unexplained = 1;  // the least one
  for (const bool circulant : {true, false}) {
    for (std::size_t k = 0; k < kSchemes.size(); ++k) {
      if (has_amplification_factor(kSchemes[k]) != circulant) continue;
      fits.fits[k] = fit_scheme(kSchemes[k], a, unexplained);
      least = std::min(least, fits.fits[k].criterion);
      unexplained = std::min(unexplained, fits.fits[k].unexplained);
    }
  }
  // Fits of the same matrix differ by where their searches ended.
  constexpr double kSame = 1e-3;
  while (!(fits.fits[fits.best].criterion < least + kSame)) ++fits.best;
  found = fits;
  return {};
}

}  // namespace pinnscope
