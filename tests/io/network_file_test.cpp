#include "pinnscope/io/network_file.hpp"

#include <array>
#include <cmath>

#include "io/example_network.hpp"
#include "io/network_value.hpp"
#include "io/temporary_directory.hpp"
#include "pinnscope/io/safetensors.hpp"
#include "pinnscope/io/text_weights.hpp"
#include "pinnscope/io/weight_formats.hpp"
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

TEST_CASE("the endings of formats are small letters behind a dot, and each stands once") {
  std::vector<std::string_view> endings;
  for (const WeightFormat& format : weight_formats()) {
    CAPTURE(format.text);
    REQUIRE(format.read != nullptr);
    for (const std::string_view ending : format.endings) {
      if (ending.empty()) continue;
      CAPTURE(ending);
      REQUIRE(ending.starts_with('.'));
      REQUIRE(std::ranges::none_of(ending, [](char letter) {
        return letter < '.' || letter > 'z' || (letter >= 'A' && letter <= 'Z');
      }));
      REQUIRE(std::ranges::count(endings, ending) == 0);
      endings.push_back(ending);
    }
  }
  REQUIRE(endings.size() >= 3);
}

TEST_CASE("what is written in a format reads back whole, whatever the case of its ending") {
  const test::TemporaryDirectory directory;
  NetworkWeights network = test::example_network(Precision::float64);
  network.hidden = Activation::leaky_relu;
  network.output = Activation::tanh;
  network.activation_parameters = {.negative_slope = 0.375, .omega = 30};
  network.metadata = {{"seed", "7"}, {"initialiser", "glorot_uniform"}};
  std::size_t written = 0;
  for (const WeightFormat& format : weight_formats()) {
    if (format.write == nullptr || !format.present) continue;
    std::string name = "network" + std::string(format.endings.front());
    name.back() = static_cast<char>(name.back() - 'a' + 'A');
    CAPTURE(name);
    REQUIRE(check_network_path(directory.path(name)).ok());
    REQUIRE(write_network(directory.path(name), network, Precision::float64).ok());
    NetworkWeights found;
    REQUIRE(read_network(directory.path(name), found).ok());
    REQUIRE(test::same_bits(found, network));
    REQUIRE(found.hidden == network.hidden);
    REQUIRE(found.output == network.output);
    REQUIRE(found.activation_parameters == network.activation_parameters);
    REQUIRE(found.metadata == network.metadata);
    ++written;
  }
  REQUIRE(written >= 1);
}

TEST_CASE("a network is not written under an ending that would be read otherwise") {
  const test::TemporaryDirectory directory;
  const NetworkWeights network = test::example_network(Precision::float64);
  for (const char* name : {"network", "network.h5", "network.", "network.safetensors.txt"}) {
    CAPTURE(name);
    const FileStatus status = write_network(directory.path(name), network, Precision::float64);
    REQUIRE(status.code == StatusCode::unsupported);
    REQUIRE(contains(status.message, "expected a name that ends in .safetensors"));
    REQUIRE(check_network_path(directory.path(name)).message == status.message);
  }
  REQUIRE(check_network_path(directory.path("")).code == StatusCode::bad_file);
  REQUIRE(check_network_path("/dev/stdout").ok());
  REQUIRE(directory.files() == 0);
}

TEST_CASE("what a build can read is listed from its formats") {
  const std::string text = readable_networks();
  for (const WeightFormat& format : weight_formats()) {
    CAPTURE(format.text);
    REQUIRE(contains(text, format.text) == format.present);
  }
  REQUIRE(text.ends_with(" or safetensors (.safetensors)"));
  REQUIRE(written_ending() == ".safetensors");
}

TEST_CASE("networks of Keras and PyTorch have the values that these gave them") {
  const std::string reference = test::reference_directory();
  if (reference.empty()) return;
  struct Case {
    const char* name;
    std::array<double, 3> values;  // at (0.1, 0.2), (0.5, 0.5), (0.9, 0.3), in float32
  };
  for (const Case& one :
       {Case{"keras/act_relu.h5",
             {-0.007673855870962143, -0.03671886771917343, -0.19105874001979828}},
        Case{"keras/act_sigmoid.h5",
             {-0.08461639285087585, -0.09557360410690308, -0.11045374721288681}},
        Case{"keras/rescale.h5", {-0.963179349899292, 0, 1.0524306297302246}},
        Case{"torch/sequential.safetensors",
             {-0.21327723562717438, -0.2549707889556885, -0.2930673658847809}},
        Case{"torch/module-list-no-bias.safetensors",
             {-0.09632916748523712, -0.07970453798770905, -0.12055815756320953}}}) {
    CAPTURE(one.name);
    NetworkWeights network;
    const FileStatus status = read_network(reference + "/faults/" + one.name, network);
    INFO(status.message);
    if (contains(status.message, "this build reads no HDF5")) continue;
    REQUIRE(status.ok());
    const bool is_keras = std::string(one.name).starts_with("keras");
    REQUIRE(network.hidden.has_value() == is_keras);
    if (!is_keras) network.hidden = Activation::tanh;
    constexpr double kPoints[3][2] = {{0.1, 0.2}, {0.5, 0.5}, {0.9, 0.3}};
    for (std::size_t i = 0; i < 3; ++i) {
      const double u = test::value_at(network, kPoints[i][0], kPoints[i][1]);
      REQUIRE(std::fabs(u - one.values[i]) <= 2e-7);
    }
  }
}

TEST_CASE("a damaged HDF5 file is refused") {
  const std::string reference = test::reference_directory();
  if (reference.empty()) return;
  NetworkWeights network;
  const FileStatus status = read_network(reference + "/faults/damaged-heap.h5", network);
  INFO(status.message);
  REQUIRE_FALSE(status.ok());
  REQUIRE(network.layers.empty());
}

TEST_CASE("networks whose tensors do not tell what they are, are refused") {
  const std::string reference = test::reference_directory();
  if (reference.empty()) return;
  for (const std::string name : {"all-square", "sequential-bf16"}) {
    CAPTURE(name);
    NetworkWeights network;
    const FileStatus status =
        read_network(reference + "/faults/torch/" + name + ".safetensors", network);
    INFO(status.message);
    REQUIRE(status.code == StatusCode::unsupported);
  }
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
