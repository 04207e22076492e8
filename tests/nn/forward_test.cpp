#include "pinnscope/nn/forward.hpp"

#include <array>
#include <cmath>
#include <cstring>
#include <memory>
#include <type_traits>
#include <vector>

#include "closed_forms.hpp"
#include "network.hpp"
#include "pinnscope/nn/packed_pass.hpp"
#include "support/allocation.hpp"
#include "support/reference.hpp"
#include "support/test.hpp"

using namespace pinnscope;
using namespace pinnscope::partial;

namespace {

/// The network at one point in long double, by the definition: the plain twin of the pass.
std::vector<long double> plain_values(const Mlp<double>& network, std::vector<long double> a) {
  for (std::size_t l = 0; l < network.layers(); ++l) {
    std::vector<long double> z(network.fan_out(l));
    for (std::size_t j = 0; j < z.size(); ++j) {
      z[j] = network.biases(l)[j];
      for (std::size_t i = 0; i < a.size(); ++i) z[j] += a[i] * network.weights(l)(i, j);
      z[j] = test::closed_form(network.activation(l), z[j], network.activation_parameters()).f[0];
    }
    a = z;
  }
  return a;
}

/// A derivative of output `o` by central differences in steps of h.
long double difference(const Mlp<double>& network, const std::vector<long double>& point,
                       std::size_t o, Derivative wanted, long double h) {
  const auto at = [&](long double step_i, long double step_j) {
    std::vector<long double> moved = point;
    moved[wanted.i] += step_i;
    moved[wanted.j] += step_j;
    return plain_values(network, moved)[o];
  };
  if (wanted.order == 0) return at(0, 0);
  if (wanted.order == 1) return (at(h, 0) - at(-h, 0)) / (2 * h);
  return (at(h, h) - at(h, -h) - at(-h, h) + at(-h, -h)) / (4 * h * h);
}

/// The same with the leading error removed (Richardson).
double differenced(const Mlp<double>& network, const std::vector<long double>& point, std::size_t o,
                   Derivative wanted) {
  const long double h = 2e-4L;
  return static_cast<double>((4 * difference(network, point, o, wanted, h / 2) -
                              difference(network, point, o, wanted, h)) /
                             3);
}

/// Every derivative up to second order along three inputs, the mixed ones included.
const Derivatives kAll{second(0, 0), second(1, 1), second(2, 2),
                       second(0, 1), second(1, 2), second(2, 0)};

/// Evaluates `points` in one call; values are column-major.
template <class T>
std::vector<T> evaluated(const Mlp<T>& network, const std::vector<T>& points,
                         const Derivatives& derivatives, std::size_t tile) {
  test::Owned<ForwardPass<T>> pass(
      {.widths = network.widths(), .derivatives = derivatives, .tile = tile});
  const std::size_t rows = points.size() / network.inputs();
  std::vector<T> values(rows * pass->value_columns(network));
  REQUIRE(pass->evaluate(network, {points.data(), rows, network.inputs()},
                         {values.data(), rows, pass->value_columns(network)})
              .ok());
  return values;
}

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

}  // namespace

TEST_CASE("every activation carries all derivatives through a network with three inputs") {
  const std::array<std::size_t, 5> widths{3, 7, 5, 6, 2};
  const std::size_t rows = 11;
  for (const Activation hidden : kActivations) {
    INFO(text(hidden));
    test::Owned<Mlp<double>> network({.widths = widths,
                                      .hidden = hidden,
                                      .output = Activation::sine,
                                      .activation_parameters = {.negative_slope = 0.2}});
    test::randomise(*network, 3);
    const std::vector<double> points = test::random_numbers<double>(rows * 3, 4);
    const std::vector<double> values = evaluated(*network, points, kAll, 64);
    double worst = 0;
    for (std::size_t p = 0; p < rows; ++p) {
      const std::vector<long double> point{points[p], points[rows + p], points[2 * rows + p]};
      for (std::size_t s = 0; s < kAll.count(); ++s) {
        for (std::size_t o = 0; o < 2; ++o) {
          const double exact = differenced(*network, point, o, kAll[s]);
          const double error = std::fabs(values[(s * 2 + o) * rows + p] - exact);
          worst = std::fmax(worst, error / std::fmax(1, std::fabs(exact)));
        }
      }
    }
    CAPTURE(worst);
    CHECK(worst < 1e-9);
  }
}

