#include "pinnscope/step/sweep_variants.hpp"

namespace pinnscope {
namespace {

constexpr const char* kName = "portable";
constexpr std::size_t kLaneBytes = 16;

}  // namespace
}  // namespace pinnscope

#include "pinnscope/step/sweeps.inl"

namespace pinnscope {

template <>
const Sweeps<float> SweepVariants<float>::portable = kSweeps<float>;
template <>
const Sweeps<double> SweepVariants<double>::portable = kSweeps<double>;

}  // namespace pinnscope
