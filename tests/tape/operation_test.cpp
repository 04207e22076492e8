#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string_view>

#include "pinnscope/pde/field.hpp"
#include "support/test.hpp"
#include "twin.hpp"

using namespace pinnscope;
using namespace pinnscope::partial;
using test::mean_square;
using test::square;

namespace {

/// What an operation is, written once more.
struct Twin {
  const char* name;
  long double (*value)(long double a, long double b, long double c);
};

/// NaN where either is, other than std::fmax.
long double larger(long double a, long double b) {
  return std::isnan(a) || std::isnan(b) ? std::numeric_limits<long double>::quiet_NaN()
                                        : std::fmax(a, b);
}

// A row for each listed operation: one without does not compile.
constexpr std::array kTwins{
    Twin{"add", [](long double a, long double b, long double) { return a + b; }},
    Twin{"subtract", [](long double a, long double b, long double) { return a - b; }},
    Twin{"multiply", [](long double a, long double b, long double) { return a * b; }},
    Twin{"scale", [](long double a, long double, long double c) { return c * a; }},
    Twin{"shift", [](long double a, long double, long double c) { return c + a; }},
    Twin{"square", [](long double a, long double, long double) { return a * a; }},
    Twin{"square_root", [](long double a, long double, long double c) { return std::sqrt(a + c); }},
    Twin{"absolute", [](long double a, long double, long double) { return std::fabs(a); }},
    Twin{"tanh", [](long double a, long double, long double) { return std::tanh(a); }},
    Twin{"sine", [](long double a, long double, long double) { return std::sin(a); }},
    Twin{"exponential", [](long double a, long double, long double) { return std::exp(a); }},
    Twin{"reciprocal", [](long double a, long double, long double c) { return c / a; }},
    Twin{"power", [](long double a, long double, long double c) { return std::pow(a, c); }},
    Twin{"logarithm", [](long double a, long double, long double) { return std::log(a); }},
    Twin{"angle", [](long double a, long double b, long double) { return std::atan2(a, b); }},
    Twin{"sigmoid", [](long double a, long double, long double) { return 1 / (1 + std::exp(-a)); }},
    Twin{"step_times",
         [](long double a, long double b, long double) {
           if (std::isnan(a)) return a;
           return a > 0 ? b : a < 0 ? 0 : b / 2;
         }},
    Twin{"maximum", [](long double a, long double b, long double) { return larger(a, b); }},
    Twin{"minimum", [](long double a, long double b, long double) { return -larger(-a, -b); }},
    Twin{"at_least", [](long double a, long double, long double c) { return larger(a, c); }},
    Twin{"at_most", [](long double a, long double, long double c) { return -larger(-a, -c); }},
    Twin{"hypotenuse", [](long double a, long double b, long double) { return std::hypot(a, b); }},
    Twin{"arctangent", [](long double a, long double, long double) { return std::atan(a); }},
    Twin{"cosine", [](long double a, long double, long double) { return std::cos(a); }},
    Twin{"divide", [](long double a, long double b, long double) { return a / b; }},
};

constexpr std::size_t row_of(std::string_view name) {
  std::size_t row = 0;
  while (row < kTwins.size() && name != kTwins[row].name) ++row;
  return row;
}

template <class Struct>
constexpr const Twin& twin() {
  static_assert(row_of(Struct::kName) < kTwins.size(), "an operation without a twin");
  return kTwins[row_of(Struct::kName)];
}

// Two operations that are none of the library's.

struct Arctangent : OfOne {
  static constexpr const char* kName = "arctangent";
  template <class T>
  static T value(Operands<T> x) noexcept {
    return std::atan(x.a);
  }
  template <class T>
  static Adjoints<T> adjoint(Operands<T> x, T, T bar) noexcept {
    return {.a = bar / (1 + x.a * x.a)};
  }
  template <class Term>
  static Term tangent(const Differential<Term>& x) noexcept {
    return x.da / (1.0 + square(x.a));
  }
};

struct Hypotenuse : OfTwo {
  static constexpr const char* kName = "hypotenuse";
  template <class T>
  static T value(Operands<T> x) noexcept {
    return std::hypot(x.a, x.b);
  }
  template <class T>
  static Adjoints<T> adjoint(Operands<T> x, T value, T bar) noexcept {
    return {x.a / value * bar, x.b / value * bar};
  }
  template <class Term>
  static Term tangent(const Differential<Term>& x) noexcept {
    return (x.a * x.da + x.b * x.db) / x.value;
  }
};

static_assert(PointwiseOperation<Arctangent> && PointwiseOperation<Hypotenuse>);
static_assert(!PointwiseOperation<OfOne>);

/// Calls use(Struct{}) for the library's operations and these two.
template <class Use>
void for_each_operation(Use&& use) {
  Operations::for_each(use);
  use(Arctangent{});
  use(Hypotenuse{});
}

constexpr std::array kArguments{0.0, -1e-3, 1e-3, -0.5, 0.5, -1.0, 1.0, -3.0, 3.0, -20.0, 20.0};
constexpr std::array kConstants{0.0, 0.25, -2.5};
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

template <class Use>
void for_each_point(Use&& use) {
  for (const double a : kArguments) {
    for (const double b : kArguments) {
      for (const double c : kConstants) use(Operands<double>{a, b, c});
    }
  }
}

/// Equal, both not numbers, or within a few units in the last place of a T.
template <class T>
bool is_near(T value, long double exact) {
  if (std::isnan(value) || std::isnan(exact)) return std::isnan(value) && std::isnan(exact);
  const T rounded = static_cast<T>(exact);
  const T allowed = 4 * std::numeric_limits<T>::epsilon() * std::abs(rounded);
  return value == rounded ||
         std::abs(value - rounded) <= std::max(allowed, std::numeric_limits<T>::min());
}

template <class T, class Struct>
void check_value(Operands<double> of) {
  const Operands<T> x{static_cast<T>(of.a), static_cast<T>(of.b), static_cast<T>(of.constant)};
  CAPTURE(x.a, x.b, x.constant);
  CHECK(is_near(Struct::value(x), twin<Struct>().value(x.a, x.b, x.constant)));
}

/// A derivative by central differences of the twin, their leading error removed (Richardson); NaN
/// where there is a kink or an end of what is defined within reach.
template <class Function>
double slope_of(const Function& f, double at) {
  const auto slope = [&](long double h) { return (f(at + h) - f(at - h)) / (2 * h); };
  const long double step = 1e-5L * std::fmax(1, std::fabs(at));
  const long double near = slope(step);
  const long double far = slope(2 * step);
  const bool smooth = std::fabs(far - near) <= 1e-7L * std::fmax(1.0L, std::fabs(near)) &&
                      std::fabs(f(at + step) + f(at - step) - 2 * f(at)) <=
                          step * 1e-2L * std::fmax(1.0L, std::fabs(near));
  return smooth ? static_cast<double>((4 * near - far) / 3) : kNaN;
}

/// The largest |adjoint - slope bar| / max(1, |slope bar|) over all points, and how many there are.
struct Comparison {
  double worst = 0;
  std::size_t count = 0;
  void add(double adjoint, double exact) {
    if (std::isnan(exact)) return;
    ++count;
    const double error = std::fabs(adjoint - exact) / std::fmax(1, std::fabs(exact));
    worst = error <= worst ? worst : error;  // a NaN stays
  }
};

template <class T, class Struct>
Comparison compare_adjoints() {
  constexpr double kBar = 0.75;
  Comparison found;
  const auto f = twin<Struct>().value;
  for_each_point([&](Operands<double> of) {
    const Operands<T> x{static_cast<T>(of.a), static_cast<T>(of.b), static_cast<T>(of.constant)};
    const Adjoints<T> gained = Struct::adjoint(x, Struct::value(x), static_cast<T>(kBar));
    const auto of_a = [&](long double a) { return f(a, x.b, x.constant); };
    const auto of_b = [&](long double b) { return f(x.a, b, x.constant); };
    found.add(static_cast<double>(gained.a), kBar * slope_of(of_a, static_cast<double>(x.a)));
    if (Struct::kOperands == 1) return;
    found.add(static_cast<double>(gained.b), kBar * slope_of(of_b, static_cast<double>(x.b)));
  });
  return found;
}

constexpr double kConstant = 0.7;

/// An operation of terms, and its twin of doubles.
template <class Struct, class Term>
auto operate(const Term& a, const Term& b) {
  if constexpr (Struct::kOperands == 2) {
    return apply<Struct>(a, b);
  } else {
    return apply<Struct>(a, kConstant);
  }
}
template <class Struct>
double operate(double a, double b) {
  return static_cast<double>(twin<Struct>().value(a, b, kConstant));
}

/// The operation in a loss, one of two either way round, so that each operand is the larger one
/// once: error of its gradient. What one on one takes is positive, on both sides of kConstant.
template <class Struct>
double gradient_error() {
  test::Bench bench({});
  const auto model = [](auto& world) {
    const auto u = world.network({dx});
    const auto a = 5.0 * u[dx];
    const auto b = u - 2.0;
    const auto loss = mean_square(operate<Struct>(a, b));
    if constexpr (Struct::kOperands == 2) return loss + mean_square(operate<Struct>(b, a));
    return loss;
  };
  const test::Outcome plain = bench.plain(model);
  REQUIRE(plain.smooth);
  return test::difference(bench.on_tape(model), plain);
}

/// Two functions of a point; b is the larger one at some points and the smaller one at others, and
/// so is a of kConstant.
template <class Number>
Number first_argument(Number x, Number t) {
  return 0.9 + 0.5 * x + 0.2 * (x * t) + 0.15 * (t * t);
}
template <class Number>
Number second_argument(Number x, Number t) {
  return 0.8 - 0.6 * t + 0.3 * (x * x) + 0.1 * (x * t);
}

/// Derivatives of a function of a point by central differences, their leading error removed.
template <class Function>
long double difference_of(const Function& f, Derivative derivative, long double x, long double t) {
  const auto stepped = [](std::uint16_t input, long double h, const auto& g) {
    return [=](long double at_x, long double at_t) {
      const long double along_x = input == 0 ? h : 0;
      const long double along_t = input == 1 ? h : 0;
      return (g(at_x + along_x, at_t + along_t) - g(at_x - along_x, at_t - along_t)) / (2 * h);
    };
  };
  const auto with = [&](long double h) {
    if (derivative.order == 1) return stepped(derivative.i, h, f)(x, t);
    return stepped(derivative.i, h, stepped(derivative.j, h, f))(x, t);
  };
  return (4 * with(1e-4L) - with(2e-4L)) / 3;
}

constexpr std::array kAsked{dx, dt, dxx, dxt, dtt};

/// The largest error of an operation's derivatives on a tape, relative to what differences of its
/// twin say.
template <class Struct>
double derivative_error() {
  test::Bench bench({.columns = 2, .rows = 20});
  test::Owned<Tape<double>> tape(bench.config());
  const auto x = tape->point(0);
  const auto t = tape->point(1);
  const auto node = operate<Struct>(first_argument(x, t), second_argument(x, t));
  std::array<Expression<double>, kAsked.size()> derivatives;
  for (std::size_t d = 0; d < kAsked.size(); ++d) derivatives[d] = node[kAsked[d]];
  REQUIRE(tape->status().ok());
  test::Owned<Replay<double>> replay({.tape = &*tape, .tile = 20});
  replay->forward(bench.network(), bench.points());
  const auto f = [](long double at_x, long double at_t) {
    return twin<Struct>().value(first_argument(at_x, at_t), second_argument(at_x, at_t), kConstant);
  };
  double worst = 0;
  for (std::size_t d = 0; d < kAsked.size(); ++d) {
    for (std::size_t p = 0; p < bench.points().rows; ++p) {
      const long double exact =
          difference_of(f, kAsked[d], bench.points()(p, 0), bench.points()(p, 1));
      const double error = static_cast<double>(
          std::fabs(static_cast<long double>(replay->values(derivatives[d])[p]) - exact) /
          std::fmax(1.0L, std::fabs(exact)));
      worst = error <= worst ? worst : error;  // a NaN stays
    }
  }
  return worst;
}

/// One whose chain rule has half of the slope.
template <class Struct>
struct HalfSlope : Struct {
  template <class Term>
  static Term tangent(const Differential<Term>& x) noexcept {
    return 0.5 * Struct::tangent(x);
  }
};

/// One whose adjoints are all half of what they should be, and one of two that forgets b.
template <class Struct>
struct Half : Struct {
  template <class T>
  static Adjoints<T> adjoint(Operands<T> x, T value, T bar) noexcept {
    const Adjoints<T> whole = Struct::adjoint(x, value, bar);
    return {whole.a / 2, whole.b / 2};
  }
};
template <class Struct>
struct Forgetful : Struct {
  template <class T>
  static Adjoints<T> adjoint(Operands<T> x, T value, T bar) noexcept {
    return {.a = Struct::adjoint(x, value, bar).a};
  }
};

}  // namespace

