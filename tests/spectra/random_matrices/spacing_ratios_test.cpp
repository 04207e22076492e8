#include "pinnscope/spectra/random_matrices/spacing_ratios.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <functional>
#include <limits>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "pinnscope/spectra/matrices/eigenvalues.hpp"
#include "pinnscope/spectra/matrices/singular_values.hpp"
#include "pinnscope/spectra/random_matrices/marchenko_pastur.hpp"
#include "support/reference.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

using Points = std::vector<std::complex<double>>;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Status ratio_of(const Points& points, ComplexSpacingRatio& result,
                const ComplexSpacingConfig& config = {}) {
  std::vector<double> real, imaginary;
  for (const auto& point : points) {
    real.push_back(point.real());
    imaginary.push_back(point.imag());
  }
  return complex_spacing_ratio(VectorView<const double>(real), VectorView<const double>(imaginary),
                               result, config);
}

/// Every ratio from all distances sorted.
ComplexSpacingRatio brute_force(const Points& points, const ComplexSpacingConfig& config) {
  ComplexSpacingRatio result;
  for (const auto& point : points) {
    if (!(point.imag() > config.smallest_imaginary)) continue;
    if (!(std::abs(point) < config.largest_modulus)) continue;
    Points others;
    for (const auto& other : points) {
      if (other != point && other.imag() != 0 && other != std::conj(point)) others.push_back(other);
    }
    std::sort(others.begin(), others.end(), [&](const auto& a, const auto& b) {
      return std::abs(a - point) < std::abs(b - point);
    });
    const auto ratio = (others[0] - point) / (others[1] - point);
    result.mean_modulus += std::abs(ratio);
    result.minus_cosine -= std::cos(std::arg(ratio));
    ++result.count;
  }
  result.mean_modulus /= static_cast<double>(result.count);
  result.minus_cosine /= static_cast<double>(result.count);
  return result;
}

std::vector<double> random_matrix(std::size_t rows, std::size_t columns, std::uint64_t stream) {
  const Philox source(31, stream);
  std::vector<double> w(rows * columns);
  for (std::size_t i = 0; i < w.size(); ++i) w[i] = source.normal(i);
  return w;
}

Points random_eigenvalues(std::size_t order, std::uint64_t stream) {
  const auto w = random_matrix(order, order, stream);
  std::vector<std::byte> memory(Eigenvalues<double>::footprint({.order = order}).bytes);
  Arena arena(memory);
  Eigenvalues<double> eigenvalues({.order = order}, arena);
  const double scale = std::sqrt(static_cast<double>(order));
  REQUIRE(eigenvalues.compute({w.data(), order, order}, scale).ok());
  Points points;
  for (std::size_t k = 0; k < order; ++k) {
    points.emplace_back(eigenvalues.real()[k], eigenvalues.imaginary()[k]);
  }
  return points;
}

std::vector<double> random_singular_values(std::size_t rows, std::size_t columns,
                                           std::uint64_t stream) {
  const auto w = random_matrix(rows, columns, stream);
  const SingularValues<double>::Config config{.rows = rows, .columns = columns};
  std::vector<std::byte> memory(SingularValues<double>::footprint(config).bytes);
  Arena arena(memory);
  SingularValues<double> singular_values(config, arena);
  REQUIRE(singular_values.compute({w.data(), rows, columns}).ok());
  return {singular_values.values().begin(), singular_values.values().end()};
}

/// A mean with its standard error.
struct Mean {
  double sum = 0, squares = 0, count = 0;

  void add(double value) {
    sum += value;
    squares += value * value;
    ++count;
  }
  double value() const { return sum / count; }
  double error() const { return std::sqrt((squares / count - value() * value()) / count); }
};

template <class T>
Status unfold(const std::vector<T>& values, std::size_t rows, std::size_t columns, double sigma,
              UnfoldedSpacingFit& fit, double trimmed = kTrimmedRanks) {
  const UnfoldedSpacings::Config config{.capacity = 100, .trimmed = trimmed};
  std::vector<std::byte> memory(UnfoldedSpacings::footprint(config).bytes);
  Arena arena(memory);
  UnfoldedSpacings spacings(config, arena);
  return spacings.compare(VectorView<const T>(values), rows, columns, sigma, fit);
}

/// Singular values of a rows x columns matrix at evenly spaced quantiles of the law.
std::vector<double> even_spectrum(std::size_t rows, std::size_t columns, double sigma) {
  const auto n = static_cast<double>(columns);
  const MarchenkoPastur law(static_cast<double>(rows) / n, sigma);
  std::vector<double> values(rows);
  for (std::size_t k = 0; k < rows; ++k) {
    const double p = 1 - (static_cast<double>(k) + 0.5) / static_cast<double>(rows);
    values[k] = std::sqrt(law.quantile(p) * n);
  }
  return values;
}

}  // namespace

