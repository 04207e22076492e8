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

/// The factor of a mode whose angle has this cosine and sine, of a scheme P(L) / (1 - q L).
std::complex<double> band_factor(const RationalForm& form, double cosine, double sine) noexcept {
  const double both = form.lower + form.upper;
  const std::complex<double> x(form.centre + both - both * (1 - cosine),
                               (form.upper - form.lower) * sine);
  std::complex<double> numerator = form.polynomial[static_cast<std::size_t>(form.degree)];
  for (int k = form.degree; k-- > 0;) {
    numerator = numerator * x + form.polynomial[static_cast<std::size_t>(k)];
  }
  if (form.implicitness == 0) return numerator;
  return numerator / (1.0 - form.implicitness * x);
}

double mode_product(VectorView<const double> a, VectorView<const double> b) noexcept {
  double sum = 0;
  for (std::size_t k = 0; k < a.size(); ++k) sum += a[k] * b[k];
  return sum;
}

/// Whether the scheme's matrix depends on theta.
bool takes_theta(Scheme scheme) noexcept { return scheme_row(scheme).uses_theta; }

bool has_form(Scheme scheme) noexcept { return !is_propagator(scheme); }

/// The point of the plane (c, sqrt r) or of the space with theta where value(point) is least, from
/// a start on: Nelder and Mead, with their own coefficients.
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
  for (int used = 0; used < evaluations && height[dimension] - height[0] > tolerance; ++used) {
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

void SchemeSearch::compute_factors(const Trial& trial, VectorView<double> factors) const noexcept {
  const std::size_t n = config_.cells;
  const auto [c, r, theta] = trial.numbers;
  const bool band = has_form(trial.scheme);
  const RationalForm form = band ? rational_form(trial.scheme, {c, r}, theta) : RationalForm{};
  for (std::size_t k = 0; 2 * k <= n; ++k) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(n);
    const std::complex<double> factor =
        band ? band_factor(form, storage_.cosines[k], storage_.sines[k])
             : amplification_factor(trial.scheme, {c, r}, angle, theta);
    const bool alone = k == 0 || 2 * k == n;  // a real mode
    factors[2 * k] = alone ? factor.real() : std::numbers::sqrt2 * factor.real();
    factors[2 * k + 1] = alone ? 0 : std::numbers::sqrt2 * factor.imag();
  }
}

void SchemeSearch::evaluate(Trial& trial) noexcept {
  compute_factors(trial, storage_.factors);
  const double square = mode_product(storage_.factors, storage_.factors);
  trial.gain = square > 0 && std::isfinite(square)
                   ? mode_product(storage_.target, storage_.factors) / square
                   : 0;
  trial.residual = 0;
  for (std::size_t k = 0; k < storage_.target.size(); ++k) {
    const double factor = trial.gain == 0 ? 0 : trial.gain * storage_.factors[k];
    const double left = storage_.target[k] - factor;
    trial.residual += left * left;
  }
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
  std::fill(storage_.kernel.begin(), storage_.kernel.end(), 0.0);
  energy_ = 0;
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = 0; i < n; ++i) {
      storage_.kernel[(j + n - i) % n] += a(i, j);
      energy_ += a(i, j) * a(i, j);
    }
  }
  for (double& mean : storage_.kernel) mean /= static_cast<double>(n);
  remainder_ = 0;
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = 0; i < n; ++i) {
      const double left = a(i, j) - storage_.kernel[(j + n - i) % n];
      remainder_ += left * left;
    }
  }
  peak_ = 0;
  for (std::size_t d = 1; d < n; ++d) {
    if (std::abs(storage_.kernel[d]) > std::abs(storage_.kernel[peak_])) peak_ = d;
  }
  for (std::size_t k = 0; 2 * k <= n; ++k) {
    double real = 0;
    double imaginary = 0;
    for (std::size_t d = 0; d < n; ++d) {
      real += storage_.kernel[d] * storage_.cosines[k * d % n];
      imaginary += storage_.kernel[d] * storage_.sines[k * d % n];
    }
    const bool alone = k == 0 || 2 * k == n;
    storage_.target[2 * k] = alone ? real : std::numbers::sqrt2 * real;
    storage_.target[2 * k + 1] = alone ? 0 : std::numbers::sqrt2 * imaginary;
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
    double real = 0;
    double imaginary = 0;
    for (std::size_t part = 0; part < factors.size(); part += 2) {
      real += factors[part] * storage_.target[part];
      imaginary += factors[part + 1] * storage_.target[part + 1];
    }
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
  return start;
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

SchemeFit SchemeSearch::fit_scheme(Scheme scheme, MatrixView<const double> a) noexcept {
  Trial trial = best_start(scheme);
  const std::size_t dimension = takes_theta(scheme) ? 3 : 2;
  const auto trial_at = [&](const std::array<double, 3>& point) {
    return Trial{.scheme = scheme,
                 .numbers = {point[0], point[1] * point[1], std::clamp(point[2], 0.0, 1.0)}};
  };
  std::array<double, 3> point{trial.numbers[0], std::sqrt(trial.numbers[1]), trial.numbers[2]};
  nelder_mead(point, dimension, dimension == 3 ? 90 : 60, 1e-9 * energy_, [&](const auto& at) {
    Trial next = trial_at(at);
    evaluate(next);
    if (next.residual < trial.residual) trial = next;
    return next.residual;
  });
  const auto explained = [&] { return 1 - (trial.residual + remainder_) / energy_; };
  bool circulant = true;
  if (explained() > kPolishFrom) {
    polish(trial);
    if (!has_amplification_factor(scheme) && config_.cells >= least_cells(scheme)) {
      circulant = false;
      evaluate_exchanged(a, trial);
      point = {trial.numbers[0], std::sqrt(trial.numbers[1]), trial.numbers[2]};
      nelder_mead(point, dimension, 400, 0, [&](const auto& at) {
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
  for (std::size_t k = 0; k < kSchemes.size(); ++k) {
    fits.fits[k] = fit_scheme(kSchemes[k], a);
    least = std::min(least, fits.fits[k].criterion);
  }
  // Fits of the same matrix differ by where their searches ended.
  constexpr double kSame = 1e-3;
  while (!(fits.fits[fits.best].criterion < least + kSame)) ++fits.best;
  found = fits;
  return {};
}

}  // namespace pinnscope
