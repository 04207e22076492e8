#include "pinnscope/nn/activation.hpp"
#include "pinnscope/nn/kernel_block.hpp"
#include "pinnscope/simd/instruction_sets.hpp"

namespace pinnscope {
namespace {

using Set = Avx2;

/// 16 registers of 32 bytes, two a panel: 12 sums, 2 entries, one weight; 12 sums of a gradient.
constexpr KernelBlock kBlock{
    .panels = 1, .columns = 6, .gradient_rows = 3, .gradient_columns = 4, .packs_rows = true};
template <class T>
using Tanh = activations::Tanh<T>;

}  // namespace
}  // namespace pinnscope

#include "pinnscope/instruction_sets/network/tables.inl"