TEST_CASE("network values agree with the definition to rounding") {
  const std::array<std::size_t, 4> widths{3, 17, 9, 5};
  test::Owned<Mlp<double>> network({.widths = widths});
  test::randomise(*network, 6);
  const std::vector<double> points = test::random_numbers<double>(3, 7);
  const std::vector<double> values = evaluated(*network, points, {}, 64);
  const auto exact = plain_values(*network, {points[0], points[1], points[2]});
  for (std::size_t o = 0; o < 5; ++o) {
    REQUIRE(test::close(values[o], static_cast<double>(exact[o]), 1e-14));
  }
}

TEMPLATE_TEST_CASE("results have the same bits however points are grouped", "", float, double) {
  const std::array<std::size_t, 4> widths{3, 13, 22, 2};
  test::Owned<Mlp<TestType>> network({.widths = widths});
  test::randomise(*network, 8);
  const std::size_t rows = 64;
  const std::vector<TestType> points = test::random_numbers<TestType>(rows * 3, 9);
  const std::vector<TestType> together = evaluated(*network, points, kAll, 64);
  const std::size_t columns = 2 * kAll.count();

  for (const std::size_t tile : {1u, 5u, 16u, 63u, 1000u}) {
    CAPTURE(tile);
    CHECK(same_bits(evaluated(*network, points, kAll, tile), together));
  }

  test::Owned<ForwardPass<TestType>> pass({.widths = widths, .derivatives = kAll});
  for (const std::size_t batch : {1u, 63u}) {
    CAPTURE(batch);
    std::vector<TestType> values(rows * columns);
    const MatrixView<const TestType> in(points.data(), rows, 3);
    const MatrixView<TestType> out(values.data(), rows, columns);
    for (std::size_t start = 0; start < rows; start += batch) {
      const std::size_t count = std::min(batch, rows - start);
      REQUIRE(pass->evaluate(*network, in.block(start, 0, count, 3),
                             out.block(start, 0, count, columns))
                  .ok());
    }
    CHECK(same_bits(values, together));
  }

  test::Owned<PackedPass<TestType>> packed_pass({.widths = widths, .derivatives = kAll});
  REQUIRE(packed_pass->load(*network).ok());
  std::vector<TestType> one_by_one(rows * columns);
  for (std::size_t p = 0; p < rows; ++p) {
    const std::array<TestType, 3> point{points[p], points[rows + p], points[2 * rows + p]};
    std::vector<TestType> values(columns);
    REQUIRE(pass->evaluate_point(*network, point, values).ok());
    for (std::size_t c = 0; c < columns; ++c) one_by_one[c * rows + p] = values[c];
    std::vector<TestType> packed(columns);
    REQUIRE(packed_pass->evaluate(point, packed).ok());
    CHECK(same_bits(packed, values));
  }
  CHECK(same_bits(one_by_one, together));
}

TEST_CASE("a point pass without a network, or with one that is too large, says so") {
  const std::array<std::size_t, 3> widths{2, 8, 1};
  const std::array<std::size_t, 3> wider{2, 9, 1};
  const std::array<std::size_t, 3> narrow{1, 8, 1};
  test::Owned<PackedPass<double>> pass({.widths = widths, .derivatives = {dt}});
  std::array<double, 2> values{-7, -7};
  REQUIRE(pass->evaluate(std::array{0.0, 0.0}, values).code == StatusCode::empty_input);
  test::Owned<Mlp<double>> wide({.widths = wider});
  test::Owned<Mlp<double>> lacking({.widths = narrow});
  REQUIRE(pass->load(*wide).code == StatusCode::shape_mismatch);
  REQUIRE(pass->load(*lacking).code == StatusCode::shape_mismatch);
  REQUIRE(pass->evaluate(std::array{0.0, 0.0}, values).code == StatusCode::empty_input);
  test::Owned<Mlp<double>> network({.widths = widths});
  REQUIRE(pass->load(*network).ok());
  REQUIRE(pass->evaluate(std::array{0.0}, values).code == StatusCode::shape_mismatch);
  REQUIRE(values == std::array{-7.0, -7.0});
  REQUIRE(pass->evaluate(std::array{0.0, 0.0}, values).ok());
  REQUIRE(values == std::array{0.0, 0.0});
}

