#pragma once

#include <cstddef>
#include <vector>

#include "pinnscope/step/stepper.hpp"
#include "support/owned.hpp"
#include "support/test.hpp"

namespace pinnscope::test {

/// The matrix of one step of a scheme on a ring.
class Step {
 public:
  Step(Scheme scheme, std::size_t cells, double c, double r, double theta = 0.5)
      : cells_(cells), entries_(cells * cells) {
    Owned<Stepper<double>> stepper(
        {.scheme = scheme, .cells = cells, .velocity = c, .diffusivity = r, .theta = theta});
    std::vector<double> offset(cells);
    REQUIRE(stepper->matrix({entries_.data(), cells, cells}, offset).ok());
  }

  MatrixView<const double> view() const { return {entries_.data(), cells_, cells_}; }
  std::vector<double>& entries() { return entries_; }

 private:
  std::size_t cells_;
  std::vector<double> entries_;
};

}  // namespace pinnscope::test
