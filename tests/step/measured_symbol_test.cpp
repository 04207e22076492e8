#include "pinnscope/step/measured_symbol.hpp"

#include "step/step_support.hpp"

using namespace pinnscope;
using Complex = std::complex<double>;

namespace {

template <class T>
using Meter = test::Owned<SymbolMeter<T>>;

constexpr std::array kNumbers{StepNumbers{0.3, 0.2}, StepNumbers{-0.6, 0.35}, StepNumbers{1, 1},
                              StepNumbers{0.5, 0},   StepNumbers{0, 0.25},    StepNumbers{-2.5, 4}};

/// The matrix of a step as the function of a signal that it is.
struct MatrixStep {
  explicit MatrixStep(std::size_t cells) : n(cells), entries(cells * cells) {}
  Status operator()(VectorView<const double> before, VectorView<double> after) noexcept {
    for (std::size_t i = 0; i < n; ++i) {
      after[i] = 0;
      for (std::size_t j = 0; j < n; ++j) after[i] += entries[i + j * n] * before[j];
    }
    return {};
  }
  double& operator()(std::size_t i, std::size_t j) { return entries[i + j * n]; }
  std::size_t n;
  std::vector<double> entries;
};

MatrixStep matrix_of(Scheme scheme, std::size_t cells, StepNumbers numbers, double theta) {
  MatrixStep step(cells);
  std::vector<double> offset(cells);
  test::BuiltStepper<double> stepper({.scheme = scheme,
                                      .cells = cells,
                                      .velocity = numbers.c,
                                      .diffusivity = numbers.r,
                                      .theta = theta});
  REQUIRE(stepper->matrix({step.entries.data(), cells, cells}, offset).ok());
  return step;
}

/// z_i <- z_i / 2 + z_{i-1} / 2.
void smooth(VectorView<double> z) noexcept {
  const double last = z.back();
  for (std::size_t i = z.size(); i-- > 1;) z[i] = (z[i] + z[i - 1]) / 2;
  z[0] = (z[0] + last) / 2;
}

}  // namespace

TEMPLATE_TEST_CASE("an impulse has the symbol of every stepper in place", "", float, double) {
  const double rounding = std::is_same_v<TestType, float> ? 3e-5 : 1e-12;
  for (const std::size_t cells : {1u, 2u, 3u, 5u, 8u, 9u, 32u, 101u}) {
    Meter<TestType> meter({.cells = cells});
    for (const Scheme scheme : kSchemes) {
      if (!has_amplification_factor(scheme)) continue;
      for (const StepNumbers numbers : kNumbers) {
        auto config = test::unit_grid<TestType>(scheme, cells, numbers.c, numbers.r);
        config.theta = 0.3;
        test::BuiltStepper<TestType> stepper(config);
        SymbolReport report;
        const auto step = [&](VectorView<TestType> z) noexcept { return stepper->step(z); };
        REQUIRE(meter->measure(step, report).ok());
        INFO(text(scheme) << " c " << numbers.c << " r " << numbers.r << " cells " << cells);
        REQUIRE(report.answer == SymbolAnswer::symbol);
        REQUIRE(report.offset == 0);
        REQUIRE(meter->compare(scheme, numbers, 0.3).largest < rounding);
      }
    }
  }
}

TEST_CASE("a matrix, given as a function, has the symbol of its scheme") {
  for (const std::size_t cells : {2u, 7u, 24u}) {
    Meter<double> meter({.cells = cells});
    for (const Scheme scheme : kSchemes) {
      if (!has_amplification_factor(scheme)) continue;
      for (const StepNumbers numbers : kNumbers) {
        MatrixStep step = matrix_of(scheme, cells, numbers, 0.7);
        SymbolReport report;
        REQUIRE(meter->measure(step, report).ok());
        INFO(text(scheme) << " c " << numbers.c << " r " << numbers.r << " cells " << cells);
        REQUIRE(report.answer == SymbolAnswer::symbol);
        REQUIRE(meter->compare(scheme, numbers, 0.7).largest < 1e-12);
      }
    }
  }
}

// What U carries by one cell towards larger j multiplies exp(i angle j) by exp(-i angle).
TEST_CASE("a shift by a cell towards larger j has the factors exp(-i angle)") {
  for (const std::size_t cells : {6u, 7u}) {
    Meter<double> meter({.cells = cells});
    SymbolReport report;
    const auto shift = [&](VectorView<const double> before, VectorView<double> after) noexcept {
      for (std::size_t i = 0; i < cells; ++i) after[(i + 1) % cells] = before[i];
    };
    REQUIRE(meter->measure(shift, report).ok());
    REQUIRE(report.answer == SymbolAnswer::symbol);
    for (std::size_t k = 0; k < cells; ++k) {
      REQUIRE(std::abs(meter->factor(k) - std::polar(1.0, -meter->angle(k))) < 1e-14);
    }
    REQUIRE(meter->compare(Scheme::upwind, {1, 0}).largest < 1e-14);
    REQUIRE(std::isnan(meter->factor(cells).real()));
  }
}

