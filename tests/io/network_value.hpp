#pragma once

#include <memory>
#include <string>
#include <vector>

#include "pinnscope/io/saved_network.hpp"
#include "pinnscope/nn/forward.hpp"
#include "support/test.hpp"

namespace pinnscope::test {

/// u of a network with two inputs and one output at a point, computed in T.
template <class T = double>
double value_at(const NetworkWeights& weights, double x, double t) {
  std::unique_ptr<SavedNetwork<T>> network;
  const FileStatus status = make_network(weights, "file", network);
  INFO(status.message);
  REQUIRE(status.ok());
  const typename ForwardPass<T>::Config config{.widths = (*network)->widths()};
  std::vector<std::byte> memory(ForwardPass<T>::footprint(config).bytes);
  Arena arena(memory);
  ForwardPass<T> pass(config, arena);
  const T points[] = {static_cast<T>(x), static_cast<T>(t)};
  T u = 0;
  REQUIRE(pass.evaluate(**network, {points, 1, 2}, {&u, 1, 1}).ok());
  return static_cast<double>(u);
}

}  // namespace pinnscope::test