TEST_CASE("every operation has the value of its twin, at special points too") {
  for_each_operation([](auto operation) {
    using Struct = decltype(operation);
    INFO(Struct::kName);
    const auto check = [](Operands<double> x) {
      check_value<double, Struct>(x);
      check_value<float, Struct>(x);
    };
    for_each_point(check);
    for (const double a : {kInfinity, -kInfinity, kNaN, -0.0, 1e30, -1e30}) {
      check({a, 2, 0.5});
      check({2, a, 0.5});
    }
  });
}

TEST_CASE("every operation's adjoint is what differences of its twin say") {
  for_each_operation([](auto operation) {
    using Struct = decltype(operation);
    INFO(Struct::kName);
    const Comparison wide = compare_adjoints<double, Struct>();
    CHECK(wide.worst < 1e-10);
    CHECK(wide.count > kArguments.size() * kArguments.size());
    const Comparison narrow = compare_adjoints<float, Struct>();
    CHECK(narrow.worst < 1e-5);
    CHECK(narrow.count > kArguments.size() * kArguments.size());
  });
}

TEST_CASE("every operation passes the gradient of a loss on, and a wrong adjoint is noticed") {
  for_each_operation([](auto operation) {
    using Struct = decltype(operation);
    INFO(Struct::kName);
    CHECK(gradient_error<Struct>() < 1e-8);
    CHECK(gradient_error<Half<Struct>>() > 1e-3);
    CHECK(compare_adjoints<double, Half<Struct>>().worst > 1e-3);
    if constexpr (Struct::kOperands == 2) {
      CHECK(gradient_error<Forgetful<Struct>>() > 1e-3);
      CHECK(compare_adjoints<double, Forgetful<Struct>>().worst > 1e-3);
    }
  });
}