TEST_CASE("a plain function is a step") {
  Meter<double> meter({.cells = 16});
  SymbolReport report;
  REQUIRE(meter->measure(smooth, report).ok());
  REQUIRE(report.answer == SymbolAnswer::symbol);
  REQUIRE(meter->compare(Scheme::upwind, {0.5, 0}).largest < 1e-14);
}

TEST_CASE("a flow with the wrong sign is told from the right one") {
  Meter<double> meter({.cells = 16});
  for (const Scheme scheme : kSchemes) {
    if (!has_amplification_factor(scheme)) continue;
    test::BuiltStepper<double> swapped(test::unit_grid<double>(scheme, 16, -0.4, 0.2));
    SymbolReport report;
    const auto step = [&](VectorView<double> z) noexcept { return swapped->step(z); };
    REQUIRE(meter->measure(step, report).ok());
    const SymbolDeviation off = meter->compare(scheme, {0.4, 0.2});
    INFO(text(scheme));
    REQUIRE(off.largest > 0.3);
    REQUIRE(off.reversed < 1e-14);
    REQUIRE(off.mode > 0);
  }
}

// One off-diagonal with the wrong sign is no flow the other way.
TEST_CASE("a wrong stencil is far from both directions") {
  Meter<double> meter({.cells = 12});
  SymbolReport report;
  const auto step = [](VectorView<const double> z, VectorView<double> next) noexcept {
    constexpr double c = 0.2;
    constexpr double r = 0.25;
    for (std::size_t i = 0; i < 12; ++i) {
      next[i] = (r + c / 2) * z[(i + 11) % 12] + (1 - 2 * r) * z[i] - (r - c / 2) * z[(i + 1) % 12];
    }
  };
  REQUIRE(meter->measure(step, report).ok());
  REQUIRE(report.answer == SymbolAnswer::symbol);
  const SymbolDeviation off = meter->compare(Scheme::ftcs, {0.2, 0.25});
  const double expected = 2 * (0.25 - 0.2 / 2);
  REQUIRE(off.reversed > 0.2);
  REQUIRE(test::close(off.largest, expected, 1e-14));
}

TEST_CASE("a step that differs from cell to cell has no symbol, and how far it is from one") {
  constexpr std::size_t kCells = 9;
  MatrixStep step = matrix_of(Scheme::ftcs, kCells, {0.3, 0.2}, 0.5);
  step(4, 4) += 0.5;
  // Of |A|^2, what is left of the one entry: 0.25 (1 - 1/9) beside the nearest circulant matrix.
  double square = 0;
  for (const double entry : step.entries) square += entry * entry;
  Meter<double> meter({.cells = kCells});
  SymbolReport report;
  REQUIRE(meter->measure(step, report).ok());
  REQUIRE(report.answer == SymbolAnswer::not_invariant);
  REQUIRE(test::relatively_close(report.departure, std::sqrt(0.25 * 8 / 9 / square), 1e-12));
  REQUIRE(std::isnan(meter->factor(1).real()));
  const Complex expected = amplification_factor(Scheme::ftcs, {0.3, 0.2}, meter->angle(2));
  REQUIRE(std::abs(meter->nearest_factor(2) - expected - 0.5 / 9) < 1e-14);
  REQUIRE(std::isnan(meter->compare(Scheme::ftcs, {0.3, 0.2}).largest));

  MatrixStep published = matrix_of(Scheme::crank_nicolson_as_published, kCells, {0.3, 0.2}, 0.5);
  REQUIRE(meter->measure(published, report).ok());
  REQUIRE(report.answer == SymbolAnswer::not_invariant);
}

TEST_CASE("independent entries are as far from a symbol as can be") {
  constexpr std::size_t kCells = 60;
  MatrixStep step(kCells);
  step.entries = test::random_signal<double>(kCells * kCells, 4);
  Meter<double> meter({.cells = kCells});
  SymbolReport report;
  REQUIRE(meter->measure(step, report).ok());
  // The nearest circulant matrix has 60 of 3600 degrees of freedom.
  REQUIRE(std::abs(report.departure * report.departure - (1 - 1.0 / kCells)) < 0.02);
}

