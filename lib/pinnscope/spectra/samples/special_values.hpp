#pragma once

#include <limits>

namespace pinnscope {

inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// A statistic that there is not.
inline constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

}  // namespace pinnscope
