#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "pinnscope/spectra/laws/generalized_gaussian.hpp"
#include "support/owned.hpp"

namespace pinnscope::test {

/// A fitter with its memory.
using OwnedFitter = Owned<GeneralizedGaussianFitter>;

/// Draws of a law by its quantiles.
inline std::vector<double> draws(const GeneralizedGaussian& law, std::size_t n,
                                 std::uint64_t seed) {
  const Philox random(seed);
  std::vector<double> sample(n);
  for (std::size_t i = 0; i < n; ++i) sample[i] = law.quantile(random.uniform(i));
  return sample;
}

}  // namespace pinnscope::test