TEST_CASE("ends differ from the inside, and what they add is told") {
  Meter<double> meter({.cells = 10});
  auto config = test::unit_grid<double>(Scheme::ftcs, 10, 0.3, 0.2);
  config.boundary = Boundary::dirichlet;
  config.left = 2;
  test::BuiltStepper<double> stepper(config);
  SymbolReport report;
  const auto step = [&](VectorView<double> z) noexcept { return stepper->step(z); };
  REQUIRE(meter->measure(step, report).ok());
  REQUIRE(report.answer == SymbolAnswer::not_invariant);
  REQUIRE(test::close(report.offset, 2 * 2 * 0.35, 1e-15));  // 2 g (r + c/2)
  // A source is no reason against a symbol.
  const auto with_source = [](VectorView<double> z) noexcept {
    for (double& value : z) value = value / 2 + 3;
  };
  REQUIRE(meter->measure(with_source, report).ok());
  REQUIRE(report.answer == SymbolAnswer::symbol);
  REQUIRE(report.offset == 3);
  REQUIRE(std::abs(meter->factor(3) - 0.5) < 1e-14);
}

TEST_CASE("what is not linear has no symbol") {
  Meter<double> meter({.cells = 8});
  SymbolReport report;
  const auto tanh_layer = [](VectorView<double> z) noexcept {
    for (double& value : z) value = std::tanh(value);
  };
  REQUIRE(meter->measure(tanh_layer, report).ok());
  REQUIRE(report.answer == SymbolAnswer::not_linear);
  REQUIRE(report.nonlinearity > 0.01);
  REQUIRE(std::isnan(meter->factor(0).real()));
  REQUIRE(std::isnan(meter->nearest_factor(0).real()));
  // |z| has every impulse as it is.
  const auto fold = [](VectorView<double> z) noexcept {
    for (double& value : z) value = std::abs(value);
  };
  REQUIRE(meter->measure(fold, report).ok());
  REQUIRE(report.answer == SymbolAnswer::not_linear);
  // So small a signal sees the slope alone: tanh z = z - z^3 / 3.
  Meter<double> small({.cells = 8, .amplitude = 1e-5});
  REQUIRE(small->measure(tanh_layer, report).ok());
  REQUIRE(report.answer == SymbolAnswer::symbol);
  REQUIRE(small->compare([](double) noexcept { return Complex(1); }).largest < 1e-9);
}

TEST_CASE("what a step refuses is handed on, and no factor is left") {
  Meter<double> meter({.cells = 8});
  SymbolReport report;
  REQUIRE(meter->measure([](VectorView<double>) noexcept {}, report).ok());
  REQUIRE(meter->factor(1) == Complex(1));
  auto config = test::unit_grid<double>(Scheme::ftcs, 8, 0.3, 0.2);
  config.normalise = Normalisation::l1;
  test::BuiltStepper<double> stepper(config);
  const auto step = [&](VectorView<double> z) noexcept { return stepper->step(z); };
  REQUIRE(meter->measure(step, report).code == StatusCode::degenerate);  // of the signal 0
  REQUIRE(std::isnan(report.departure));
  REQUIRE(std::isnan(meter->factor(1).real()));
  const auto overflow = [](VectorView<double> z) noexcept {
    for (double& value : z) value *= 1e200;
  };
  REQUIRE(meter->measure(overflow, report).code == StatusCode::not_finite);
  const auto spoil = [](VectorView<double> z) noexcept { z[5] = NAN; };
  REQUIRE(meter->measure(spoil, report) == Status{StatusCode::not_finite, 5});
  Meter<double> empty(SymbolMeter<double>::Config{});
  REQUIRE(empty->measure(spoil, report).code == StatusCode::empty_input);
  Meter<double> silent({.cells = 8, .amplitude = 0});
  REQUIRE(silent->measure(step, report).code == StatusCode::out_of_range);
  const auto nothing = [](VectorView<double> z) noexcept { std::ranges::fill(z, 7.0); };
  REQUIRE(meter->measure(nothing, report).ok());
  REQUIRE(report.answer == SymbolAnswer::symbol);
  REQUIRE(meter->factor(2) == Complex(0));
}

TEST_CASE("measuring a symbol allocates nothing") {
  if (!test::counts_allocations()) return test::skip("a sanitizer owns the allocator");
  Meter<double> meter({.cells = 32});
  test::BuiltStepper<double> stepper(test::unit_grid<double>(Scheme::rk4, 32, 0.3, 0.2));
  SymbolReport report;
  SymbolDeviation off;
  REQUIRE(test::allocations_of([&] {
            const auto step = [&](VectorView<double> z) noexcept { return stepper->step(z); };
            static_cast<void>(meter->measure(step, report));
            off = meter->compare(Scheme::rk4, {0.3, 0.2});
          }) == 0);
  REQUIRE(off.largest < 1e-14);
}
