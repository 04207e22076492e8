#include "pinnscope/io/keras_h5.hpp"

#include "support/test.hpp"

using namespace pinnscope;

TEST_CASE("a build without HDF5 says so") {
  NetworkWeights network;
  const FileStatus status = read_keras_h5("weights.h5", network);
  REQUIRE(status.code == StatusCode::unsupported);
  REQUIRE(status.message.find("weights.h5") == 0);
  REQUIRE(network.layers.empty());
}
