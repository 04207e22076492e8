#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "pinnscope/core/workers.hpp"
#include "pinnscope/io/network_weights.hpp"

namespace pinnscope::apps {

/// Numbers of a square matrix whose departures from noise the claims are about.
enum class SpectrumNumber : std::uint8_t {
  entropy_deficit,     // nats of spectral entropy below ln n
  largest,             // s_1^2 / (n rms^2)
  bulk_share,          // 1 - (sigma / rms)^2, sigma that of the bulk
  singular_at_rms,     // KS distance of s^2 / n from Marchenko and Pastur's law at the rms
  singular_at_bulk,    // the same at the sigma of the bulk
  eigenvalue_at_rms,   // KS distance of |lambda| from the circular law at the rms
  eigenvalue_at_bulk,  // the same at the sigma of the bulk
};

inline constexpr std::size_t kSpectrumNumbers = 7;
constexpr std::size_t index_of(SpectrumNumber number) { return static_cast<std::size_t>(number); }

/// NaN for what a matrix has not.
using SpectrumNumbers = std::array<double, kSpectrumNumbers>;

/// The same numbers of many draws, a vector of draws each.
struct SpectrumDraws {
  std::array<std::vector<double>, kSpectrumNumbers> values;

  const std::vector<double>& operator[](SpectrumNumber number) const {
    return values[index_of(number)];
  }
};

/// Of W less the parts s_k u_k v_k' of its first `spikes` singular values. The k zeros that this
/// leaves in both spectra are left out, and the others measured as those of an (n - k) x (n - k)
/// matrix.
SpectrumNumbers measure_spectrum(const arma::mat& weights, std::size_t spikes = 0);

/// The entries of W in random order, `draws` times; no eigenvalues. Here and below, draw i does
/// not depend on the crew. Precondition: stream below 2^24.
SpectrumDraws draw_shuffled(const arma::mat& weights, std::size_t draws, std::uint64_t seed,
                            std::uint64_t stream, Workers& workers);

/// W less its first `spikes` parts, as measure_spectrum() takes them out, under labels drawn anew,
/// `draws` times: both sides in another order and, with `signs`, rows and columns times 1 or -1.
SpectrumDraws draw_relabelled(const arma::mat& weights, std::size_t spikes, bool signs,
                              std::size_t draws, std::uint64_t seed, std::uint64_t stream,
                              Workers& workers);

/// An n x n matrix of independent standard normal entries, of which there is one a draw.
arma::mat gaussian_matrix(std::size_t order, std::uint64_t seed, std::uint64_t draw);

/// n x n matrices of independent standard normal entries, `spikes` directions on either side taken
/// out of each as measure_spectrum() takes them, but random ones that know nothing of the entries.
SpectrumDraws draw_gaussian(std::size_t order, std::size_t spikes, std::size_t draws,
                            std::uint64_t seed, Workers& workers);

}  // namespace pinnscope::apps
