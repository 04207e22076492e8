#pragma once

#include <array>
#include <cstddef>

#include "pinnscope/spectra/layers/layer_statistics.hpp"

namespace pinnscope::test {

/// A number for each statistic.
using LayerValues = std::array<double, kLayerStatistics.size()>;

/// Those of the layer that was decomposed last.
inline LayerValues values_of(const LayerSpectra& spectra) {
  LayerValues values{};
  for (std::size_t k = 0; k < values.size(); ++k) {
    values[k] = number_of(kLayerStatistics[k], spectra).value;
  }
  return values;
}

/// Whether a statistic is one of eigenvalues.
inline bool of_eigenvalues(std::size_t statistic) {
  const Needs needs = kLayerStatistics[statistic].needs;
  return needs == Needs::eigenvalues || needs == Needs::eigenvalues_and_bulk;
}

}  // namespace pinnscope::test
