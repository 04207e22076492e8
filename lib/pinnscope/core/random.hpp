#pragma once

#include <array>
#include <cstdint>
#include <random>

namespace pinnscope {

/// Counter-based random numbers: Philox4x32-10 (Salmon, Moraes, Dror, Shaw, "Parallel random
/// numbers: as easy as 1, 2, 3", SC 2011). A draw is a function of (seed, stream, index) alone, so
/// it does not depend on who drew what before, in which order or on which thread.
class Philox {
 public:
  using Words = std::array<std::uint32_t, 4>;  ///< four words of 32 random bits

  /// Streams of one seed do not overlap; each holds 2^64 blocks of four words.
  explicit constexpr Philox(std::uint64_t seed, std::uint64_t stream = 0) noexcept
      : seed_(seed), stream_(stream) {}

  /// The four words at `index`.
  constexpr Words words(std::uint64_t index) const noexcept {
    return rounds({low(index), high(index), low(stream_), high(stream_)},
                  {low(seed_), high(seed_)});
  }

  /// Uniform in (0, 1): 53 bits, shifted by half a step, so that log() of it is finite.
  constexpr double uniform(std::uint64_t index) const noexcept {
    const Words word = words(index);
    return to_unit(word[0], word[1]);
  }

  /// Standard normal by Box and Muller, one draw an index (the second of the pair is not used, so
  /// that a draw depends on its index alone).
  double normal(std::uint64_t index) const noexcept;

  /// The generator itself: ten rounds over a counter with a key.
  static constexpr Words rounds(Words counter, std::array<std::uint32_t, 2> key) noexcept {
    for (int round = 0; round < 10; ++round) {
      const std::uint64_t first = std::uint64_t{0xD2511F53} * counter[0];
      const std::uint64_t second = std::uint64_t{0xCD9E8D57} * counter[2];
      counter = {high(second) ^ counter[1] ^ key[0], low(second), high(first) ^ counter[3] ^ key[1],
                 low(first)};
      key[0] += 0x9E3779B9;
      key[1] += 0xBB67AE85;
    }
    return counter;
  }

 private:
  static constexpr std::uint32_t low(std::uint64_t value) noexcept {
    return static_cast<std::uint32_t>(value);
  }
  static constexpr std::uint32_t high(std::uint64_t value) noexcept {
    return static_cast<std::uint32_t>(value >> 32);
  }
  static constexpr double to_unit(std::uint32_t upper, std::uint32_t lower) noexcept {
    const std::uint64_t bits = (std::uint64_t{upper} << 32 | lower) >> 11;
    return (static_cast<double>(bits) + 0.5) * 0x1p-53;
  }

  std::uint64_t seed_;
  std::uint64_t stream_;
};

/// The sequence of NumPy's legacy `numpy.random.seed(seed)`, `numpy.random.rand()`: MT19937 seeded
/// by one word, two draws a number, ((a >> 5) 2^26 + (b >> 6)) / 2^53, uniform in [0, 1).
class NumpyRand {
 public:
  /// The generator after `numpy.random.seed(seed)`.
  explicit NumpyRand(std::uint32_t seed) noexcept : engine_(seed) {}

  /// The next number, as `numpy.random.rand()` gives it.
  double operator()() noexcept {
    const auto upper = static_cast<std::uint32_t>(engine_()) >> 5;
    const auto lower = static_cast<std::uint32_t>(engine_()) >> 6;
    return (upper * 67108864.0 + lower) * 0x1p-53;
  }

 private:
  std::mt19937 engine_;
};

}  // namespace pinnscope
