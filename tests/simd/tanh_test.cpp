#include "pinnscope/simd/tanh.hpp"

#include "nn/accuracy.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

/// Both signs; magnitudes up to 2 every other time, else from 1e-12 to `largest`, spread evenly in
/// the logarithm.
template <class T>
T sample(std::uint64_t index, double largest) {
  const Philox source(11);
  const double place = source.uniform(2 * index);
  const double size = index % 2 == 0 ? 2 * place : 1e-12 * std::pow(largest * 1e12, place);
  return static_cast<T>(source.uniform(2 * index + 1) < 0.5 ? -size : size);
}

template <class T>
double worst(std::uint64_t count) {
  return test::worst_ulps<T>(
      count, [](std::uint64_t index) { return sample<T>(index, 30); },
      [](long double z) { return std::tanh(z); },
      [](const Kernels<T>& kernel, const test::Chunk<T>& z, test::Chunk<T>& results) {
        test::Chunk<T> slopes;
        test::activate(kernel, Activation::tanh, z, results, slopes);
      });
}

/// Of 1 / cosh^2 z, in epsilons of it, or of half the least normal number where it is less.
template <class T>
double slope_error(T z, T slope) {
  using Limits = std::numeric_limits<T>;
  const long double cosh = std::cosh(static_cast<long double>(z));
  const long double exact = 1 / (cosh * cosh);
  const long double unit = Limits::epsilon() * std::max<long double>(exact, Limits::min() / 2);
  return static_cast<double>(std::fabs(slope - exact) / unit);
}

}  // namespace

TEMPLATE_TEST_CASE("tanh is within two units in the last place", "", float, double) {
  const double error = worst<TestType>(100000);
  CAPTURE(error);
  REQUIRE(error <= 2);
}

TEMPLATE_TEST_CASE("ten million tanh are within two units in the last place", "[slow]", float,
                   double) {
  const double error = worst<TestType>(10000000);
  CAPTURE(error);
  REQUIRE(error <= 2);
}

TEMPLATE_TEST_CASE("the slope of tanh keeps its relative precision where tanh is close to 1", "",
                   float, double) {
  double worst = 0;
  for (std::uint64_t i = 0; i < 200000; ++i) {
    const TestType z = sample<TestType>(i, 500);
    worst = std::max(worst, slope_error(z, tanh_values(z).slope));
  }
  CAPTURE(worst);
  REQUIRE(worst < 4);
}

TEMPLATE_TEST_CASE("slopes have that precision in every kind of kernels", "", float, double) {
  using T = TestType;
  for (const Kernels<T>* kernel : available<Kernels<T>>()) {
    INFO(kernel->name);
    double worst = 0;
    test::Chunk<T> z, values, slopes;
    for (std::uint64_t first = 0; first < 100000; first += test::kChunkPoints) {
      for (std::size_t i = 0; i < test::kChunkPoints; ++i) {
        z.entries[i] = sample<T>(first + i, 500);
      }
      test::activate(*kernel, Activation::tanh, z, values, slopes);
      for (std::size_t i = 0; i < test::kChunkPoints; ++i) {
        worst = std::max(worst, slope_error(z.entries[i], slopes.entries[i]));
      }
    }
    CAPTURE(worst);
    REQUIRE(worst < 4);
    for (const T far : {T(400), T(1e30), std::numeric_limits<T>::infinity()}) {
      test::activate(*kernel, Activation::tanh, test::among(far, T(1)), values, slopes);
      REQUIRE(test::middle(slopes) == 0);
    }
    test::activate(*kernel, Activation::tanh,
                   test::among(std::numeric_limits<T>::quiet_NaN(), T(1)), values, slopes);
    REQUIRE(std::isnan(test::middle(slopes)));
  }
}

TEMPLATE_TEST_CASE("tanh is odd to the last bit, saturates at 1 and passes NaN on", "", float,
                   double) {
  constexpr TestType kInfinity = std::numeric_limits<TestType>::infinity();
  constexpr TestType kNan = std::numeric_limits<TestType>::quiet_NaN();
  for (const TestType z : {TestType(0), TestType(1e-30), TestType(0.3), TestType(1), TestType(9)}) {
    REQUIRE(tanh_values(-z).value == -tanh_values(z).value);
  }
  REQUIRE(std::signbit(tanh_values(-TestType(0)).value));
  REQUIRE(tanh_values(std::numeric_limits<TestType>::max()).value == 1);
  REQUIRE(tanh_values(-kInfinity).value == -1);
  REQUIRE(std::isnan(tanh_values(kNan).value));
  REQUIRE(std::isnan(tanh_values(kNan).slope));
  REQUIRE(tanh_values(std::numeric_limits<TestType>::denorm_min()).value ==
          std::numeric_limits<TestType>::denorm_min());
}

TEMPLATE_TEST_CASE("tanh has its special values in every kind of kernels", "", float, double) {
  using T = TestType;
  using Limits = std::numeric_limits<T>;
  for (const Kernels<T>* kernel : available<Kernels<T>>()) {
    INFO(kernel->name);
    const auto tanh = [&](T z) {
      test::Chunk<T> values, slopes;
      test::activate(*kernel, Activation::tanh, test::among(z, T(0.3)), values, slopes);
      return test::middle(values);
    };
    for (const T z : {T(0), -T(0), Limits::denorm_min(), -Limits::min(), T(1e-20)}) {
      REQUIRE(test::same_bits(tanh(z), z));
    }
    REQUIRE(tanh(Limits::max()) == 1);
    REQUIRE(tanh(-Limits::infinity()) == -1);
    REQUIRE(std::isnan(tanh(Limits::quiet_NaN())));
    for (T z = 20; z < 1000; z *= T(1.01)) REQUIRE(tanh(z) == 1);
  }
}
