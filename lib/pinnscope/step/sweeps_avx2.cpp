#include "pinnscope/step/sweep_variants.hpp"

namespace pinnscope {
namespace {

constexpr const char* kName = "AVX2";
constexpr std::size_t kLaneBytes = 32;

}  // namespace
}  // namespace pinnscope

#include "pinnscope/step/sweeps.inl"

namespace pinnscope {

template <>
const Sweeps<float> SweepVariants<float>::avx2 = kSweeps<float>;
template <>
const Sweeps<double> SweepVariants<double>::avx2 = kSweeps<double>;

}  // namespace pinnscope
