#include "pinnscope/step/sweeps.hpp"

#include "pinnscope/simd/choose.hpp"

namespace pinnscope {

template Available<Sweeps<float>> available() noexcept;
template Available<Sweeps<double>> available() noexcept;
template const Sweeps<float>& fastest() noexcept;
template const Sweeps<double>& fastest() noexcept;

}  // namespace pinnscope
