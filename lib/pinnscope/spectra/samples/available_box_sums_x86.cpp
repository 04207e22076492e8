#include <array>

#include "pinnscope/simd/instruction_set.hpp"
#include "pinnscope/spectra/samples/box_sums.hpp"

namespace pinnscope {

std::span<const BoxSums* const> available_box_sums() noexcept {
  static constexpr std::array kFastestFirst{&kBoxSumsAvx512, &kBoxSumsAvx2, &kBoxSumsPortable};
  return std::span(kFastestFirst).last(static_cast<std::size_t>(instruction_set()) + 1);
}

}  // namespace pinnscope
