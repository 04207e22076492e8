#include "pinnscope/simd/sine.hpp"

#include <numbers>

#include "nn/accuracy.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

/// In turn: within some turns, of every size up to 2^20, next to a multiple of pi / 2, beyond 2^20.
template <class T>
T sample(std::uint64_t index) {
  const Philox source(22);
  const double place = source.uniform(2 * index);
  const double sign = source.uniform(2 * index + 1) < 0.5 ? -1 : 1;
  switch (index % 4) {
    case 0: return static_cast<T>(sign * 10 * place);
    case 1: return static_cast<T>(sign * std::exp2(20 - 60 * place));
    case 2: {
      const long double multiple = std::floor(600000 * static_cast<long double>(place));
      return static_cast<T>(sign * multiple * std::numbers::pi_v<long double> / 2);
    }
    default: return static_cast<T>(sign * std::exp2(20 + 100 * place));
  }
}

template <class T>
double worst_sine(std::uint64_t count) {
  return test::worst_ulps<T>(
      count, sample<T>, [](long double z) { return std::sin(z); },
      [](const Kernels<T>& kernel, const test::Chunk<T>& z, test::Chunk<T>& results) {
        test::Chunk<T> slopes;
        test::activate(kernel, Activation::sine, z, results, slopes);
      });
}

template <class T>
double worst_cosine(std::uint64_t count) {
  return test::worst_ulps<T>(
      count, sample<T>, [](long double z) { return std::cos(z); },
      [](const Kernels<T>& kernel, const test::Chunk<T>& z, test::Chunk<T>& results) {
        test::Chunk<T> values;
        test::activate(kernel, Activation::sine, z, values, results);
      });
}

/// sin z and cos z where every kind of kernels agrees with the number alone; NaN otherwise.
template <class T>
SineValues<T> agreed(T z) {
  const SineValues<T> result = sine_values(z);
  const test::Chunk<T> chunk = test::among(z, T(0.3));
  for (const Kernels<T>* kernel : available<Kernels<T>>()) {
    test::Chunk<T> values, slopes;
    test::activate(*kernel, Activation::sine, chunk, values, slopes);
    if (!test::same_bits(test::middle(values), result.value) ||
        !test::same_bits(test::middle(slopes), result.slope)) {
      return {std::numeric_limits<T>::quiet_NaN(), std::numeric_limits<T>::quiet_NaN()};
    }
  }
  return result;
}

}  // namespace

TEMPLATE_TEST_CASE("sine and cosine are within two units in the last place", "", float, double) {
  const double sine = worst_sine<TestType>(100000);
  const double cosine = worst_cosine<TestType>(100000);
  CAPTURE(sine, cosine);
  REQUIRE(sine <= 2);
  REQUIRE(cosine <= 2);
}

TEMPLATE_TEST_CASE("ten million sines are within two units in the last place", "[slow]", float,
                   double) {
  const double sine = worst_sine<TestType>(10000000);
  CAPTURE(sine);
  REQUIRE(sine <= 2);
}

TEMPLATE_TEST_CASE("ten million cosines are within two units in the last place", "[slow]", float,
                   double) {
  const double cosine = worst_cosine<TestType>(10000000);
  CAPTURE(cosine);
  REQUIRE(cosine <= 2);
}

TEMPLATE_TEST_CASE("sine keeps the sign of zero and small numbers as they are", "", float, double) {
  using T = TestType;
  using Limits = std::numeric_limits<T>;
  for (const T z :
       {T(0), -T(0), Limits::denorm_min(), -Limits::denorm_min(), Limits::min(), T(-1e-20)}) {
    REQUIRE(test::same_bits(agreed(z).value, z));
    REQUIRE(agreed(z).slope == 1);
  }
}

TEMPLATE_TEST_CASE("sine is odd and cosine even to the last bit", "", float, double) {
  using T = TestType;
  bool same = true;
  for (std::uint64_t i = 0; i < 4000; ++i) {
    const T z = sample<T>(i);
    const SineValues<T> here = sine_values(z);
    const SineValues<T> there = sine_values(-z);
    same = same && here.value == -there.value && here.slope == there.slope;
  }
  REQUIRE(same);
}

TEMPLATE_TEST_CASE("sine of what is not finite is NaN, and of large numbers the C library's", "",
                   float, double) {
  using T = TestType;
  using Limits = std::numeric_limits<T>;
  for (const T z : {Limits::infinity(), -Limits::infinity(), Limits::quiet_NaN()}) {
    REQUIRE(std::isnan(sine_values(z).value));
    REQUIRE(std::isnan(sine_values(z).slope));
    for (const Kernels<T>* kernel : available<Kernels<T>>()) {
      test::Chunk<T> values, slopes;
      test::activate(*kernel, Activation::sine, test::among(z, T(0.3)), values, slopes);
      REQUIRE(std::isnan(test::middle(values)));
      REQUIRE(std::isnan(test::middle(slopes)));
      REQUIRE(test::ulps(values.entries[0], std::sin(static_cast<long double>(T(0.3)))) <= 2);
    }
  }
  for (const T z : {Limits::max(), T(-1e30), T(0x1p21)}) {
    REQUIRE(agreed(z).value == std::sin(z));
    REQUIRE(agreed(z).slope == std::cos(z));
  }
}

TEST_CASE("the double next to 256 pi has its sine to full precision") {
  // The double next to pi is pi - 1.2246467991473531772e-16, and 256 times that is exact.
  const double z = 256 * std::numbers::pi;
  const long double exact = -256 * 1.2246467991473531772e-16L;
  REQUIRE(test::relatively_close(sine_values(z).value, static_cast<double>(exact), 1e-15));
}
