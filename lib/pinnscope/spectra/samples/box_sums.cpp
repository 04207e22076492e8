#include "pinnscope/spectra/samples/box_sums.hpp"

#include "pinnscope/simd/choose.hpp"

namespace pinnscope {

template Available<BoxSums> available() noexcept;
template const BoxSums& fastest() noexcept;

}  // namespace pinnscope
