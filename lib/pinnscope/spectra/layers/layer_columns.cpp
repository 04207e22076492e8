#include "pinnscope/spectra/layers/layer_columns.hpp"

#include <cmath>

namespace pinnscope {

namespace columns {

const char* reason_of(const Status& status) noexcept {
  if (is_fitted(status)) return "";
  return status.code == StatusCode::out_of_range
             ? "the entries are 1e9 times wider or narrower than that law"
             : status.text();
}

LayerNumber bound_of(const Status& status) noexcept {
  return if_fitted(status, status.ok() ? 0 : status.info);
}

LayerNumber entropy_of_initialiser(const Layer& layer) noexcept {
  const InitialiserEvidence& best = layer.initialisers().front();
  const double deviation = standard_deviation(best.initialiser, layer.rows(), layer.columns());
  return if_fitted(best.status, is_uniform(best.initialiser) ? std::log(std::sqrt(12.0) * deviation)
                                                             : gaussian_entropy(deviation));
}

}  // namespace columns

LayerNumber number_of(const LayerColumn& column, const LayerDescription& layer) noexcept {
  const bool failed = *layer.failure() != 0;
  if (failed && column.needs != Needs::shape && column.needs != Needs::moments) {
    return LayerNumber(layer.failure());
  }
  if (const char* reason = layer.reason(column.needs); *reason != 0) return LayerNumber(reason);
  LayerNumber number = column.compute(layer);
  if (!std::isnan(number.value)) return number;
  number.value = kMissing;
  if (failed) number.reason = layer.failure();
  if (*number.reason == 0) number.reason = "it could not be estimated";
  return number;
}

}  // namespace pinnscope