TEST_CASE("a point pass keeps the parameters that it has loaded until it loads others") {
  const std::array<std::size_t, 2> widths{1, 1};
  test::Owned<Mlp<double>> network({.widths = widths});
  test::Owned<PackedPass<double>> pass({.widths = widths});
  network->weights(0)(0, 0) = 3;
  network->biases(0)[0] = 1;
  std::array<double, 1> u{};
  REQUIRE(pass->load(*network).ok());
  network->weights(0)(0, 0) = 5;
  REQUIRE(pass->evaluate(std::array{2.0}, u).ok());
  REQUIRE(u[0] == 7);
  REQUIRE(pass->load(*network).ok());
  REQUIRE(pass->evaluate(std::array{2.0}, u).ok());
  REQUIRE(u[0] == 11);
}

TEST_CASE("values have the same bits whatever derivatives are carried along") {
  const std::array<std::size_t, 4> widths{3, 13, 22, 1};
  test::Owned<Mlp<double>> network({.widths = widths});
  test::randomise(*network, 8);
  const std::vector<double> points = test::random_numbers<double>(3 * 30, 9);
  std::vector<double> with_derivatives = evaluated(*network, points, kAll, 64);
  with_derivatives.resize(30);
  REQUIRE(same_bits(with_derivatives, evaluated(*network, points, {}, 64)));
}

TEST_CASE("a pass writes nothing between the rows of a wider matrix") {
  const std::array<std::size_t, 3> widths{2, 3, 1};
  test::Owned<Mlp<double>> network({.widths = widths});
  test::randomise(*network, 8);
  const std::vector<double> points = test::random_numbers<double>(2 * 5, 9);
  std::vector<double> values(2 * 9, -7.0);
  test::Owned<ForwardPass<double>> pass({.widths = widths, .derivatives = {dx}});
  REQUIRE(pass->evaluate(*network, {points.data(), 5, 2}, {values.data(), 5, 2, 9}).ok());
  for (const std::size_t gap : {5u, 8u, 14u, 17u}) REQUIRE(values[gap] == -7);
  REQUIRE(values[13] != -7);
}

TEST_CASE("a network without hidden layers is an affine map") {
  const std::array<std::size_t, 2> widths{2, 1};
  test::Owned<Mlp<double>> network({.widths = widths});
  network->weights(0)(0, 0) = 3;
  network->weights(0)(1, 0) = -2;
  network->biases(0)[0] = 0.5;
  test::Owned<ForwardPass<double>> pass({.widths = widths, .derivatives = {dx, dt, dxx}});
  std::array<double, 4> values{};
  REQUIRE(pass->evaluate_point(*network, std::array{1.0, 4.0}, values).ok());
  REQUIRE(values == std::array{-4.5, 3.0, -2.0, 0.0});
}

TEST_CASE("a chain of single neurons works") {
  const std::array<std::size_t, 3> widths{1, 1, 1};
  test::Owned<Mlp<double>> network({.widths = widths, .hidden = Activation::sine});
  network->weights(0)(0, 0) = 2;
  network->weights(1)(0, 0) = 3;
  const std::vector<double> values = evaluated<double>(*network, {0.4}, {dx, dxx}, 1);
  REQUIRE(test::close(values[0], 3 * std::sin(0.8), 1e-15));
  REQUIRE(test::close(values[1], 6 * std::cos(0.8), 1e-15));
  REQUIRE(test::close(values[2], -12 * std::sin(0.8), 1e-15));
}

TEST_CASE("no points give no values") {
  const std::array<std::size_t, 3> widths{2, 3, 1};
  test::Owned<Mlp<double>> network({.widths = widths});
  test::Owned<ForwardPass<double>> pass({.widths = widths});
  REQUIRE(pass->evaluate(*network, {nullptr, 0, 2}, {nullptr, 0, 1}).ok());
}

TEST_CASE("a pass serves every network that is no wider than its own") {
  const std::array<std::size_t, 3> widths{2, 8, 1};
  const std::array<std::size_t, 5> deeper{2, 6, 8, 3, 1};
  const std::array<std::size_t, 3> wider{2, 9, 1};
  test::Owned<ForwardPass<double>> pass({.widths = widths});
  test::Owned<Mlp<double>> deep({.widths = deeper});
  test::Owned<Mlp<double>> wide({.widths = wider});
  std::array<double, 1> output{};
  REQUIRE(pass->evaluate_point(*deep, std::array{0.0, 0.0}, output).ok());
  REQUIRE(pass->evaluate_point(*wide, std::array{0.0, 0.0}, output).code ==
          StatusCode::shape_mismatch);
}