TEST_CASE("the mean ratio of consecutive spacings is the one computed by hand") {
  SpacingRatio result;  // spacings 3, 1, 2, 4
  REQUIRE(spacing_ratio(std::vector<double>{10, 7, 6, 4, 0}, result, 0).ok());
  REQUIRE(test::close(result.mean, (1.0 / 3 + 0.5 + 0.5) / 3, 1e-15));
  REQUIRE(result.count == 3);
  REQUIRE(result.tied == 0);
}

TEST_CASE("spacing ratios leave a share of the ranks out at each end") {
  std::vector<float> values{1000, 500, 7, 6, 4, 3, 2.5, -1, -90, -900};
  SpacingRatio all, middle;
  REQUIRE(spacing_ratio(values, all, 0.29).ok());  // floor(2.9) = 2
  REQUIRE(spacing_ratio(std::vector<float>{7, 6, 4, 3, 2.5, -1}, middle, 0).ok());
  REQUIRE(all.mean == middle.mean);
  REQUIRE(all.count == 4);
}

TEST_CASE("equal values give the ratio 0, and no ratio where three of them meet") {
  SpacingRatio result;  // spacings 1, 0, 0, 2: ratios 0, none, 0
  REQUIRE(spacing_ratio(std::vector<double>{4, 3, 3, 3, 1}, result, 0).ok());
  REQUIRE(result.mean == 0);
  REQUIRE(result.count == 2);
  REQUIRE(result.tied == 1);
}

TEST_CASE("spacing ratios do not depend on the scale, huge or tiny") {
  for (const double scale : {1e307, 1e-310}) {
    SpacingRatio result;
    REQUIRE(spacing_ratio(std::vector<double>{10 * scale, 7 * scale, 6 * scale}, result, 0).ok());
    REQUIRE(test::close(result.mean, 1.0 / 3, 1e-12));
  }
}

TEST_CASE("spacing ratios refuse what has none") {
  SpacingRatio result{.mean = 7};
  REQUIRE(spacing_ratio(std::vector<double>{}, result).code == StatusCode::empty_input);
  REQUIRE(spacing_ratio(std::vector<double>{2, 1}, result).code == StatusCode::degenerate);
  REQUIRE(spacing_ratio(std::vector<float>(9, 1.0f), result).code == StatusCode::degenerate);
  REQUIRE(spacing_ratio(std::vector<double>{3, std::nan(""), 1}, result) ==
          Status{StatusCode::not_finite, 1});
  for (const double trimmed : {-0.1, 0.5, kInfinity, -kInfinity}) {
    REQUIRE(spacing_ratio(std::vector<double>{3, 2, 1}, result, trimmed).code ==
            StatusCode::out_of_range);
  }
  REQUIRE(result.mean == 7);
}

TEST_CASE("independent levels have Poisson's mean spacing ratio") {
  Mean mean;
  for (std::uint64_t draw = 0; draw < 50; ++draw) {
    const Philox source(1, draw);
    std::vector<double> values(500);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = source.uniform(i);
    std::sort(values.begin(), values.end(), std::greater<>());
    SpacingRatio result;
    REQUIRE(spacing_ratio(values, result).ok());
    mean.add(result.mean);
  }
  REQUIRE(std::fabs(mean.value() - kPoissonSpacingRatio) < 3 * mean.error());
  REQUIRE(std::fabs(kPoissonSpacingRatio - .386294) < 5e-7);
}

TEST_CASE("spacing ratios of the published layers are between .48 and .59") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  for (const char* name : {"singular_values_sine.txt", "singular_values_riemann.txt"}) {
    for (const auto& row : test::reference_rows(directory, name)) {
      SpacingRatio result;
      REQUIRE(spacing_ratio(VectorView<const double>(row).subspan(1), result).ok());
      CAPTURE(name, row[0], result.mean);
      REQUIRE(result.count == 78);
      REQUIRE(result.mean > .475);
      REQUIRE(result.mean < .595);
    }
  }
}

TEST_CASE("spacings of a spectrum at the law's own quantiles unfold to one") {
  for (const std::size_t columns : {40u, 57u, 400u}) {
    UnfoldedSpacingFit fit;
    REQUIRE(unfold(even_spectrum(40, columns, 0.3), 40, columns, 0.3, fit).ok());
    CAPTURE(columns);
    REQUIRE(fit.count == 31);
    REQUIRE(test::close(fit.mean, 1, 1e-12));
    // All at 1: the larger of F(1) and 1 - F(1).
    REQUIRE(test::close(fit.wigner_distance, 1 - std::exp(-std::numbers::pi / 4), 1e-11));
    REQUIRE(test::close(fit.poisson_distance, 1 - std::exp(-1.0), 1e-11));
    REQUIRE(unfold(even_spectrum(40, columns, 0.3), columns, 40, 0.3, fit).ok());
    REQUIRE(test::close(fit.mean, 1, 1e-12));
  }
}

