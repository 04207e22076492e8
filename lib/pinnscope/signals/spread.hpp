#pragma once

#include <cstdint>
#include <limits>

namespace pinnscope {

/// Mean, standard deviation and extremes of numbers that come one after the other. Once one of them
/// is not known (NaN), nothing is.
struct Spread {
  static constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();  ///< NaN

  std::uint64_t count = 0;    ///< numbers so far
  double mean = kUnknown;     ///< NaN of none
  double squares = 0;         ///< sum of the squared distances from the mean
  double least = kUnknown;    ///< NaN of none
  double largest = kUnknown;  ///< likewise

  /// Welford, Technometrics 4, 419, 1962.
  void add(double value) noexcept;

  /// The root of squares / (count - 1). NaN of fewer than two, and where one is infinite.
  double standard_deviation() const noexcept;
};

}  // namespace pinnscope