TEST_CASE("shapes that do not match are refused and nothing is written") {
  const std::array<std::size_t, 3> widths{2, 3, 1};
  test::Owned<Mlp<double>> network({.widths = widths});
  test::Owned<ForwardPass<double>> pass({.widths = widths, .derivatives = {dx}});
  const std::array<double, 12> points{};
  std::array<double, 12> values{};
  values.fill(-7);
  const auto code = [&](std::size_t rows, std::size_t inputs, std::size_t out_rows,
                        std::size_t columns) {
    return pass
        ->evaluate(*network, {points.data(), rows, inputs}, {values.data(), out_rows, columns})
        .code;
  };
  REQUIRE(code(4, 3, 4, 2) == StatusCode::shape_mismatch);
  REQUIRE(code(4, 2, 3, 2) == StatusCode::shape_mismatch);
  REQUIRE(code(4, 2, 4, 1) == StatusCode::shape_mismatch);
  REQUIRE(pass->evaluate_point(*network, std::array{0.0}, values).code ==
          StatusCode::shape_mismatch);
  for (const double entry : values) REQUIRE(entry == -7);
}

TEST_CASE("a derivative along an input that the network lacks is refused") {
  const std::array<std::size_t, 3> widths{1, 3, 1};
  test::Owned<Mlp<double>> network({.widths = widths});
  test::Owned<ForwardPass<double>> pass({.widths = widths, .derivatives = {dt}});
  std::array<double, 2> values{};
  REQUIRE(pass->evaluate_point(*network, std::array{0.0}, values).code ==
          StatusCode::shape_mismatch);
}

TEST_CASE("a pass for derivatives beyond the second order is refused with the order") {
  const std::array<std::size_t, 3> widths{2, 3, 1};
  const Derivatives derivatives{dx, Derivative{3, 0, 0}};
  test::Owned<Mlp<double>> network({.widths = widths});
  test::Owned<ForwardPass<double>> pass({.widths = widths, .derivatives = derivatives});
  test::Owned<PackedPass<double>> packed_pass({.widths = widths, .derivatives = derivatives});
  const std::array<double, 2> point{};
  std::array<double, 2> values{};
  const Status refused{StatusCode::derivative_order, 3};
  REQUIRE(pass->evaluate_point(*network, point, values) == refused);
  REQUIRE(pass->evaluate(*network, {point.data(), 1, 2}, {values.data(), 1, 2}) == refused);
  REQUIRE(packed_pass->load(*network) == refused);
}

TEST_CASE("a NaN stays with its own point") {
  const std::array<std::size_t, 3> widths{1, 4, 1};
  test::Owned<Mlp<double>> network({.widths = widths});
  test::randomise(*network, 8);
  test::Owned<ForwardPass<double>> pass({.widths = widths});
  const std::array<double, 3> points{0.1, std::nan(""), 0.3};
  std::array<double, 3> values{};
  REQUIRE(pass->evaluate(*network, {points.data(), 3, 1}, {values.data(), 3, 1}) ==
          Status{StatusCode::not_finite, 1});
  REQUIRE(values[0] == evaluated<double>(*network, {0.1}, {}, 64)[0]);
  REQUIRE(std::isnan(values[1]));
  REQUIRE(values[2] == evaluated<double>(*network, {0.3}, {}, 64)[0]);
}

namespace {

/// What the three ways through a network say at `points`, a row a point; they have to agree.
template <class T>
struct Passed {
  Passed(const Mlp<T>& network, const std::vector<T>& points, const Derivatives& derivatives = {})
      : rows(points.size() / network.inputs()) {
    const typename ForwardPass<T>::Config config{
        .widths = network.widths(), .derivatives = derivatives, .tile = 5};
    test::Owned<ForwardPass<T>> pass(config);
    test::Owned<PackedPass<T>> packed_pass(
        {.widths = network.widths(), .derivatives = derivatives});
    REQUIRE(packed_pass->load(network).ok());
    const std::size_t columns = pass->value_columns(network);
    values.resize(rows * columns);
    status = pass->evaluate(network, {points.data(), rows, network.inputs()},
                            {values.data(), rows, columns});
    std::size_t first = rows;
    for (std::size_t row = rows; row-- > 0;) {
      std::vector<T> point, one(columns), other(columns);
      for (std::size_t i = 0; i < network.inputs(); ++i) point.push_back(points[i * rows + row]);
      const Status outcome = pass->evaluate_point(network, point, one);
      REQUIRE(packed_pass->evaluate(point, other) == outcome);
      if (!outcome.ok()) {
        REQUIRE(outcome == Status{StatusCode::not_finite, 0});
        first = row;
      }
      for (std::size_t c = 0; c < columns; ++c) {
        REQUIRE((std::isnan(at(row, c)) ? std::isnan(one[c]) && std::isnan(other[c])
                                        : one[c] == at(row, c) && other[c] == at(row, c)));
      }
    }
    const bool ok = first == rows;
    REQUIRE(status == (ok ? Status{} : Status{StatusCode::not_finite, static_cast<int>(first)}));
  }
  T at(std::size_t row, std::size_t column) const { return values[column * rows + row]; }

