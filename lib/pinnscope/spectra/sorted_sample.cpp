#include "pinnscope/spectra/sorted_sample.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace pinnscope {
namespace {

template <class T>
Status copy_any(VectorView<const T> sample, VectorView<double> copy) noexcept {
  assert(copy.size() == sample.size());
  if (sample.empty()) return {StatusCode::empty_input};
  for (std::size_t i = 0; i < sample.size(); ++i) {
    if (!std::isfinite(sample[i])) return {StatusCode::not_finite, static_cast<int>(i)};
    copy[i] = static_cast<double>(sample[i]);
  }
  return {};
}

template <class T>
Status sort_any(VectorView<const T> sample, VectorView<double> sorted) noexcept {
  const Status status = copy_any(sample, sorted);
  if (status.ok()) std::sort(sorted.begin(), sorted.end());
  return status;
}

}  // namespace

Status sort_sample(VectorView<const float> sample, VectorView<double> sorted) noexcept {
  return sort_any(sample, sorted);
}

Status sort_sample(VectorView<const double> sample, VectorView<double> sorted) noexcept {
  return sort_any(sample, sorted);
}

Status copy_sample(VectorView<const float> sample, VectorView<double> copy) noexcept {
  return copy_any(sample, copy);
}

Status copy_sample(VectorView<const double> sample, VectorView<double> copy) noexcept {
  return copy_any(sample, copy);
}

}  // namespace pinnscope
