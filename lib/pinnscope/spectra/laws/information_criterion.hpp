#pragma once

#include <cmath>
#include <cstddef>
#include <limits>

namespace pinnscope {

/// AIC = 2 k - 2 l for k fitted parameters and the maximised log-likelihood l (Akaike, IEEE Trans.
/// Automatic Control 19, 1974, eq. 16). A parameter picked from a list of values counts as fitted.
constexpr double akaike_criterion(double log_likelihood, std::size_t parameters) noexcept {
  return 2 * static_cast<double>(parameters) - 2 * log_likelihood;
}

/// AICc = AIC + 2 k (k + 1) / (n - k - 1), for small samples (Hurvich and Tsai, Biometrika 76,
/// 1989). Infinite where n <= k + 1: the sample cannot carry that many parameters.
constexpr double corrected_akaike_criterion(double log_likelihood, std::size_t parameters,
                                            std::size_t sample_size) noexcept {
  if (sample_size <= parameters + 1) return std::numeric_limits<double>::infinity();
  const auto k = static_cast<double>(parameters);
  const auto n = static_cast<double>(sample_size);
  return akaike_criterion(log_likelihood, parameters) + 2 * k * (k + 1) / (n - k - 1);
}

/// BIC = k ln n - 2 l (Schwarz, Annals of Statistics 6, 1978). Precondition: sample_size > 0.
inline double bayes_criterion(double log_likelihood, std::size_t parameters,
                              std::size_t sample_size) noexcept {
  return static_cast<double>(parameters) * std::log(static_cast<double>(sample_size)) -
         2 * log_likelihood;
}

}  // namespace pinnscope
