#include <immintrin.h>

#include <type_traits>

#include "pinnscope/nn/activation.hpp"
#include "pinnscope/nn/kernel_block.hpp"
#include "pinnscope/simd/instruction_sets.hpp"
#include "pinnscope/simd/tanh_table.hpp"

namespace pinnscope {
namespace {

using Set = Avx512;

/// 32 registers of 64 bytes: 24 sums, 4 panels, one weight; 16 sums of a gradient.
constexpr KernelBlock kBlock{
    .panels = 4, .columns = 6, .gradient_rows = 4, .gradient_columns = 4, .packs_rows = false};

struct TanhByTable : activations::Tanh<float> {
  template <class V>
  ActivationValues<V> operator()(V z) const noexcept {
    const auto look_up = [](const TanhTable::Entries& entries, auto places) noexcept {
      const float* lower = entries.data();
      return std::bit_cast<V>(_mm512_permutex2var_ps(
          _mm512_load_ps(lower), std::bit_cast<__m512i>(places), _mm512_load_ps(lower + 16)));
    };
    const TanhValues<V> tanh = tanh_by_table(z, look_up);
    return completed(*this, tanh.value, tanh.slope);
  }
};
template <class T>
using Tanh = std::conditional_t<std::is_same_v<T, float>, TanhByTable, activations::Tanh<T>>;

}  // namespace
}  // namespace pinnscope

#include "pinnscope/instruction_sets/network/tables.inl"
