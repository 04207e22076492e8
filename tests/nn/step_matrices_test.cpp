#include "pinnscope/nn/step_matrices.hpp"

#include <array>
#include <cmath>
#include <complex>
#include <limits>
#include <utility>
#include <vector>

#include "network.hpp"
#include "pinnscope/nn/initialise.hpp"
#include "support/allocation.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Steps of every kind but the plain one, long and short, with damping and without.
std::vector<LayerStep> every_step() {
  std::vector<LayerStep> steps;
  for (const LayerKind kind : values_of<LayerKind>()) {
    if (kind == LayerKind::plain) continue;
    for (const double size : {0.1, 1.0, 7.0}) {
      for (const double damping : {0.0, 0.3}) steps.push_back({kind, size, damping});
    }
  }
  return steps;
}

/// A square matrix of long doubles, row after row.
struct Square {
  std::size_t n;
  std::vector<long double> entries = std::vector<long double>(n * n);

  long double& operator()(std::size_t i, std::size_t j) { return entries[i * n + j]; }
  long double operator()(std::size_t i, std::size_t j) const { return entries[i * n + j]; }
};

Square product(const Square& a, const Square& b) {
  Square result{a.n};
  for (std::size_t i = 0; i < a.n; ++i) {
    for (std::size_t j = 0; j < a.n; ++j) {
      for (std::size_t k = 0; k < a.n; ++k) result(i, j) += a(i, k) * b(k, j);
    }
  }
  return result;
}

/// factor A + identity I, with A = W - W^T - gamma I.
template <class T>
Square of_generator(MatrixView<const T> w, double damping, long double factor,
                    long double identity) {
  Square result{w.rows};
  for (std::size_t i = 0; i < w.rows; ++i) {
    for (std::size_t j = 0; j < w.rows; ++j) {
      const long double entry = static_cast<long double>(w(i, j)) - w(j, i);
      result(i, j) = factor * (entry - (i == j ? damping : 0)) + (i == j ? identity : 0);
    }
  }
  return result;
}

/// The inverse, by Gauss and Jordan.
Square inverse(Square a) {
  Square result{a.n};
  for (std::size_t i = 0; i < a.n; ++i) result(i, i) = 1;
  for (std::size_t k = 0; k < a.n; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k; i < a.n; ++i) {
      if (std::abs(a(i, k)) > std::abs(a(pivot, k))) pivot = i;
    }
    for (std::size_t j = 0; j < a.n; ++j) {
      std::swap(a(k, j), a(pivot, j));
      std::swap(result(k, j), result(pivot, j));
    }
    const long double diagonal = a(k, k);
    for (std::size_t j = 0; j < a.n; ++j) a(k, j) /= diagonal, result(k, j) /= diagonal;
    for (std::size_t i = 0; i < a.n; ++i) {
      const long double factor = i == k ? 0 : a(i, k);
      for (std::size_t j = 0; j < a.n; ++j) {
        a(i, j) -= factor * a(k, j);
        result(i, j) -= factor * result(k, j);
      }
    }
  }
  return result;
}

/// The step as its kind is written on paper.
template <class T>
Square exact_step(const LayerStep& step, MatrixView<const T> w) {
  const auto shifted = [&](long double factor) { return of_generator(w, step.damping, factor, 1); };
  switch (step.kind) {
    case LayerKind::antisymmetric: return shifted(step.size);
    case LayerKind::backward_euler: return inverse(shifted(-step.size));
    case LayerKind::cayley:
      return product(inverse(shifted(-step.size / 2.0L)), shifted(step.size / 2.0L));
    case LayerKind::plain: break;
  }
  return of_generator(w, 0, 0, 1);
}

/// A network of two steps of n neurons, of random generators.
template <class T>
struct Steps {
  std::vector<std::size_t> widths;
  test::Owned<Mlp<T>> generators{{.widths = widths}};
  test::Owned<Mlp<T>> network{{.widths = widths}};
  test::Owned<StepMatrices<T>> steps;

  Steps(const LayerStep& step, std::size_t n)
      : widths{2, n, n, n, 1}, steps({.widths = widths, .step = step}) {
    test::randomise(*generators, 8);
  }
  Status form() { return steps->form(generators->parameters(), *network); }
};

/// Machine numbers of a T to the right of 1.
template <class T>
constexpr double kRounding = std::numeric_limits<T>::epsilon();

}  // namespace