TEST_CASE("every operation has the derivatives by coordinates that differences of its twin say") {
  for_each_operation([](auto operation) {
    using Struct = decltype(operation);
    INFO(Struct::kName);
    CHECK(derivative_error<Struct>() < 1e-8);
    CHECK(derivative_error<HalfSlope<Struct>>() > 1e-2);
  });
}

TEST_CASE("operations are taken apart as what they are, and then have the same loss and gradient") {
  for_each_operation([](auto operation) {
    using Struct = decltype(operation);
    INFO(Struct::kName);
    for_each_point([](Operands<double> x) {
      const LinearSum sum = Struct::sum(x.constant);
      const double exact = static_cast<double>(twin<Struct>().value(x.a, x.b, x.constant));
      if (Struct::kForm == OperationForm::sum) {
        CHECK(test::close(sum.a * x.a + sum.b * x.b + sum.number, exact, 1e-15));
      }
      if (Struct::kForm == OperationForm::product) CHECK(x.a * x.b == exact);
    });
    if (Struct::kForm == OperationForm::other) return;
    for (const bool swapped : {false, true}) {
      const auto model = [swapped](auto& world) {
        const auto u = world.network({dxx, dt});
        const auto number = world.point(0) + 0.3;
        const auto slope = u[dt] + u * u[dx];
        return mean_square(
            (swapped ? operate<Struct>(number, slope) : operate<Struct>(slope, number)) + u[dt] -
            0.2 * u[dxx]);
      };
      test::Bench bench({});
      CHECK(test::difference(bench.on_tape(model), bench.plain(model)) < 1e-8);
      test::Owned<Tape<double>> tape(bench.config());
      test::TapeWorld world(*tape);
      REQUIRE(tape->minimise(model(world)).ok());
      CHECK(tape->networks()[0].combined);
    }
  });
}

