#pragma once

#include <array>
#include <cassert>
#include <cstdint>
#include <random>

namespace pinnscope {

/// What random numbers are drawn for. Each purpose has streams of its own under every seed, so no
/// two draw the same numbers, although programs give all of them one seed. A new one goes last:
/// what is drawn for the others, trained networks before all, stays as it is.
enum class StreamPurpose : std::uint8_t {
  weights,              ///< of a network before training, draw l of layer l
  training_points,      ///< inside, and from draw 1 on those of conditions
  layer_nulls,          ///< matrices that a layer's statistics are compared with
  law_samples,          ///< of a law that was fitted to weights
  power_law_samples,    ///< of a tail that was fitted
  gaussian_samples,     ///< that an entropy is calibrated on
  random_directions,    ///< that a singular vector is compared with
  network_labels,       ///< of a network that is relabelled, draw h of hidden layer h
  permuted_steps,       ///< entries that the share of a scheme is compared with
  row_labels,           ///< of the new cells of a step
  column_labels,        ///< of its old cells
  permuted_searches,    ///< entries that the share under the best labels is compared with
  shuffled_layers,      ///< of the audit
  gaussian_matrices,    ///< of the audit
  starting_signals,     ///< of the audit
  resamples,            ///< of the audit
  figure_matrices,      ///< that a figure shows beside weights
  selftest_layers,      ///< that p-values are calibrated on
  workspaces,           ///< matrices that a decomposition's workspace is measured with
  layer_row_labels,     ///< of the inputs of a layer whose numbers are spread over relabellings
  layer_column_labels,  ///< of its outputs
  own,                  ///< of whoever uses the library
  family_layers,        ///< of layers of a family, draw r of realisation r
  study_symbols,        ///< of matrices whose growth is measured, and their stencils
  held_out_points,      ///< as training_points, but for those that no network is trained on
  candidate_points,     ///< among which points of training are chosen anew
  candidate_choices,    ///< which of these are taken
};

/// The number of a stream: bits 0 to 31 are the draw, 32 to 39 the purpose, 40 to 63 the group of
/// draws, such as a layer. Preconditions: draw < 2^32, group < 2^24.
constexpr std::uint64_t stream_of(StreamPurpose purpose, std::uint64_t draw = 0,
                                  std::uint64_t group = 0) noexcept {
  assert(draw < std::uint64_t{1} << 32 && group < std::uint64_t{1} << 24);
  return group << 40 | static_cast<std::uint64_t>(purpose) << 32 | draw;
}

/// Counter-based random numbers: Philox4x32-10 (Salmon, Moraes, Dror, Shaw, "Parallel random
/// numbers: as easy as 1, 2, 3", SC 2011). A draw is a function of (seed, stream, index) alone, so
/// it does not depend on who drew what before, in which order or on which thread.
class Philox {
 public:
  using Words = std::array<std::uint32_t, 4>;  ///< four words of 32 random bits

  /// A draw for a purpose: see stream_of().
  constexpr Philox(std::uint64_t seed, StreamPurpose purpose, std::uint64_t draw = 0,
                   std::uint64_t group = 0) noexcept
      : Philox(seed, stream_of(purpose, draw, group)) {}

  /// A stream by its number. Streams of one seed do not overlap; each holds 2^64 blocks of four
  /// words.
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
