#include "pinnscope/spectra/laws/weight_law.hpp"

#include <cmath>
#include <numbers>

#include "pinnscope/spectra/laws/weight_law_kernels.hpp"
#include "pinnscope/spectra/samples/compensated_sum.hpp"
#include "pinnscope/spectra/samples/special_values.hpp"

namespace pinnscope {
namespace {

constexpr std::uint64_t kIndicesOfDraw = 64;  // no draw needs more than a few

double symmetric(double u) noexcept { return 2 * u - 1; }

double laplace_draw(double u) noexcept {
  return u < 0.5 ? std::log(2 * u) : -std::log(2 * (1 - u));
}

/// A gamma draw of this shape >= 1 (Marsaglia and Tsang, ACM Trans. Math. Software 26, 2000); 25
/// attempts fail with a probability below 1e-30.
double gamma_draw(double shape, const Philox& random, std::uint64_t index) noexcept {
  const double d = shape - 1.0 / 3;
  const double c = 1 / std::sqrt(9 * d);
  for (std::uint64_t attempt = 0; attempt < 25; ++attempt) {
    const double z = random.normal(index + 2 * attempt);
    const double v = (1 + c * z) * (1 + c * z) * (1 + c * z);
    if (v <= 0) continue;
    const double u = random.uniform(index + 2 * attempt + 1);
    if (std::log(u) < z * z / 2 + d * (1 - v + std::log(v))) return d * v;
  }
  return d;
}

/// sqrt(nu (w^(-2 / nu) - 1)) cos(2 pi v) (Bailey, Math. Comp. 62, 1994).
double student_draw(double freedom, double w, double v) noexcept {
  const double square = freedom * std::expm1(-2 / freedom * std::log(w));
  return std::sqrt(square) * std::cos(2 * std::numbers::pi * v);
}

template <class T>
double log_likelihood_of(const WeightLaw& law, VectorView<const T> sample) noexcept {
  return kernels::with_kernel(law, [&](const auto& kernel) {
    CompensatedSum sum;
    double lowest = 0;  // an infinity would leave a NaN in the compensation
    for (const T entry : sample) {
      const double term = kernel.log_density(std::abs(static_cast<double>(entry) - law.mu));
      lowest = std::min(lowest, term);
      sum.add(term);
    }
    return lowest == -kInfinity ? lowest : sum.value();
  });
}

}  // namespace

const char* text(LawKind kind) noexcept {
  switch (kind) {
    case LawKind::uniform: return "uniform";
    case LawKind::normal: return "normal";
    case LawKind::laplace: return "Laplace";
    case LawKind::student_t: return "Student t";
    case LawKind::generalized_gaussian: return "generalised Gaussian";
    case LawKind::uniform_laplace: return "uniform * Laplace";
    case LawKind::uniform_normal: return "uniform * normal";
    case LawKind::normal_laplace: return "normal * Laplace";
  }
  return "unknown law";
}

double WeightLaw::log_density(double x) const noexcept {
  return kernels::with_kernel(
      *this, [&](const auto& kernel) { return kernel.log_density(std::abs(x - mu)); });
}

double WeightLaw::density(double x) const noexcept { return std::exp(log_density(x)); }

double WeightLaw::distribution(double x) const noexcept {
  return kernels::with_kernel(*this, [&](const auto& kernel) {
    const double tail = kernel.survival(std::abs(x - mu));
    return x < mu ? tail : 1 - tail;
  });
}

double WeightLaw::initial_variance() const noexcept {
  if (!has_initial(kind)) return 0;
  return kind == LawKind::normal_laplace ? initial * initial : initial * initial / 3;
}

double WeightLaw::change_variance() const noexcept {
  const double square = change * change;
  switch (kind) {
    case LawKind::uniform: return 0;
    case LawKind::student_t: return freedom > 2 ? square * freedom / (freedom - 2) : kInfinity;
    case LawKind::generalized_gaussian: {
      const double deviation = GeneralizedGaussian{0, change, freedom}.standard_deviation();
      return deviation * deviation;
    }
    case LawKind::normal:
    case LawKind::uniform_normal: return square;
    case LawKind::laplace:
    case LawKind::uniform_laplace:
    case LawKind::normal_laplace: break;
  }
  return 2 * square;
}

double WeightLaw::standard_deviation() const noexcept {
  return std::sqrt(initial_variance() + change_variance());
}

double WeightLaw::surviving_share() const noexcept {
  const double kept = initial_variance();
  return kept / (kept + change_variance());
}

double WeightLaw::draw(const Philox& random, std::uint64_t index) const noexcept {
  const std::uint64_t first = kIndicesOfDraw * index;
  const std::uint64_t second = first + 1;
  switch (kind) {
    case LawKind::uniform: return mu + initial * symmetric(random.uniform(first));
    case LawKind::normal: return mu + change * random.normal(first);
    case LawKind::laplace: return mu + change * laplace_draw(random.uniform(first));
    case LawKind::student_t:
      return mu + change * student_draw(freedom, random.uniform(first), random.uniform(second));
    case LawKind::generalized_gaussian: {
      // A uniform law on (-r, r), r^beta a gamma draw of shape 1 + 1 / beta (Walker and
      // Gutierrez-Pena 1999).
      const double radius = std::pow(gamma_draw(1 + 1 / freedom, random, second), 1 / freedom);
      return mu + change * radius * symmetric(random.uniform(first));
    }
    case LawKind::uniform_laplace:
      return mu + initial * symmetric(random.uniform(first)) +
             change * laplace_draw(random.uniform(second));
    case LawKind::uniform_normal:
      return mu + initial * symmetric(random.uniform(first)) + change * random.normal(second);
    case LawKind::normal_laplace: break;
  }
  return mu + initial * random.normal(first) + change * laplace_draw(random.uniform(second));
}

double log_likelihood(const WeightLaw& law, VectorView<const float> sample) noexcept {
  return log_likelihood_of(law, sample);
}

double log_likelihood(const WeightLaw& law, VectorView<const double> sample) noexcept {
  return log_likelihood_of(law, sample);
}

}  // namespace pinnscope
