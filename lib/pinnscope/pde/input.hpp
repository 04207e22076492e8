#pragma once

namespace pinnscope {

/// A coordinate and its interval. The one called "t" is time.
struct Input {
  const char* name = "";  ///< of the axis: "x", "y", "t"
  double low = 0;         ///< the least value in the box
  double high = 1;        ///< the greatest; above `low`, both finite
};

}  // namespace pinnscope