  std::size_t rows;
  std::vector<T> values;
  Status status;
};

/// One hidden neuron whose parameters and whose output's weight are given.
template <class T>
std::unique_ptr<test::Owned<Mlp<T>>> one_neuron(Activation hidden, const std::vector<T>& weights,
                                                T output) {
  const std::vector<std::size_t> widths{weights.size(), 1, 1};
  const typename Mlp<T>::Config config{.widths = widths, .hidden = hidden};
  auto network = std::make_unique<test::Owned<Mlp<T>>>(config);
  std::copy(weights.begin(), weights.end(), (*network)->weights(0).data);
  (*network)->weights(1)(0, 0) = output;
  return network;
}

}  // namespace

TEMPLATE_TEST_CASE("the slope of a saturated tanh is 0, whatever it is multiplied by", "", float,
                   double) {
  using T = TestType;
  const auto network = one_neuron<T>(Activation::tanh, {T(1e30)}, T(1e7));
  const Passed<T> passed(**network, {T(1e-3), T(-2), T(40), T(1e-30)}, {dx});
  REQUIRE(passed.status.ok());
  REQUIRE(passed.at(0, 0) == T(1e7));
  REQUIRE(passed.at(1, 0) == T(-1e7));
  for (std::size_t row = 0; row < 3; ++row) REQUIRE(passed.at(row, 1) == 0);
  // Where it has not underflowed: 1e37 / cosh^2 1.
  REQUIRE(
      test::relatively_close(static_cast<double>(passed.at(3, 1)), 0.41997434161402607e37, 4e-7));
}

TEMPLATE_TEST_CASE("points that a pass cannot hold are named, and leave others alone", "", float,
                   double) {
  using T = TestType;
  constexpr T kInfinity = std::numeric_limits<T>::infinity();
  const std::array<std::size_t, 4> widths{2, 9, 5, 2};
  for (const Activation hidden : kActivations) {
    INFO(text(hidden));
    test::Owned<Mlp<T>> network({.widths = widths, .hidden = hidden});
    test::randomise(*network, 5);
    std::vector<T> points = test::random_numbers<T>(2 * 23, 6);
    const Passed<T> sound(*network, points, {dx, dt, dxx});
    REQUIRE(sound.status.ok());
    points[13] = kInfinity;
    points[23 + 17] = -kInfinity;
    points[23 + 22] = std::numeric_limits<T>::quiet_NaN();
    const Passed<T> passed(*network, points, {dx, dt, dxx});
    REQUIRE(passed.status == Status{StatusCode::not_finite, 13});
    for (std::size_t row = 0; row < 23; ++row) {
      for (std::size_t c = 0; c < 8; ++c) {
        const bool faulty = row == 13 || row == 17 || row == 22;
        REQUIRE((faulty ? std::isnan(passed.at(row, c)) : passed.at(row, c) == sound.at(row, c)));
      }
    }
  }
}

TEMPLATE_TEST_CASE("a sum that overflows is not hidden by an activation that saturates", "", float,
                   double) {
  using T = TestType;
  const T large = std::numeric_limits<T>::max() / T(1.2);
  for (const Activation hidden : kActivations) {
    INFO(text(hidden));
    for (const T sign : {T(1), T(-1)}) {
      // The sum is 0, but for its overflow on the way.
      const std::vector<T> weights{sign * large, sign * large, -sign * large, -sign * large};
      const auto network = one_neuron<T>(hidden, weights, T(1));
      const Passed<T> passed(**network, {1, 1, 1, 1}, {dx});
      REQUIRE(passed.status == Status{StatusCode::not_finite, 0});
      for (const T entry : passed.values) REQUIRE(std::isnan(entry));
    }
  }
}

