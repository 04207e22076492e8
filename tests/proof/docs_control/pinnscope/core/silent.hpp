#pragma once

namespace pinnscope {

/// A weight.
struct Silent {
  double says_nothing_of_its_unit = 0;
};

}  // namespace pinnscope
