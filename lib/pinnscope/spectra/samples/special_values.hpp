#pragma once

#include <limits>

namespace pinnscope {

inline constexpr double kInfinity = std::numeric_limits<double>::infinity();  ///< positive infinity

/// A number that there is not, or that cannot be known.
inline constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

}  // namespace pinnscope