TEST_CASE("distances of unfolded spacings are those of brute force") {
  const std::vector<double> values = random_singular_values(30, 50, 7);
  const MarchenkoPastur law(0.6, 1.1);
  std::vector<double> spacings;
  for (std::size_t k = 3; k + 4 < 30; ++k) {
    spacings.push_back(30 * (law.distribution(values[k] * values[k] / 50) -
                             law.distribution(values[k + 1] * values[k + 1] / 50)));
  }
  double wigner = 0, poisson = 0;
  for (const double s : spacings) {
    const auto up_to =
        std::count_if(spacings.begin(), spacings.end(), [&](double x) { return x <= s; });
    const auto below =
        std::count_if(spacings.begin(), spacings.end(), [&](double x) { return x < s; });
    const auto n = static_cast<double>(spacings.size());
    for (const auto steps : {up_to, below}) {
      const double share = static_cast<double>(steps) / n;
      wigner = std::max(wigner, std::fabs(share - 1 + std::exp(-std::numbers::pi * s * s / 4)));
      poisson = std::max(poisson, std::fabs(share - 1 + std::exp(-s)));
    }
  }
  UnfoldedSpacingFit fit;
  REQUIRE(unfold(values, 30, 50, 1.1, fit).ok());
  REQUIRE(fit.count == 23);
  REQUIRE(test::close(fit.wigner_distance, wigner, 1e-12));
  REQUIRE(test::close(fit.poisson_distance, poisson, 1e-12));
}

TEST_CASE("unfolded spacings do not depend on the scale, huge or tiny") {
  for (const double scale : {1e300, 1e-300}) {
    std::vector<double> values = even_spectrum(20, 20, 1);
    for (double& value : values) value *= scale;
    UnfoldedSpacingFit fit;
    REQUIRE(unfold(values, 20, 20, scale, fit).ok());
    REQUIRE(test::close(fit.mean, 1, 1e-12));
  }
}

TEST_CASE("spikes beyond the edge unfold to spacings of zero") {
  UnfoldedSpacingFit fit;
  REQUIRE(unfold(std::vector<float>{50, 40, 30}, 3, 3, 1, fit, 0).ok());
  REQUIRE(fit.mean == 0);
  REQUIRE(fit.poisson_distance == 1);
}

TEST_CASE("unfolded spacings refuse what cannot be unfolded") {
  UnfoldedSpacingFit fit{.count = 7};
  const std::vector<double> two{2, 1};
  REQUIRE(unfold(two, 3, 3, 1, fit).code == StatusCode::shape_mismatch);
  REQUIRE(unfold(std::vector<double>(101, 1.0), 101, 101, 1, fit).code ==
          StatusCode::shape_mismatch);
  REQUIRE(unfold(two, 2, 3, 0, fit).code == StatusCode::out_of_range);
  REQUIRE(unfold(std::vector<double>{}, 0, 3, 1, fit).code == StatusCode::empty_input);
  REQUIRE(unfold(std::vector<double>{1}, 1, 3, 1, fit).code == StatusCode::degenerate);
  REQUIRE(unfold(std::vector<float>{1, std::nanf("")}, 2, 2, 1, fit) ==
          Status{StatusCode::not_finite, 1});
  REQUIRE(fit.count == 7);
}

TEST_CASE("a complex spacing ratio is the one computed by hand") {
  // Of 0.5 i alone: nearest at 0.1, next at 0.3 i, so z = -i / 3.
  const Points points{{0, .5}, {0, -.5}, {.1, .5}, {.1, -.5}, {0, .8}, {0, -.8}};
  ComplexSpacingRatio result;
  REQUIRE(ratio_of(points, result, {.smallest_imaginary = .3, .largest_modulus = .505}).ok());
  REQUIRE(result.count == 1);
  REQUIRE(test::close(result.mean_modulus, 1.0 / 3, 1e-14));
  REQUIRE(test::close(result.minus_cosine, 0, 1e-14));
}

TEST_CASE("neither the real axis nor an eigenvalue's own conjugate is its neighbour") {
  // Of 0.31 i: 0 lies at 0.31 and the conjugate at 0.62; the nearest others are 0.1 + 0.31 i and
  // its conjugate 0.1 - 0.31 i.
  const Points points{{0, 0}, {0, .31}, {0, -.31}, {.1, .31}, {.1, -.31}};
  ComplexSpacingRatio result;
  REQUIRE(ratio_of(points, result, {.smallest_imaginary = .3, .largest_modulus = .32}).ok());
  const auto ratio = .1 / std::complex<double>(.1, -.62);
  REQUIRE(test::close(result.mean_modulus, std::abs(ratio), 1e-14));
  REQUIRE(test::close(result.minus_cosine, -std::cos(std::arg(ratio)), 1e-14));
}

