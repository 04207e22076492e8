#include "pinnscope/step/layer_family.hpp"

#include "pinnscope/step/family_matrix.hpp"
#include "step/step_support.hpp"

using namespace pinnscope;

namespace {

using Matrix = test::Owned<FamilyMatrix<double>>;
using Config = FamilyMatrix<double>::Config;

/// (sum_j W_ij z_j)_i.
template <class Number>
std::vector<Number> times(MatrixView<const double> weights, const std::vector<Number>& z) {
  std::vector<Number> result(weights.rows);
  for (std::size_t i = 0; i < weights.rows; ++i) {
    for (std::size_t j = 0; j < weights.columns; ++j) result[i] += weights(i, j) * z[j];
  }
  return result;
}

/// exp(2 pi i k j / n).
std::vector<std::complex<double>> mode(std::size_t n, std::size_t k) {
  std::vector<std::complex<double>> z(n);
  for (std::size_t j = 0; j < n; ++j) {
    z[j] =
        std::polar(1.0, 2 * std::numbers::pi * static_cast<double>(k * j) / static_cast<double>(n));
  }
  return z;
}

std::vector<double> entries(const FamilyMatrix<double>& matrix) {
  const auto flat = matrix.weights().flat();
  return {flat.begin(), flat.end()};
}

double moment(const std::vector<double>& numbers, int power) {
  double sum = 0;
  for (const double number : numbers) sum += std::pow(number, power);
  return sum / static_cast<double>(numbers.size());
}

}  // namespace

TEST_CASE("every family has a meaning, and a kernel, a draw or the step of a scheme") {
  for (const LayerFamilyRow& row : named<LayerFamily>()) {
    INFO(row.name);
    CHECK(can_be_made(row));
  }
  LayerFamilyRow nothing = family_row(LayerFamily::uniform);
  nothing.draw = nullptr;
  CHECK_FALSE(can_be_made(nothing));
}

TEST_CASE("a family is found by the name that it has") {
  for (const LayerFamily family : kLayerFamilies) {
    LayerFamily found{};
    CHECK(parse(text(family), found));
    CHECK(found == family);
  }
}

TEST_CASE("the identity leaves every signal as it is, and a stencil takes its three neighbours") {
  for (const std::size_t n : {1u, 2u, 3u, 8u}) {
    const std::vector<double> z = test::random_signal<double>(n, 4);
    CHECK(times(Matrix({.cells = n})->weights(), z) == z);
    Matrix matrix(
        {.family = LayerFamily::tridiagonal, .cells = n, .parameters = {.stencil = {2, -3, 0.5}}});
    const std::vector<double> result = times(matrix->weights(), z);
    for (std::size_t i = 0; i < n; ++i) {
      const double expected = 2 * z[(i + n - 1) % n] - 3 * z[i] + 0.5 * z[(i + 1) % n];
      CHECK(test::close(result[i], expected, 1e-14));
    }
  }
}

TEST_CASE("a circulant multiplies each mode by its factor, and the moduli are those") {
  for (const std::size_t n : {1u, 2u, 7u, 8u}) {
    std::vector<double> symbol = test::random_signal<double>(2 * (n / 2 + 1), 5);
    Matrix matrix({.family = LayerFamily::circulant, .cells = n, .parameters = {.symbol = symbol}});
    REQUIRE(matrix->status().ok());
    REQUIRE(matrix->moduli().size() == n / 2 + 1);
    for (std::size_t k = 0; k <= n / 2; ++k) {
      const bool real = k == 0 || 2 * k == n;
      const std::complex<double> factor(symbol[2 * k], real ? 0 : symbol[2 * k + 1]);
      const auto z = mode(n, k);
      const auto result = times(matrix->weights(), z);
      for (std::size_t i = 0; i < n; ++i) CHECK(std::abs(result[i] - factor * z[i]) < 1e-14);
      CHECK(test::close(matrix->moduli()[k], std::abs(factor), 1e-14));
    }
  }
}

TEST_CASE("the step of every scheme is the matrix of its stepper, and has its factors") {
  for (const Scheme scheme : kSchemes) {
    const StepNumbers numbers{.c = 0.5, .r = 0.3};
    Matrix matrix({.family = LayerFamily::scheme,
                   .cells = 8,
                   .parameters = {.scheme = scheme, .numbers = numbers, .theta = 0.3}});
    REQUIRE(matrix->status().ok());
    const std::vector<double> z = test::random_signal<double>(8, 6);
    std::vector<double> stepped = z;
    auto config = test::unit_grid<double>(scheme, 8, numbers.c, numbers.r);
    config.theta = 0.3;
    REQUIRE(test::BuiltStepper<double>(config)->step(stepped).ok());
    CHECK(test::row_error(times(matrix->weights(), z), stepped) < 1e-14);
    CHECK(matrix->moduli().empty() == !has_amplification_factor(scheme));
    for (std::size_t k = 0; k < matrix->moduli().size(); ++k) {
      const auto result = times(matrix->weights(), mode(8, k));
      CHECK(test::close(matrix->moduli()[k], std::abs(result[0]), 1e-14));
    }
  }
}

TEST_CASE("the published stencil is the FTCS step at c = r = 1, |G| = 3") {
  Matrix stencil({.family = LayerFamily::tridiagonal, .cells = 8});
  Matrix ftcs({.family = LayerFamily::scheme, .cells = 8});
  CHECK(entries(*stencil) == entries(*ftcs));
  CHECK(test::close(stencil->moduli()[4], 3, 1e-14));
}

