#include "pinnscope/io/saved_network.hpp"

#include <cmath>

#include "io/example_network.hpp"
#include "io/temporary_directory.hpp"
#include "pinnscope/io/safetensors.hpp"
#include "pinnscope/nn/forward.hpp"
#include "support/test.hpp"

using namespace pinnscope;
using test::contains;

namespace {

/// u of a network 2-3-1 at a point, in T.
template <class T>
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

/// The same from its definition, with a leaky ReLU in both layers.
double leaky_value(const NetworkWeights& weights, double x, double t, double slope, bool output) {
  const auto leaky = [&](double z) { return z > 0 ? z : slope * z; };
  arma::vec a = (arma::rowvec{x, t} * weights.layers[0].weights).t() + weights.layers[0].biases;
  a.transform(leaky);
  const double z = arma::dot(a, weights.layers[1].weights.col(0)) + weights.layers[1].biases(0);
  return output ? leaky(z) : z;
}

}  // namespace

TEMPLATE_TEST_CASE("the slope of a leaky ReLU is that of the file", "", float, double) {
  const test::TemporaryDirectory directory;
  for (const double slope : {0.25, -0.5, 0.0, 1.0 / 3}) {
    for (const bool output : {false, true}) {
      CAPTURE(slope, output);
      NetworkWeights network = test::example_network(Precision::float64);
      network.hidden = Activation::leaky_relu;
      network.output = output ? Activation::leaky_relu : Activation::identity;
      network.negative_slope = slope;
      REQUIRE(write_safetensors(directory.path("n"), network, Precision::float64).ok());
      NetworkWeights found;
      REQUIRE(read_safetensors(directory.path("n"), found).ok());
      REQUIRE(found.negative_slope == slope);
      const double tolerance = sizeof(TestType) == 4 ? 1e-6 : 1e-15;
      for (const double x : {-2.0, 0.3, 1.7}) {
        const double expected = leaky_value(network, x, -1.1, slope, output);
        const double u = value_at<TestType>(found, x, -1.1);
        REQUIRE(std::fabs(u - expected) <= tolerance * std::max(1.0, std::fabs(expected)));
      }
    }
  }
}

TEST_CASE("a leaky ReLU that was trained comes back with its slope") {
  NetworkWeights weights = test::example_network(Precision::float64);
  weights.hidden = Activation::leaky_relu;
  weights.negative_slope = 0.125;
  std::unique_ptr<SavedNetwork<double>> network;
  REQUIRE(make_network(weights, "file", network).ok());
  REQUIRE((*network)->negative_slope() == 0.125);
  const NetworkWeights back = weights_of(**network);
  REQUIRE(back.negative_slope == 0.125);
  REQUIRE(back.hidden == Activation::leaky_relu);
  REQUIRE(test::same_bits(back, weights));
}

TEST_CASE("a network of unknown activation is not made, but one without hidden layers is") {
  NetworkWeights weights = test::example_network(Precision::float64);
  std::unique_ptr<SavedNetwork<double>> network;
  const FileStatus status = make_network(weights, "file", network);
  REQUIRE(status.code == StatusCode::unsupported);
  REQUIRE(contains(status.message, "file: it does not say which activation"));
  REQUIRE(network == nullptr);
  weights.layers.pop_back();
  REQUIRE(make_network(weights, "file", network).ok());
  REQUIRE((*network)->activation(0) == Activation::identity);
}

TEST_CASE("a slope that is not a finite number of its precision is refused") {
  const test::TemporaryDirectory directory;
  NetworkWeights weights = test::example_network(Precision::float64);
  weights.hidden = Activation::leaky_relu;
  weights.negative_slope = 1e300;
  std::unique_ptr<SavedNetwork<float>> network;
  REQUIRE(make_network(weights, "file", network).code == StatusCode::out_of_range);
  const std::string path = directory.path("n");
  weights.negative_slope = std::numeric_limits<double>::quiet_NaN();
  REQUIRE(write_safetensors(path, weights, Precision::float64).code == StatusCode::not_finite);
  weights.negative_slope = 0.25;
  REQUIRE(write_safetensors(path, weights, Precision::float64).ok());
  const std::string bytes = directory.read("n");
  for (const char* number : {"\"0.2x\"", "\"nanx\"", "\"0,25\"", "\"    \""}) {
    CAPTURE(number);
    std::string changed = bytes;
    changed.replace(changed.find("\"0.25\""), 6, number);
    NetworkWeights found;
    const FileStatus status = read_safetensors(directory.write("m", changed), found);
    INFO(status.message);
    REQUIRE(status.code == StatusCode::bad_file);
    REQUIRE(contains(status.message, "negative_slope"));
  }
}
