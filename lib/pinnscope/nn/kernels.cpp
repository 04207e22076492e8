#include "pinnscope/nn/kernels.hpp"

#include "pinnscope/simd/choose.hpp"

namespace pinnscope {

template Available<Kernels<float>> available() noexcept;
template Available<Kernels<double>> available() noexcept;
template const Kernels<float>& fastest() noexcept;
template const Kernels<double>& fastest() noexcept;

}  // namespace pinnscope
