#include "pinnscope/nn/activation.hpp"
#include "pinnscope/nn/kernel_block.hpp"
#include "pinnscope/simd/instruction_sets.hpp"

namespace pinnscope {
namespace {

using Set = Portable;

/// Registers of 16 bytes, four a panel: what the compiler takes the target to have, 16 at least.
constexpr KernelBlock kBlock{
    .panels = 1, .columns = 3, .gradient_rows = 4, .gradient_columns = 2, .packs_rows = true};
template <class T>
using Tanh = activations::Tanh<T>;

}  // namespace
}  // namespace pinnscope

#include "pinnscope/instruction_sets/network/tables.inl"