TEMPLATE_TEST_CASE("a step is that of its definition in long double, rounded", "", float, double) {
  using T = TestType;
  for (const LayerStep& step : every_step()) {
    CAPTURE(text(step.kind), step.size, step.damping);
    Steps<T> steps(step, 9);
    REQUIRE(steps.form().ok());
    for (const std::size_t l : {1u, 2u}) {
      const auto expected = exact_step(step, std::as_const(*steps.generators).weights(l));
      double worst = 0;
      for (std::size_t i = 0; i < 9; ++i) {
        for (std::size_t j = 0; j < 9; ++j) {
          const double found = static_cast<double>(steps.network->weights(l)(i, j));
          const double exact = static_cast<double>(expected(i, j));
          worst = std::fmax(worst, std::fabs(found - exact) / std::fmax(1, std::fabs(exact)));
        }
      }
      // A float is the rounded double; in double the condition of I - h A, some 40, comes in.
      CHECK(worst < (std::is_same_v<T, float> ? 1 : 50) * kRounding<T>);
    }
  }
}

TEST_CASE("a step of two neurons is a complex number, however large its generator is") {
  using Complex = std::complex<double>;
  for (const double angle : {1e-12, 1e-3, 1.0, 1e3, 1e12}) {
    for (const double damping : {0.0, 0.25}) {
      Steps<double> steps({LayerKind::plain}, 2);
      steps.generators->weights(1)(0, 1) = angle;  // a row (x, y) is x + i y
      steps.generators->weights(1)(1, 0) = 0;
      const Complex a{-damping, angle};
      for (const auto& [kind, expected] : std::vector<std::pair<LayerKind, Complex>>{
               {LayerKind::antisymmetric, 1.0 + 2.0 * a},
               {LayerKind::backward_euler, 1.0 / (1.0 - 2.0 * a)},
               {LayerKind::cayley, (1.0 + a) / (1.0 - a)}}) {
        CAPTURE(text(kind), angle, damping);
        test::Owned<StepMatrices<double>> matrices(
            {.widths = steps.widths, .step = {kind, 2, damping}});
        REQUIRE(matrices->form(steps.generators->parameters(), *steps.network).ok());
        const auto p = std::as_const(*steps.network).weights(1);
        for (const Complex found : {Complex{p(0, 0), p(0, 1)}, Complex{p(1, 1), -p(1, 0)}}) {
          CHECK(std::abs(found - expected) <= 4e-16 * std::fmax(1, std::abs(expected)));
        }
      }
    }
  }
}

TEST_CASE("without damping a Cayley step is orthogonal, of any length") {
  for (const double size : {0.01, 1.0, 100.0, 1e4}) {
    CAPTURE(size);
    Steps<double> steps({LayerKind::cayley, size}, 30);
    REQUIRE(steps.form().ok());
    const auto p = std::as_const(*steps.network).weights(1);
    for (std::size_t i = 0; i < 30; ++i) {
      for (std::size_t j = 0; j < 30; ++j) {
        double product = 0;
        for (std::size_t k = 0; k < 30; ++k) product += p(k, i) * p(k, j);
        // The condition of I - h A/2 is below 5 h + 1.
        REQUIRE(std::fabs(product - (i == j ? 1 : 0)) < 1e-14 + 1e-15 * size);
      }
    }
  }
}

TEST_CASE("implicit steps do not amplify, an explicit one does as h and |x A| say") {
  for (const LayerStep& step : every_step()) {
    CAPTURE(text(step.kind), step.size, step.damping);
    Steps<double> steps(step, 12);
    REQUIRE(steps.form().ok());
    const auto p = std::as_const(*steps.network).weights(1);
    const Square a = of_generator(std::as_const(*steps.generators).weights(1), step.damping, 1, 0);
    const std::vector<double> x = test::random_numbers<double>(12, 5);
    double before = 0;
    double behind = 0;
    double change = 0;
    for (std::size_t j = 0; j < 12; ++j) {
      double to = 0;
      double moved = 0;
      for (std::size_t i = 0; i < 12; ++i) {
        to += x[i] * p(i, j);
        moved += x[i] * static_cast<double>(a(i, j) + (i == j ? step.damping : 0));
      }
      before += x[j] * x[j];
      behind += to * to;
      change += moved * moved;
    }
    if (step.kind == LayerKind::antisymmetric) {
      const double kept = 1 - step.size * step.damping;
      CHECK(test::relatively_close(behind, kept * kept * before + step.size * step.size * change,
                                   1e-13));
    } else {
      CHECK(behind <= before * (1 + 1e-14));
    }
  }
}