TEST_CASE("complex spacing ratios of a random matrix are those of brute force") {
  const Points points = random_eigenvalues(100, 1);
  for (const auto& config : {ComplexSpacingConfig{}, ComplexSpacingConfig{0, 2}}) {
    ComplexSpacingRatio result;
    REQUIRE(ratio_of(points, result, config).ok());
    const ComplexSpacingRatio expected = brute_force(points, config);
    REQUIRE(result.count == expected.count);
    REQUIRE(result.tied == 0);
    REQUIRE(test::close(result.mean_modulus, expected.mean_modulus, 1e-13));
    REQUIRE(test::close(result.minus_cosine, expected.minus_cosine, 1e-13));
  }
}

TEST_CASE("independent points in the plane have Poisson's complex spacing ratios") {
  Mean modulus, cosine;
  for (std::uint64_t draw = 0; draw < 40; ++draw) {
    const Philox source(3, draw);
    Points points;
    for (std::uint64_t i = 0; i < 400; ++i) {
      points.push_back(std::polar(std::sqrt(source.uniform(2 * i)), 7 * source.uniform(2 * i + 1)));
    }
    ComplexSpacingRatio result;
    REQUIRE(ratio_of(points, result, {.smallest_imaginary = -2, .largest_modulus = .8}).ok());
    modulus.add(result.mean_modulus);
    cosine.add(result.minus_cosine);
  }
  REQUIRE(std::fabs(modulus.value() - kPoissonComplexRatio) < 3 * modulus.error());
  REQUIRE(std::fabs(cosine.value() - kPoissonMinusCosine) < 3 * cosine.error());
}

TEST_CASE("eigenvalues that stand twice have no complex spacing ratio") {
  const Points points{{0, .5}, {0, .5}, {.1, .5}, {.3, .6}};
  ComplexSpacingRatio result;
  REQUIRE(ratio_of(points, result).ok());
  REQUIRE(result.count == 2);
  REQUIRE(result.tied == 2);
}

TEST_CASE("complex spacing ratios refuse what has none") {
  ComplexSpacingRatio result{.mean_modulus = 7};
  const std::vector<float> one{1}, two{1, 2}, bad{1, std::numeric_limits<float>::infinity()};
  const VectorView<const float> shorter(one), longer(two), infinite(bad);
  REQUIRE(complex_spacing_ratio(shorter, longer, result).code == StatusCode::shape_mismatch);
  REQUIRE(complex_spacing_ratio(longer, infinite, result) == Status{StatusCode::not_finite, 1});
  REQUIRE(ratio_of({}, result).code == StatusCode::empty_input);
  REQUIRE(ratio_of({{1, 0}, {2, 0}}, result).code == StatusCode::degenerate);
  REQUIRE(ratio_of({{0, .5}, {0, -.5}}, result).code == StatusCode::degenerate);
  REQUIRE(ratio_of({{0, .5}, {0, -.5}, {0, .6}}, result).code == StatusCode::ok);
}

TEST_CASE("singular values of drawn Gaussian matrices repel as the orthogonal ensemble", "[slow]") {
  Mean ratio, wigner, poisson;
  for (std::uint64_t draw = 0; draw < 400; ++draw) {
    const std::vector<double> values = random_singular_values(100, 100, draw);
    SpacingRatio result;
    REQUIRE(spacing_ratio(values, result).ok());
    ratio.add(result.mean);
    UnfoldedSpacingFit fit;
    REQUIRE(unfold(values, 100, 100, 1, fit).ok());
    wigner.add(fit.wigner_distance);
    poisson.add(fit.poisson_distance);
  }
  REQUIRE(std::fabs(ratio.value() - kOrthogonalSpacingRatio) < 3 * ratio.error());
  REQUIRE(wigner.value() < poisson.value() / 2);
}

TEST_CASE("eigenvalues of drawn Gaussian matrices have the known complex ratios", "[slow]") {
  Mean modulus, cosine;
  for (std::uint64_t draw = 0; draw < 400; ++draw) {
    ComplexSpacingRatio result;
    REQUIRE(ratio_of(random_eigenvalues(100, draw), result).ok());
    modulus.add(result.mean_modulus);
    cosine.add(result.minus_cosine);
  }
  // The reference, .7392(11) and .250(4), is drawn itself.
  REQUIRE(std::fabs(modulus.value() - .7392) < 3 * std::hypot(modulus.error(), .0011));
  REQUIRE(std::fabs(cosine.value() - .250) < 3 * std::hypot(cosine.error(), .004));
}
