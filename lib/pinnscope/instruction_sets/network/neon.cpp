#include "pinnscope/nn/activation.hpp"
#include "pinnscope/nn/kernel_block.hpp"
#include "pinnscope/simd/instruction_sets.hpp"

namespace pinnscope {
namespace {

using Set = Neon;

/// 32 registers of 16 bytes, four a panel: 20 sums, 4 entries, 5 weights; 16 sums of a gradient.
constexpr KernelBlock kBlock{
    .panels = 1, .columns = 5, .gradient_rows = 4, .gradient_columns = 4, .packs_rows = true};
template <class T>
using Tanh = activations::Tanh<T>;

}  // namespace
}  // namespace pinnscope

#include "pinnscope/instruction_sets/network/tables.inl"
