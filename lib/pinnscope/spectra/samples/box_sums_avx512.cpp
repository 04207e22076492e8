#include <cstddef>

namespace pinnscope {
namespace {

constexpr std::size_t kLaneBytes = 64;

}  // namespace
}  // namespace pinnscope

#include "pinnscope/spectra/samples/box_sums.inl"

namespace pinnscope {

const BoxSums kBoxSumsAvx512{"AVX-512", gather, scatter, pairs};

}  // namespace pinnscope