TEST_CASE("the first layer, the last and rectangular ones keep what they have") {
  const std::vector<std::size_t> widths{3, 3, 3, 4, 4, 2, 2};
  for (const LayerStep& step : every_step()) {
    test::Owned<Mlp<double>> generators({.widths = widths});
    test::Owned<Mlp<double>> network({.widths = widths});
    test::randomise(*generators, 4);
    test::Owned<StepMatrices<double>> steps({.widths = widths, .step = step});
    REQUIRE(steps->form(generators->parameters(), *network).ok());
    std::vector<double> gradient = test::random_numbers<double>(network->parameters().size(), 6);
    const std::vector<double> before = gradient;
    REQUIRE(steps->pull_back(*network, gradient).ok());
    for (std::size_t l = 0; l < network->layers(); ++l) {
      const bool is_step = l == 1 || l == 3;
      const auto own = generators->weights(l).flat();
      const auto biases = generators->biases(l);
      CHECK(std::ranges::equal(network->weights(l).flat(), own) != is_step);
      CHECK(std::ranges::equal(network->biases(l), biases));
      const auto same = [&](std::size_t offset, std::size_t count) {
        return std::equal(&gradient[offset], &gradient[offset] + count, &before[offset]);
      };
      CHECK(same(network->weight_offset(l), own.size()) != is_step);
      CHECK(same(network->bias_offset(l), biases.size()));
    }
  }
}

TEST_CASE("a plain network keeps its weights and gradients") {
  Steps<double> steps({LayerKind::plain, -1, kNan}, 3);
  REQUIRE(StepMatrices<double>::footprint({.widths = steps.widths}).bytes == 0);
  REQUIRE_FALSE(steps.steps->active());
  REQUIRE(steps.form().ok());
  REQUIRE(std::ranges::equal(steps.network->parameters(), steps.generators->parameters()));
  std::vector<double> gradient = test::random_numbers<double>(40, 6);
  gradient.resize(steps.network->parameters().size(), 0.5);
  const std::vector<double> before = gradient;
  REQUIRE(steps.steps->pull_back(*steps.network, gradient).ok());
  REQUIRE(gradient == before);
}

TEMPLATE_TEST_CASE("generators may be the parameters of the network that is formed", "", float,
                   double) {
  for (const LayerStep& step : every_step()) {
    Steps<TestType> steps(step, 6);
    REQUIRE(steps.form().ok());
    REQUIRE(steps.steps->form(steps.generators->parameters(), *steps.generators).ok());
    REQUIRE(std::ranges::equal(steps.network->parameters(), steps.generators->parameters()));
  }
}

TEMPLATE_TEST_CASE("a gradient by generators is the difference quotient in long double", "", float,
                   double) {
  using T = TestType;
  constexpr std::size_t n = 5;
  for (const LayerStep& step : every_step()) {
    CAPTURE(text(step.kind), step.size, step.damping);
    Steps<T> steps(step, n);
    REQUIRE(steps.form().ok());
    // L is a sum over the entries of P, each times the gradient by it.
    const std::vector<T> by_weights =
        test::random_numbers<T>(steps.network->parameters().size(), 9);
    std::vector<T> gradient = by_weights;
    REQUIRE(steps.steps->pull_back(*steps.network, gradient).ok());
    const std::size_t offset = steps.network->weight_offset(2);
    const MatrixView<const T> factors(&by_weights[offset], n, n);
    const MatrixView<const T> found(&gradient[offset], n, n);
    Steps<double> moved(step, n);
    const auto w = moved.generators->weights(2);
    std::ranges::copy(std::as_const(*steps.generators).weights(2).flat(), w.flat().begin());
    const auto loss = [&] {
      const Square p = exact_step<double>(step, w);
      long double sum = 0;
      for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) sum += p(i, j) * factors(i, j);
      }
      return sum;
    };
    double largest = 0;
    for (const T entry : found.flat()) largest = std::fmax(largest, std::fabs(double{entry}));
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        const double middle = w(i, j);
        const double difference = 0x1p-20;
        w(i, j) = middle + difference;
        const long double above = loss();
        w(i, j) = middle - difference;
        const long double below = loss();
        w(i, j) = middle;
        const double exact = static_cast<double>((above - below) / (2 * difference));
        // The quotient is off by some h^2 2^-40; a float P by a rounding, a long step more so.
        const double tolerance = std::is_same_v<T, float> ? 5e-6 : 1e-10;
        CHECK(std::fabs(double{found(i, j)} - exact) <= tolerance * largest * (1 + step.size));
        CHECK(found(i, j) == -found(j, i));
      }
    }
  }
}