TEMPLATE_TEST_CASE("a sine whose argument is known to a radian or less is not known", "", float,
                   double) {
  using T = TestType;
  const T coarse = 1 / std::numeric_limits<T>::epsilon();
  const auto network = one_neuron<T>(Activation::sine, {coarse}, T(1));
  const Passed<T> passed(**network, {T(0.99), T(1.01), T(-1.01)}, {dx});
  REQUIRE(passed.status == Status{StatusCode::not_finite, 1});
  REQUIRE(std::isfinite(passed.at(0, 0)));
  for (std::size_t row = 1; row < 3; ++row) REQUIRE(std::isnan(passed.at(row, 0)));
}

TEMPLATE_TEST_CASE("a derivative that overflows is named where others are right", "", float,
                   double) {
  using T = TestType;
  const T large = std::sqrt(std::numeric_limits<T>::max()) * 4;
  const auto network = one_neuron<T>(Activation::sine, {large}, T(1));
  const Passed<T> passed(**network, {0, 1 / large}, {dxx});
  REQUIRE(passed.status.code == StatusCode::not_finite);
  REQUIRE(test::close(static_cast<double>(passed.at(1, 0)), std::sin(1.0), 1e-6));
  REQUIRE(passed.at(0, 1) == large);
  REQUIRE_FALSE(std::isfinite(passed.at(1, 2)));
}

TEMPLATE_TEST_CASE("a pass allocates nothing, in a batch or for one point", "", float, double) {
  if (!test::counts_allocations()) return test::skip("a sanitizer owns the allocator");
  const std::array<std::size_t, 4> widths{3, 20, 30, 1};
  const std::vector<TestType> points = test::random_numbers<TestType>(3 * 100, 9);
  std::vector<TestType> values(100 * kAll.count());
  for (const Activation hidden : kActivations) {
    test::Owned<Mlp<TestType>> network({.widths = widths, .hidden = hidden});
    test::Owned<ForwardPass<TestType>> pass({.widths = widths, .derivatives = kAll});
    test::Owned<PackedPass<TestType>> packed_pass({.widths = widths, .derivatives = kAll});
    REQUIRE(test::allocations_of([&] {
              static_cast<void>(packed_pass->load(*network));
              static_cast<void>(
                  packed_pass->evaluate({points.data(), 3}, {values.data(), kAll.count()}));
              static_cast<void>(pass->evaluate(*network, {points.data(), 100, 3},
                                               {values.data(), 100, kAll.count()}));
              static_cast<void>(pass->evaluate_point(*network, {points.data(), 3},
                                                     {values.data(), kAll.count()}));
            }) == 0);
  }
}

TEST_CASE("the published networks have the reference's values and derivatives") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  test::Owned<Mlp<double>> network({.widths = test::published_widths()});
  test::Owned<ForwardPass<double>> pass(
      {.widths = test::published_widths(), .derivatives = {dx, dt, dxx}});
  for (const std::string name : {"sine", "riemann"}) {
    INFO(name);
    test::read_published(directory, name, *network);
    for (const auto& row : test::reference_rows(directory, "jets_" + name + ".txt")) {
      std::array<double, 4> values{};
      REQUIRE(pass->evaluate_point(*network, std::array{row[0], row[1]}, values).ok());
      CHECK(test::close(values[0], row[2], 1e-12));
      for (std::size_t s = 1; s < 4; ++s) {
        CHECK(test::relatively_close(values[s], row[2 + s], 1e-10));
      }
    }
  }
}

TEST_CASE("the published networks in float are within 2e-5 of the reference") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  test::Owned<Mlp<float>> network({.widths = test::published_widths()});
  for (const std::string name : {"sine", "riemann"}) {
    INFO(name);
    test::read_published(directory, name, *network);
    const auto rows = test::reference_rows(directory, "jets_" + name + ".txt");
    std::vector<float> points(2 * rows.size());
    for (std::size_t p = 0; p < rows.size(); ++p) {
      points[p] = static_cast<float>(rows[p][0]);
      points[rows.size() + p] = static_cast<float>(rows[p][1]);
    }
    const std::vector<float> values = evaluated(*network, points, {}, 64);
    double worst = 0;
    for (std::size_t p = 0; p < rows.size(); ++p) {
      worst = std::fmax(worst, std::fabs(static_cast<double>(values[p]) - rows[p][2]));
    }
    CAPTURE(worst);
    CHECK(worst < 2e-5);
  }
}
