#include "pinnscope/simd/instruction_sets.hpp"

namespace pinnscope {
namespace {

using Set = Avx512;

}  // namespace
}  // namespace pinnscope

#include "pinnscope/spectra/samples/box_sums.inl"
