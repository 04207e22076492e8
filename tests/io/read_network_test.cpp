#include "pinnscope/io/read_network.hpp"

#include "io/example_network.hpp"
#include "io/temporary_directory.hpp"
#include "pinnscope/io/safetensors.hpp"
#include "pinnscope/io/text_weights.hpp"
#include "support/reference.hpp"
#include "support/test.hpp"

using namespace pinnscope;
using test::contains;

TEST_CASE("a path is read by what it is") {
  const test::TemporaryDirectory directory;
  const NetworkWeights network = test::example_network(Precision::float64);
  REQUIRE(write_text_weights(directory.path("text"), network, Precision::float64).ok());
  REQUIRE(write_safetensors(directory.path("a.SafeTensors"), network, Precision::float64).ok());
  for (const char* name : {"text", "a.SafeTensors"}) {
    CAPTURE(name);
    NetworkWeights found;
    REQUIRE(read_network(directory.path(name), found).ok());
    REQUIRE(test::same_bits(found, network));
  }
}

TEST_CASE("a path of no known kind is refused with the kinds that are known") {
  const test::TemporaryDirectory directory;
  NetworkWeights network = test::example_network(Precision::float64);
  const FileStatus status = read_network(directory.write("a.pt", "x"), network);
  REQUIRE(status.code == StatusCode::unsupported);
  for (const char* part : {"a.pt", "directory", ".h5", ".safetensors", "'.pt'"}) {
    REQUIRE(contains(status.message, part));
  }
  REQUIRE(read_network(directory.path("none"), network).code == StatusCode::bad_file);
  REQUIRE(network.layers.size() == 2);
}

TEST_CASE("the reference networks are the same from text and from HDF5") {
  const std::string reference = test::reference_directory();
  if (reference.empty()) return;
  for (const std::string name : {"sine", "riemann"}) {
    CAPTURE(name);
    NetworkWeights text;
    FileStatus status = read_network(reference + "/paper/weights_" + name, text);
    INFO(status.message);
    REQUIRE(status.ok());
    REQUIRE(text.precision == Precision::float32);
    REQUIRE(text.widths() ==
            std::vector<std::size_t>{2, 100, 100, 100, 100, 100, 100, 100, 100, 1});
    NetworkWeights keras;
    status = read_network(reference + "/paper/keras/pinn_burgers_weights_" + name + ".h5", keras);
    INFO(status.message);
    if (status.code == StatusCode::unsupported) return test::skip("this build reads no HDF5");
    REQUIRE(status.ok());
    REQUIRE(keras.precision == Precision::float32);
    REQUIRE(keras.left_out.empty());
    REQUIRE(test::same_bits(text, keras));
  }
}
