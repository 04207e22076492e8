#include "pinnscope/simd/instruction_sets.hpp"

namespace pinnscope {
namespace {

using Set = Avx2;

}  // namespace
}  // namespace pinnscope

#include "pinnscope/spectra/samples/box_sums.inl"
