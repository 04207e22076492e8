#include "pinnscope/spectra/random_matrices/circular_law.hpp"

#include <algorithm>
#include <cmath>

namespace pinnscope {

template <class T>
CircularLaw<T>::CircularLaw(const Config& config, Arena& arena) noexcept {
  Layout carver(arena);
  storage_ = layout(carver, config);
}

template <class T>
Status CircularLaw<T>::compare(VectorView<const T> real, VectorView<const T> imaginary,
                               CircularLawFit& fit) noexcept {
  const std::size_t n = real.size();
  if (imaginary.size() != n || n > storage_.radii.size()) return {StatusCode::shape_mismatch};
  if (n == 0) return {StatusCode::empty_input};
  const VectorView<double> radii = storage_.radii.first(n);
  for (std::size_t i = 0; i < n; ++i) {
    radii[i] = std::hypot(static_cast<double>(real[i]), static_cast<double>(imaginary[i]));
    if (!std::isfinite(radii[i])) return {StatusCode::not_finite, static_cast<int>(i)};
  }
  std::sort(radii.begin(), radii.end());
  const double count = static_cast<double>(n);
  double distance = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double law = std::min(radii[i] * radii[i], 1.0);
    const double below = static_cast<double>(i) / count;
    const double above = static_cast<double>(i + 1) / count;
    distance = std::max({distance, above - law, law - below});
  }
  const auto inside = std::upper_bound(radii.begin(), radii.end(), 1.0) - radii.begin();
  fit = {static_cast<double>(inside) / count, radii.back(), distance,
         static_cast<std::size_t>(std::count(imaginary.begin(), imaginary.end(), T{0}))};
  return {};
}

template class CircularLaw<float>;
template class CircularLaw<double>;

}  // namespace pinnscope