TEST_CASE("nodes of listed operations refer to the library's rows, others to a row of their own") {
  std::size_t index = 0;
  Operations::for_each([&](auto operation) {
    using Struct = decltype(operation);
    INFO(Struct::kName);
    const Operation& row = operation_row<Struct>();
    CHECK(&row == &kOperations[index++]);
    CHECK(row.name == std::string_view(Struct::kName));
    CHECK(row.operands == Struct::kOperands);
    CHECK(row.form == Struct::kForm);
  });
  REQUIRE(index == kOperations.size());
  for (const Operation& row : kOperations) CHECK(&row != &operation_row<Arctangent>());
  CHECK(&operation_row<Arctangent>() == &operation_row<Arctangent>());
  test::Bench bench({});
  test::Owned<Tape<double>> tape(bench.config());
  const auto node = apply<Hypotenuse>(tape->network(), tape->point(0));
  CHECK(tape->nodes()[node.node()].operation == &operation_row<Hypotenuse>());
}

TEST_CASE("operations of Numbers are those of a tape, bit by bit") {
  for_each_operation([](auto operation) {
    using Struct = decltype(operation);
    INFO(Struct::kName);
    test::Bench bench({});
    test::Owned<Tape<double>> tape(bench.config());
    const auto node = operate<Struct>(tape->point(0), tape->point(1));
    REQUIRE(tape->status().ok());
    test::Owned<Replay<double>> replay({.tape = &*tape, .tile = 16});
    replay->forward(bench.network(), bench.points());
    for (std::size_t p = 0; p < bench.points().rows; ++p) {
      const Number number =
          operate<Struct>(Number(bench.points()(p, 0)), Number(bench.points()(p, 1)));
      const double on_tape = replay->values(node)[p];
      CHECK((number.number == on_tape || (std::isnan(number.number) && std::isnan(on_tape))));
    }
  });
}
