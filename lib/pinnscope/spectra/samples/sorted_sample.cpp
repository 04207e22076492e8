#include "pinnscope/spectra/samples/sorted_sample.hpp"

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

template <class T>
Status load_any(VectorView<const T> sample, VectorView<double> storage, int& exponent) noexcept {
  if (sample.size() > storage.size()) {
    return {StatusCode::shape_mismatch, static_cast<int>(storage.size())};
  }
  const VectorView<double> copy = storage.first(sample.size());
  const Status status = sort_any(sample, copy);
  return status.ok() ? scale_sorted(copy, exponent) : status;
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

Status scale_sorted(VectorView<double> sorted, int& exponent) noexcept {
  if (sorted.front() == sorted.back()) return {StatusCode::degenerate};
  std::frexp(std::max(std::abs(sorted.front()), std::abs(sorted.back())), &exponent);
  for (double& entry : sorted) entry = std::ldexp(entry, -exponent);
  return {};
}

Status load_scaled(VectorView<const float> sample, VectorView<double> storage,
                   int& exponent) noexcept {
  return load_any(sample, storage, exponent);
}

Status load_scaled(VectorView<const double> sample, VectorView<double> storage,
                   int& exponent) noexcept {
  return load_any(sample, storage, exponent);
}

}  // namespace pinnscope
