#pragma once

#include <cstddef>
#include <span>

#include "pinnscope/simd/instruction_set.hpp"

namespace pinnscope {

/// Sources and targets of Gaussian kernels in two boxes, in bandwidths: `distance` from the centre
/// of the targets' box to that of the sources', offsets a and b from those centres. With
/// (t - s)^2 / 2 = (distance + b - a)^2 / 2, kernels factor into
///
///     exp(-distance^2 / 2) exp(a (distance - a / 2)) exp(-b (distance + b / 2)) exp(a b)
///
/// and exp(a b) into powers (Greengard and Strain 1991). Numbers behind the end of a span are read,
/// and those behind the end of `sums` written: kPadding of them must be there. Nothing allocates,
/// nothing fails. fastest<BoxSums>() are those of this processor.
struct BoxSums {
  static constexpr std::size_t kMostTerms = 20;  ///< powers of a b, at most
  static constexpr std::size_t kPadding = 8;     ///< numbers behind the end of a span

  const char* name;  ///< of the instruction set
  /// moments[k] = sum_j exp(-b_j (distance + b_j / 2)) b_j^k for k < terms <= kMostTerms; room for
  /// kMostTerms. One exponential and 2 terms flops a source.
  void (*gather)(std::span<const double> offsets, double distance, std::size_t terms,
                 double* moments) noexcept;
  /// sums[i] += exp(a_i (distance - a_i / 2)) sum_k coefficients[k] a_i^k, at the same cost.
  void (*scatter)(std::span<const double> coefficients, double distance,
                  std::span<const double> offsets, double* sums) noexcept;
  /// sums[i] += sum_j exp((reference^2 - d^2) / 2), d = (targets[i] - sources[j])
  /// inverse_bandwidth: one exponential a pair.
  void (*pairs)(std::span<const double> targets, std::span<const double> sources,
                double inverse_bandwidth, double reference, double* sums) noexcept;
};

}  // namespace pinnscope
