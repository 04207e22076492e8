#include <cstddef>

namespace pinnscope {
namespace {

constexpr std::size_t kLaneBytes = 32;

}  // namespace
}  // namespace pinnscope

#include "pinnscope/spectra/samples/box_sums.inl"

namespace pinnscope {

const BoxSums kBoxSumsAvx2{"AVX2", gather, scatter, pairs};

}  // namespace pinnscope
