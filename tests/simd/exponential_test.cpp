#include "pinnscope/simd/exponential.hpp"

#include <vector>

#include "nn/accuracy.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

template <class T>
constexpr T kInfinity = std::numeric_limits<T>::infinity();

/// From where exp is subnormal to where it is the largest number; every other point is small.
template <class T>
T sample(std::uint64_t index) {
  const Philox source(21);
  const double least = sizeof(T) == 4 ? -103.9 : -745.1;
  const double largest = sizeof(T) == 4 ? 88.72 : 709.78;
  const double place = source.uniform(index);
  return static_cast<T>(index % 2 == 0 ? least + (largest - least) * place : 2 * place - 1);
}

template <class T>
double worst(std::uint64_t count) {
  return test::worst_ulps<T>(
      count, sample<T>, [](long double y) { return std::exp(y); },
      [](const Kernels<T>& kernel, const test::Chunk<T>& y, test::Chunk<T>& results) {
        kernel.exponentials(y.entries.data(), test::kChunkPoints, results.entries.data());
      });
}

/// e^y of every kind of kernels, which must agree.
template <class T>
T agreed(T y) {
  const test::Chunk<T> chunk = test::among(y, T(0.3));
  T result = exponential(y);
  for (const Kernels<T>* kernel : available<Kernels<T>>()) {
    test::Chunk<T> results;
    kernel->exponentials(chunk.entries.data(), test::kChunkPoints, results.entries.data());
    const T value = test::middle(results);
    if (!(value == result || (std::isnan(value) && std::isnan(result)))) return T(-1);
  }
  return result;
}

}  // namespace

TEMPLATE_TEST_CASE("exponentials are within two units in the last place", "", float, double) {
  const double error = worst<TestType>(100000);
  CAPTURE(error);
  REQUIRE(error <= 2);
}

TEMPLATE_TEST_CASE("ten million exponentials are within two units in the last place", "[slow]",
                   float, double) {
  const double error = worst<TestType>(10000000);
  CAPTURE(error);
  REQUIRE(error <= 2);
}

TEMPLATE_TEST_CASE("exponentials have their special values", "", float, double) {
  using T = TestType;
  using Limits = std::numeric_limits<T>;
  REQUIRE(agreed(T(0)) == 1);
  REQUIRE(agreed(-T(0)) == 1);
  REQUIRE(agreed(Limits::denorm_min()) == 1);
  REQUIRE(agreed(-Limits::min()) == 1);
  REQUIRE(agreed(kInfinity<T>) == kInfinity<T>);
  REQUIRE(agreed(-kInfinity<T>) == 0);
  REQUIRE(agreed(Limits::max()) == kInfinity<T>);
  REQUIRE(agreed(Limits::lowest()) == 0);
  REQUIRE(std::isnan(agreed(Limits::quiet_NaN())));
}

TEMPLATE_TEST_CASE("exponentials end where the largest and the smallest number end", "", float,
                   double) {
  using T = TestType;
  using Limits = std::numeric_limits<T>;
  const T last = static_cast<T>(std::log(static_cast<long double>(Limits::max())));
  const T below = std::nextafter(last, T(0));
  REQUIRE(agreed(below) < kInfinity<T>);
  REQUIRE(agreed(below) > Limits::max() * T(0.999));
  REQUIRE(agreed(last + T(0.001)) == kInfinity<T>);
  const T least = static_cast<T>(std::log(static_cast<long double>(Limits::denorm_min())));
  REQUIRE(agreed(least + T(0.01)) == Limits::denorm_min());
  REQUIRE(agreed(least - 1) == 0);
}

TEMPLATE_TEST_CASE("any number of exponentials, in place too, touches nothing behind them", "",
                   float, double) {
  using T = TestType;
  for (const Kernels<T>* kernel : available<Kernels<T>>()) {
    for (std::size_t count = 0; count < 40; ++count) {
      std::vector<T> numbers(count + 2, T(0.5));
      kernel->exponentials(numbers.data() + 1, count, numbers.data() + 1);  // not aligned
      REQUIRE(numbers.front() == T(0.5));
      REQUIRE(numbers.back() == T(0.5));
      const auto right = [](T y) { return test::ulps(y, std::exp(0.5L)) <= 2; };
      REQUIRE(std::all_of(numbers.begin() + 1, numbers.end() - 1, right));
    }
  }
}
