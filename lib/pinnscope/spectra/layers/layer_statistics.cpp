#include "pinnscope/spectra/layers/layer_statistics.hpp"

#include <algorithm>

namespace pinnscope {

namespace statistics {

LayerNumber spacing_ratio(const LayerSpectra& layer) noexcept {
  const VectorView<const double> s = layer.values_above_rounding();
  const auto equal = [&](double above, double below) { return above - below <= layer.tolerance(); };
  SpacingRatio spacing;
  if (std::adjacent_find(s.begin(), s.end(), equal) == s.end() &&
      pinnscope::spacing_ratio(s, spacing).ok()) {
    return spacing.mean;
  }
  return s.size() < 3 ? Absence::few_values : Absence::equal_values;
}

Status complex_spacing_ratio(const LayerSpectra& layer, ComplexSpacingRatio& ratio) noexcept {
  // The disc of the bulk has the radius sigma sqrt(n).
  const double sigma = layer.bulk().sigma * layer.root_mean_square() *
                       std::sqrt(static_cast<double>(layer.real().size())) /
                       layer.eigenvalue_unit();
  const ComplexSpacingConfig whole;
  return pinnscope::complex_spacing_ratio(
      layer.real(), layer.imaginary(), ratio,
      {whole.smallest_imaginary * sigma, whole.largest_modulus * sigma});
}

}  // namespace statistics

LayerNumber number_of(const LayerStatistic& statistic, const LayerSpectra& layer) noexcept {
  const Absence absence = layer.absence(statistic.needs);
  return absence == Absence::none ? statistic.compute(layer) : absence;
}

}  // namespace pinnscope
