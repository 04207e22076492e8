#include "pinnscope/step/sweep_variants.hpp"

namespace pinnscope {
namespace {

constexpr const char* kName = "AVX-512";
constexpr std::size_t kLaneBytes = 64;

}  // namespace
}  // namespace pinnscope

#include "pinnscope/step/sweeps.inl"

namespace pinnscope {

template <>
const Sweeps<float> SweepVariants<float>::avx512 = kSweeps<float>;
template <>
const Sweeps<double> SweepVariants<double>::avx512 = kSweeps<double>;

}  // namespace pinnscope
