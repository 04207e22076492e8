#include <cstddef>

namespace pinnscope {
namespace {

constexpr std::size_t kLaneBytes = 16;

}  // namespace
}  // namespace pinnscope

#include "pinnscope/spectra/samples/box_sums.inl"

namespace pinnscope {

const BoxSums kBoxSumsPortable{"portable", gather, scatter, pairs};

}  // namespace pinnscope