TEST_CASE("the start of a step has the gain that its formula says") {
  // With entries of W of variance v, those of A have 2 v and the eigenvalues of A lie on a
  // semicircle of variance w = 2 n v; the mean of 1 / (c^2 + h^2 x^2) over it, c = 1 + h gamma, is
  // 2 / (c (c + sqrt(c^2 + 4 w h^2))), by its Stieltjes transform.
  constexpr std::size_t n = 200;
  const double w = 2 * n * std::pow(standard_deviation(Initialiser::glorot_uniform, n, n), 2);
  for (const LayerStep& step : every_step()) {
    CAPTURE(text(step.kind), step.size, step.damping);
    Steps<double> steps(step, n);
    initialise(*steps.generators, Initialiser::glorot_uniform, 3);
    REQUIRE(steps.form().ok());
    double squares = 0;
    for (const double entry : steps.network->weights(1).flat()) squares += entry * entry / n;
    const double h = step.size;
    const double c = 1 + h * step.damping;
    const double implicit = 2 / (c * (c + std::sqrt(c * c + 4 * w * h * h)));
    if (step.kind == LayerKind::antisymmetric) {
      const double kept = 1 - h * step.damping;
      CHECK(test::relatively_close(squares, kept * kept + w * h * h, 0.02));
    }
    if (step.kind == LayerKind::backward_euler) {
      CHECK(test::relatively_close(squares, implicit, 0.02));
    }
    if (step.kind == LayerKind::cayley) {
      // |1 + z|^2 / |1 - z|^2 = 1 - 2 h gamma / |1 - z|^2 with 2 z = h (-gamma + i omega).
      const double half = 1 + h * step.damping / 2;
      const double mean = 2 / (half * (half + std::sqrt(half * half + w * h * h)));
      CHECK(test::relatively_close(squares, 1 - 2 * h * step.damping * mean, 0.02));
      CHECK((step.damping > 0 || test::relatively_close(squares, 1, 1e-12)));
    }
  }
}

TEST_CASE("weights and gradients that are not finite are told") {
  for (const LayerStep& step : every_step()) {
    CAPTURE(text(step.kind));
    for (const double entry : {kNan, kInfinity, 1.7e308}) {
      Steps<double> steps(step, 3);
      steps.generators->weights(2)(1, 2) = entry;
      steps.generators->weights(2)(2, 1) = -entry;
      CHECK(steps.form() == Status{StatusCode::not_finite});
    }
    Steps<double> steps(step, 3);
    REQUIRE(steps.form().ok());
    std::vector<double> gradient(steps.network->parameters().size());
    gradient[steps.network->weight_offset(1) + 1] = kInfinity;
    CHECK(steps.steps->pull_back(*steps.network, gradient) == Status{StatusCode::not_finite});
  }
  Steps<float> large({LayerKind::antisymmetric, 1e30}, 3);
  large.generators->weights(1)(0, 1) = 1e20f;
  CHECK(large.form() == Status{StatusCode::not_finite});
}

TEST_CASE("a step has a length above 0, a damping of 0 or more, and layers that are square") {
  const std::vector<std::size_t> square{2, 4, 4, 1};
  const Status out_of_range{StatusCode::bad_layer_step};
  for (const LayerStep& step : every_step()) {
    CHECK(step.check(square).ok());
    for (const double size : {0.0, -1.0, kNan, kInfinity}) {
      CHECK(LayerStep{step.kind, size}.check(square) == out_of_range);
    }
    for (const double damping : {-1e-300, kNan, kInfinity}) {
      CHECK(LayerStep{step.kind, 1, damping}.check(square) == out_of_range);
    }
    for (const auto& widths : std::vector<std::vector<std::size_t>>{
             {}, {2}, {2, 1}, {3, 3}, {3, 3, 3}, {2, 4, 5, 1}, {2, 2, 4, 1}, {2, 4, 1, 1}}) {
      CHECK(step.check(widths) == Status{StatusCode::no_square_layer});
    }
  }
  CHECK(LayerStep{LayerKind::plain, -1, kNan}.check({}).ok());
}

TEST_CASE("forming steps and pulling a gradient back allocate nothing") {
  if (!test::counts_allocations()) return test::skip("a sanitizer owns the allocator");
  for (const LayerStep& step : every_step()) {
    Steps<float> steps(step, 20);
    std::vector<float> gradient(steps.network->parameters().size(), 1);
    Status formed;
    Status pulled;
    REQUIRE(test::allocations_of([&] {
              formed = steps.form();
              pulled = steps.steps->pull_back(*steps.network, gradient);
            }) == 0);
    REQUIRE(formed.ok());
    REQUIRE(pulled.ok());
  }
}