TEST_CASE("random entries have the law of their family") {
  constexpr double kScale = 0.7;
  const double square = kScale * kScale;
  // E w^2 and E w^4 / scale^4, and the largest |w|.
  struct Law {
    LayerFamily family;
    double second, fourth, largest;
  };
  for (const Law& law :
       {Law{LayerFamily::uniform, 1 / 3.0, 1 / 5.0, kScale}, Law{LayerFamily::gaussian, 1, 3, 1e9},
        Law{LayerFamily::signs, 1, 1, kScale}}) {
    Matrix matrix({.family = law.family, .cells = 200, .parameters = {.scale = kScale}});
    const std::vector<double> drawn = entries(*matrix);
    INFO(text(law.family));
    // Five standard errors of 40,000 draws, whose eighth moments are at most 105.
    CHECK(std::abs(moment(drawn, 1)) < 5 * kScale / 200);
    CHECK(std::abs(moment(drawn, 2) / square - law.second) < 5 * std::sqrt(3.0) / 200);
    CHECK(std::abs(moment(drawn, 4) / (square * square) - law.fourth) < 5 * std::sqrt(105.0) / 200);
    for (const double w : drawn) CHECK(std::abs(w) <= law.largest);
    if (law.family == LayerFamily::signs) {
      for (const double w : drawn) CHECK(std::abs(w) == kScale);
    }
    CHECK(matrix->moduli().empty());
  }
}

TEST_CASE("a kernel of random amplitudes is a uniform matrix times a Gaussian of the distance") {
  const LayerParameters parameters{.scale = 2, .width = 1.5};
  Matrix kernel({.family = LayerFamily::gaussian_kernel, .cells = 9, .parameters = parameters});
  Matrix uniform({.family = LayerFamily::uniform, .cells = 9, .parameters = parameters});
  for (int i = 0; i < 9; ++i) {
    for (int j = 0; j < 9; ++j) {
      const int apart = std::min(std::abs(i - j), 9 - std::abs(i - j));
      const double share = std::exp(-apart * apart / (2 * 1.5 * 1.5));
      const auto row = static_cast<std::size_t>(i);
      const auto column = static_cast<std::size_t>(j);
      CHECK(test::close(kernel->weights()(row, column), share * uniform->weights()(row, column),
                        1e-15));
    }
  }
}

TEST_CASE("a draw depends on seed, realisation and layer alone, and each gives another matrix") {
  const Config config{.family = LayerFamily::gaussian, .cells = 5};
  Matrix matrix(config);
  Matrix other(config);
  const std::vector<double> first = entries(*matrix);
  std::vector<std::vector<double>> seen{first};
  for (const auto& [realisation, layer] : {std::pair{0, 1}, std::pair{1, 0}, std::pair{7, 3}}) {
    matrix->draw(static_cast<std::uint64_t>(realisation), static_cast<std::uint64_t>(layer));
    other->draw(static_cast<std::uint64_t>(realisation), static_cast<std::uint64_t>(layer));
    CHECK(entries(*matrix) == entries(*other));
    CHECK(std::ranges::find(seen, entries(*matrix)) == seen.end());
    seen.push_back(entries(*matrix));
  }
  matrix->draw(0, 0);
  CHECK(entries(*matrix) == first);
  Config reseeded = config;
  reseeded.seed = 2;
  CHECK(entries(*Matrix(reseeded)) != first);
}

TEST_CASE("parameters that a family reads are checked, others are not") {
  const auto outcome = [](LayerFamily family, LayerParameters parameters, std::size_t cells = 4) {
    return Matrix({.family = family, .cells = cells, .parameters = parameters})->status().code;
  };
  const std::vector<double> symbol(6, 1.0);
  const std::vector<double> endless{1, 0, INFINITY, 0, 1, 0};
  CHECK(outcome(LayerFamily::identity, {.scale = NAN, .width = NAN}) == StatusCode::ok);
  CHECK(outcome(LayerFamily::identity, {}, 0) == StatusCode::empty_input);
  CHECK(outcome(LayerFamily::uniform, {.scale = NAN}) == StatusCode::not_finite);
  CHECK(outcome(LayerFamily::signs, {.scale = -1}) == StatusCode::out_of_range);
  CHECK(outcome(LayerFamily::gaussian_kernel, {.width = 0}) == StatusCode::out_of_range);
  CHECK(outcome(LayerFamily::gaussian_kernel, {.width = INFINITY}) == StatusCode::not_finite);
  CHECK(outcome(LayerFamily::tridiagonal, {.stencil = {0, NAN, 0}}) == StatusCode::not_finite);
  CHECK(outcome(LayerFamily::circulant, {.symbol = symbol}) == StatusCode::ok);
  CHECK(outcome(LayerFamily::circulant, {.symbol = symbol}, 6) == StatusCode::shape_mismatch);
  CHECK(outcome(LayerFamily::circulant, {.symbol = endless}) == StatusCode::not_finite);
  CHECK(outcome(LayerFamily::scheme, {.numbers = {.c = 1, .r = -1}}) == StatusCode::out_of_range);
  CHECK(outcome(LayerFamily::scheme, {.scheme = Scheme::crank_nicolson_as_published}, 2) ==
        StatusCode::unsupported);
  test::Owned<FamilyMatrix<float>> beyond(
      {.family = LayerFamily::uniform, .cells = 2, .parameters = {.scale = 1e300}});
  CHECK(beyond->status().code == StatusCode::not_finite);
}
