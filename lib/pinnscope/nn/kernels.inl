// The kernels for one instruction set. The file that includes this one is compiled for it and says,
// in an unnamed namespace, its kName, the kLaneBytes of a register, the kBlock that fills all of
// them and its Tanh. Everything here is local to that file too: no other one may call what is
// compiled for its instructions.

#include <algorithm>
#include <cstring>

#include "pinnscope/nn/activations.inl"
#include "pinnscope/nn/products.inl"
#include "pinnscope/nn/registers.inl"
#include "pinnscope/simd/exponential.hpp"

namespace pinnscope {
namespace {

template <class T>
void exponentials(const T* x, std::size_t count, T* y) noexcept {
  for (std::size_t i = 0; i < count; i += kEntries<T>) {
    const std::size_t bytes = std::min(kEntries<T>, count - i) * sizeof(T);
    Lanes<T, kLaneBytes> v{};
    std::memcpy(&v, x + i, bytes);
    v = exponential(v);
    std::memcpy(y + i, &v, bytes);
  }
}

template <class T>
constexpr Kernels<T> kKernels{kName,
                              multiply<T>,
                              multiply_point<T>,
                              multiply_packed<T>,
                              accumulate<T>,
                              accumulate_sums<T>,
                              activate<T>,
                              activate_values<T>,
                              activate_derivatives<T>,
                              activate_adjoint<T>,
                              exponentials<T>};

}  // namespace
}  // namespace pinnscope
