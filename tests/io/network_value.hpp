#pragma once

#include <string>

#include "pinnscope/io/saved_network.hpp"
#include "pinnscope/nn/forward.hpp"
#include "support/test.hpp"

namespace pinnscope::test {

/// u of a network with two inputs and one output at a point, computed in T.
template <class T = double>
double value_at(const NetworkWeights& weights, double x, double t) {
  SavedNetwork<T> network;
  const FileStatus status = network.take(weights, "file");
  INFO(status.message);
  REQUIRE(status.ok());
  Owned<ForwardPass<T>> pass({.widths = network->widths()});
  const T points[] = {static_cast<T>(x), static_cast<T>(t)};
  T u = 0;
  REQUIRE(pass->evaluate(*network, {points, 1, 2}, {&u, 1, 1}).ok());
  return static_cast<double>(u);
}

}  // namespace pinnscope::test
