#include "pinnscope/step/sweeps.hpp"

#include <cmath>

#include "step/step_support.hpp"

using namespace pinnscope;

namespace {

template <class T>
constexpr long double kRounding = std::numeric_limits<T>::epsilon();

/// What a stencil works in, filled with what must not matter, and whether it kept within.
template <class T>
class Buffers {
 public:
  explicit Buffers(std::size_t cells) : memory_(stencil_buffers<T>(cells) + 2 * kAround, kFilled) {}
  T* data() {
    const auto address = reinterpret_cast<std::uintptr_t>(memory_.data());
    return memory_.data() + kAround - address % kBlockAlignment / sizeof(T);
  }
  bool kept_within() {
    const auto is_filled = [](T entry) { return entry == kFilled; };
    const auto start = memory_.begin() + (data() - memory_.data());
    const auto end = start + static_cast<std::ptrdiff_t>(memory_.size() - 2 * kAround);
    return std::all_of(memory_.begin(), start, is_filled) &&
           std::all_of(end, memory_.end(), is_filled);
  }

 private:
  static constexpr std::size_t kAround = 4 * kBlockAlignment / sizeof(T);
  static constexpr T kFilled = std::numeric_limits<T>::max();
  std::vector<T> memory_;
};

/// The same in long double, cell by cell.
template <class T>
std::vector<long double> stepped(const std::vector<T>& z, const std::vector<T>& taps,
                                 std::size_t steps) {
  std::vector<long double> now(z.begin(), z.end());
  const std::size_t radius = taps.size() / 2;
  for (std::size_t step = 0; step < steps; ++step) {
    std::vector<long double> next(now.size());
    for (std::size_t i = 0; i < now.size(); ++i) {
      for (std::size_t k = 0; k < taps.size(); ++k) {
        next[i] += static_cast<long double>(taps[k]) *
                   now[(i + k + radius * (now.size() - 1)) % now.size()];
      }
    }
    now = next;
  }
  return now;
}

}  // namespace

TEMPLATE_TEST_CASE("every stencil sweep equals the sum in long double", "", float, double) {
  for (const Sweeps<TestType>* sweeps : available<Sweeps<TestType>>()) {
    for (std::size_t radius = 1; radius <= 4; ++radius) {
      auto taps = test::random_signal<TestType>(2 * radius + 1, radius);
      for (TestType& tap : taps) tap /= static_cast<TestType>(2 * radius + 1);
      for (const std::size_t cells : {1u, 2u, 5u, 8u, 31u, 200u, 3073u}) {
        auto z = test::random_signal<TestType>(cells, 3);
        const std::vector<long double> expected = stepped(z, taps, 20);
        Buffers<TestType> buffers(cells);
        sweeps->stencil({radius, taps.data(), 20, cells, z.data(), buffers.data()});
        CAPTURE(sweeps->name, radius, cells);
        for (std::size_t i = 0; i < cells; ++i) {
          // 9 roundings a step of terms that sum to at most 1.
          REQUIRE(std::abs(static_cast<long double>(z[i]) - expected[i]) <=
                  20 * 9 * kRounding<TestType>);
        }
        REQUIRE(buffers.kept_within());
      }
    }
  }
}

TEMPLATE_TEST_CASE("every recurrence equals the one in long double, from either end", "", float,
                   double) {
  for (const Sweeps<TestType>* sweeps : available<Sweeps<TestType>>()) {
    for (const double ratio : {0.0, 0.5, -0.5, 0.999, -0.999}) {
      for (const std::size_t cells : {1u, 2u, 7u, 8u, 9u, 33u, 1000u}) {
        auto forward = test::random_signal<TestType>(cells, 4);
        auto backward = forward;
        std::reverse(backward.begin(), backward.end());
        const auto start = forward;
        sweeps->forward({0.75, ratio, -0.25, cells, forward.data()});
        sweeps->backward({0.75, ratio, -0.25, cells, backward.data()});
        CAPTURE(sweeps->name, ratio, cells);
        long double y = -0.25L;
        for (std::size_t i = 0; i < cells; ++i) {
          y = 0.75L * static_cast<long double>(start[i]) + static_cast<long double>(ratio) * y;
          // In double, a few roundings of terms that sum to at most 1 / (1 - |ratio|); then one
          // to T.
          const long double bound =
              16 * kRounding<double> / (1 - std::abs(static_cast<long double>(ratio))) +
              kRounding<TestType> * std::abs(y);
          REQUIRE(std::abs(static_cast<long double>(forward[i]) - y) <= bound);
          REQUIRE(std::abs(static_cast<long double>(backward[cells - 1 - i]) - y) <= bound);
        }
      }
    }
  }
}
