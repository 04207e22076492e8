#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "pinnscope/spectra/laws/generalized_gaussian.hpp"

namespace pinnscope::test {

/// A fitter with its memory.
struct OwnedFitter {
  explicit OwnedFitter(std::size_t capacity)
      : OwnedFitter(GeneralizedGaussianFitter::Config{capacity}) {}
  explicit OwnedFitter(const GeneralizedGaussianFitter::Config& config)
      : memory(GeneralizedGaussianFitter::footprint(config).bytes),
        arena(memory),
        fitter(config, arena) {}

  std::vector<std::byte> memory;
  Arena arena;
  GeneralizedGaussianFitter fitter;
};

/// Draws of a law by its quantiles.
inline std::vector<double> draws(const GeneralizedGaussian& law, std::size_t n,
                                 std::uint64_t seed) {
  const Philox random(seed);
  std::vector<double> sample(n);
  for (std::size_t i = 0; i < n; ++i) sample[i] = law.quantile(random.uniform(i));
  return sample;
}

}  // namespace pinnscope::test
