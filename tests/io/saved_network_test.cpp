#include "pinnscope/io/saved_network.hpp"

#include <array>
#include <cmath>
#include <limits>

#include "io/example_network.hpp"
#include "io/network_value.hpp"
#include "io/temporary_directory.hpp"
#include "pinnscope/io/safetensors.hpp"
#include "pinnscope/io/text_weights.hpp"
#include "pinnscope/nn/step_matrices.hpp"
#include "pinnscope/pde/problems.hpp"
#include "support/test.hpp"

using namespace pinnscope;
using test::contains;

namespace {

/// u of a network 2-3-1 at a point from its definition, with a leaky ReLU in both layers.
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
      network.activation_parameters.negative_slope = slope;
      REQUIRE(write_safetensors(directory.path("n"), network, Precision::float64).ok());
      NetworkWeights found;
      REQUIRE(read_safetensors(directory.path("n"), found).ok());
      REQUIRE(found.activation_parameters.negative_slope == slope);
      const double tolerance = sizeof(TestType) == 4 ? 1e-6 : 1e-15;
      for (const double x : {-2.0, 0.3, 1.7}) {
        const double expected = leaky_value(network, x, -1.1, slope, output);
        const double u = test::value_at<TestType>(found, x, -1.1);
        REQUIRE(std::fabs(u - expected) <= tolerance * std::max(1.0, std::fabs(expected)));
      }
    }
  }
}

TEST_CASE("a leaky ReLU that was trained comes back with its slope") {
  NetworkWeights weights = test::example_network(Precision::float64);
  weights.hidden = Activation::leaky_relu;
  weights.activation_parameters.negative_slope = 0.125;
  SavedNetwork<double> network;
  REQUIRE(network.take(weights, "file").ok());
  REQUIRE(network->activation_parameters().negative_slope == 0.125);
  const NetworkWeights back = weights_of(*network);
  REQUIRE(back.activation_parameters.negative_slope == 0.125);
  REQUIRE(back.hidden == Activation::leaky_relu);
  REQUIRE(test::same_bits(back, weights));
}

TEST_CASE("rescalings of inputs and outputs are folded into the layer that they are at") {
  NetworkWeights weights = test::example_network(Precision::float64);
  weights.hidden = Activation::tanh;
  weights.layers[0].before = {{2, 0.5}, {-1, 0.25}};
  weights.layers[0].behind = {{0.5}, {0.1}};
  weights.layers[1].before = {{1.5, -1, 0}, {0, 1, 2}};
  weights.layers[1].behind = {{3}, {-4}};
  for (const double x : {-2.0, 0.3, 1.7}) {
    const arma::rowvec inputs{2 * x - 1, 0.5 * 0.7 + 0.25};
    const arma::rowvec z = inputs * weights.layers[0].weights + weights.layers[0].biases.t();
    const arma::rowvec a = arma::tanh(0.5 * z + 0.1) % arma::rowvec{1.5, -1, 0};
    const double u = arma::as_scalar((a + arma::rowvec{0, 1, 2}) * weights.layers[1].weights) +
                     weights.layers[1].biases(0);
    const double expected = 3 * u - 4;
    REQUIRE(std::fabs(test::value_at(weights, x, 0.7) - expected) <=
            1e-14 * std::max(1.0, std::fabs(expected)));
  }
  weights.layers[0].before = {{2, 0.5, 1}, {0, 0, 0}};
  SavedNetwork<double> network;
  REQUIRE(network.take(weights, "file").code == StatusCode::shape_mismatch);
}

TEST_CASE("what a format has no place for is not written") {
  const test::TemporaryDirectory directory;
  NetworkWeights weights = test::example_network(Precision::float64);
  weights.layers[0].before = {{2}, {1}};
  const std::string path = directory.path("n");
  REQUIRE(write_safetensors(path, weights, Precision::float64).code == StatusCode::unsupported);
  REQUIRE(write_text_weights(path, weights, Precision::float64).code == StatusCode::unsupported);
  weights.layers[0].before = {};
  weights.obstacle = "layer 'add': a skip connection";
  REQUIRE(contains(write_safetensors(path, weights, Precision::float64).message, "'add'"));
  REQUIRE(directory.files() == 0);
}

TEST_CASE("a network of unknown activation is not made, but one without hidden layers is") {
  NetworkWeights weights = test::example_network(Precision::float64);
  SavedNetwork<double> network;
  const FileStatus status = network.take(weights, "file");
  REQUIRE(status.code == StatusCode::unsupported);
  REQUIRE(contains(status.message, "file: it does not say which activation"));
  REQUIRE(network.empty());
  weights.layers.pop_back();
  REQUIRE(network.take(weights, "file").ok());
  REQUIRE(network->activation(0) == Activation::identity);
}

TEMPLATE_TEST_CASE("a network is read from its file with all that the file says", "", float,
                   double) {
  const test::TemporaryDirectory directory;
  NetworkWeights weights = test::example_network(Precision::float32);
  weights.hidden = Activation::tanh;
  weights.output = Activation::relu;
  weights.metadata = {{"problem", "heat"},
                      {"seed", "18446744073709551615"},
                      {"initialiser", "he_normal"},
                      {"training_precision", "float"},
                      {"remark", "mine"}};
  const std::string path = directory.path("n.safetensors");
  REQUIRE(write_safetensors(path, weights, Precision::float32).ok());
  SavedNetwork<TestType> network;
  REQUIRE(network.empty());
  const FileStatus status = read(path, network);
  INFO(status.message);
  REQUIRE(status.ok());
  REQUIRE_FALSE(network.empty());
  REQUIRE(network.name() == path);
  REQUIRE(network.file_precision() == Precision::float32);
  REQUIRE(network.metadata() == weights.metadata);
  REQUIRE(network->activation(0) == Activation::tanh);
  REQUIRE(network->activation(1) == Activation::relu);
  REQUIRE(test::same_bits(weights_of(*network), weights));
  const Recipe recipe = network.recipe();
  REQUIRE(recipe.problem == find_problem("heat"));
  REQUIRE(recipe.seed == std::numeric_limits<std::uint64_t>::max());
  REQUIRE(recipe.initialiser == Initialiser::he_normal);
  REQUIRE(recipe.precision == Precision::float32);
}

TEST_CASE("a recipe has what the metadata say, and nothing of what they do not") {
  const Recipe nothing = recipe_of({});
  REQUIRE(nothing.problem == nullptr);
  REQUIRE_FALSE(nothing.seed.has_value());
  REQUIRE_FALSE(nothing.initialiser.has_value());
  REQUIRE(nothing.precision == Precision::float64);
  for (const char* seed : {"", "-1", "1.5", "7 ", "seven", "18446744073709551616"}) {
    CAPTURE(seed);
    const Recipe recipe = recipe_of({{"seed", seed}, {"initialiser", "mine"}, {"problem", ""}});
    REQUIRE_FALSE(recipe.seed.has_value());
    REQUIRE_FALSE(recipe.initialiser.has_value());
    REQUIRE(recipe.problem == nullptr);
  }
}

TEST_CASE("the start of a training is drawn again in the precision of the training") {
  constexpr std::array<std::size_t, 3> kWidths{2, 3, 1};
  Owned<Mlp<float>> start({.widths = kWidths});
  initialise(*start, Initialiser::lecun_uniform, 11);
  NetworkWeights trained = test::example_network(Precision::float64);
  trained.hidden = Activation::tanh;
  trained.metadata = {{"seed", "11"}, {"initialiser", "lecun_uniform"}};
  SavedNetwork<double> network;
  SavedNetwork<double> drawn;
  REQUIRE(network.take(trained, "file").ok());
  REQUIRE(network.draw_start(drawn).ok());
  REQUIRE_FALSE(test::same_bits(weights_of(*drawn), weights_of(*start)));
  trained.metadata["training_precision"] = "float";
  REQUIRE(network.take(trained, "file").ok());
  REQUIRE(network.draw_start(drawn).ok());
  REQUIRE(test::same_bits(weights_of(*drawn), weights_of(*start)));
  REQUIRE(drawn->activation(0) == Activation::tanh);
  trained.metadata.erase("seed");
  REQUIRE(network.take(trained, "file").ok());
  const FileStatus status = network.draw_start(drawn);
  REQUIRE(status.code == StatusCode::unsupported);
  REQUIRE(contains(status.message, "file: its start cannot be drawn again"));
  REQUIRE(test::same_bits(weights_of(*drawn), weights_of(*start)));
}

TEST_CASE("the start of layers that are steps is that of their trainer") {
  const std::vector<std::size_t> widths{2, 3, 3, 1};
  Owned<Mlp<float>> generators({.widths = widths});
  initialise(*generators, Initialiser::glorot_uniform, 11);
  Owned<StepMatrices<float>> steps(
      {.widths = widths, .step = {LayerKind::cayley, 0.1 + 0.2, 0.25}});
  Owned<Mlp<float>> start({.widths = widths});
  REQUIRE(steps->form(generators->parameters(), *start).ok());
  NetworkWeights trained = weights_of(*generators);
  trained.hidden = Activation::tanh;
  trained.metadata = {{"seed", "11"},
                      {"initialiser", "glorot_uniform"},
                      {"training_precision", "float"},
                      {"layers_kind", "cayley"},
                      {"layers_step", "0.30000000000000004"},
                      {"layers_damping", "0.25"}};
  REQUIRE(recipe_of(trained.metadata).layer_step == LayerStep{LayerKind::cayley, 0.1 + 0.2, 0.25});
  NetworkWeights drawn;
  REQUIRE(draw_start(trained, "file", drawn).ok());
  REQUIRE(test::same_bits(drawn, weights_of(*start)));
}

TEST_CASE("layers that a file does not say clearly have no start") {
  REQUIRE(recipe_of({}).layer_step == LayerStep{});
  NetworkWeights trained = test::example_network(Precision::float64);
  const std::map<std::string, std::string> drawable{{"seed", "11"},
                                                    {"initialiser", "lecun_uniform"}};
  const auto refusal = [&](const char* kind, const char* step, const char* damping) {
    trained.metadata = drawable;
    trained.metadata.insert(
        {{"layers_kind", kind}, {"layers_step", step}, {"layers_damping", damping}});
    NetworkWeights drawn;
    const FileStatus status = draw_start(trained, "file", drawn);
    if (!status.ok()) {
      CHECK(status.code == StatusCode::unsupported);
      CHECK(contains(status.message, "file: its start cannot be drawn again: expected the kind"));
      CHECK(drawn.layers.empty());
    }
    return status.message;
  };
  CHECK(refusal("plain", "1", "0").empty());
  for (const char* number : {"", "one", "nan", "inf", "-1"}) {
    CAPTURE(number);
    CHECK(contains(refusal("cayley", number, "0"), "out of range"));
    CHECK(contains(refusal("cayley", "1", number), "out of range"));
  }
  CHECK(contains(refusal("circulant", "1", "0"), "out of range"));
  // Widths 2-3-1: no layer between the first and the last.
  CHECK(contains(refusal("cayley", "1", "0"), "no layer between"));
}

TEST_CASE("a network stays what it was where another cannot be read in its place") {
  const test::TemporaryDirectory directory;
  NetworkWeights weights = test::example_network(Precision::float64);
  weights.hidden = Activation::tanh;
  SavedNetwork<float> network;
  REQUIRE(network.take(weights, "first").ok());
  const NetworkWeights before = weights_of(*network);
  weights.layers[1].weights(2, 0) = 1e39;
  const std::string path = directory.path("large.safetensors");
  REQUIRE(write_safetensors(path, weights, Precision::float64).ok());
  const FileStatus status = read(path, network);
  REQUIRE(status.code == StatusCode::out_of_range);
  REQUIRE(read(directory.path("absent.h5"), network).code == StatusCode::bad_file);
  REQUIRE(network.name() == "first");
  REQUIRE(test::same_bits(weights_of(*network), before));
  SavedNetwork<double> doubles;
  REQUIRE(read(path, doubles).ok());
  REQUIRE(doubles->weights(1)(2, 0) == 1e39);
}

TEMPLATE_TEST_CASE("the omega of a sine is that of the file", "", float, double) {
  const test::TemporaryDirectory directory;
  for (const double omega : {30.0, 1.0, -0.5}) {
    CAPTURE(omega);
    NetworkWeights network = test::example_network(Precision::float64);
    network.hidden = Activation::sine;
    network.activation_parameters.omega = omega;
    REQUIRE(write_safetensors(directory.path("n"), network, Precision::float64).ok());
    NetworkWeights found;
    REQUIRE(read_safetensors(directory.path("n"), found).ok());
    REQUIRE(found.activation_parameters == ActivationParameters{.omega = omega});
    // By hand: a sine in the hidden layer, the identity behind it.
    const LayerWeights& first = network.layers[0];
    const LayerWeights& second = network.layers[1];
    REQUIRE(network.layers.size() == 2);
    const arma::rowvec z = arma::rowvec{0.3, -1.1} * first.weights + first.biases.t();
    const arma::rowvec u = arma::sin(omega * z) * second.weights + second.biases.t();
    // The rounding of omega z, which the weights behind it multiply.
    const double size = arma::abs(omega * z).max() * arma::accu(arma::abs(second.weights));
    const double bound = 16 * std::numeric_limits<TestType>::epsilon() * (1 + size);
    REQUIRE(bound < 0.1 * std::fabs(u(0)));
    REQUIRE(std::fabs(test::value_at<TestType>(found, 0.3, -1.1) - u(0)) <= bound);
    SavedNetwork<TestType> made;
    REQUIRE(made.take(found, "file").ok());
    REQUIRE(weights_of(*made).activation_parameters == found.activation_parameters);
  }
}

TEST_CASE("a file says the parameters that were given, and always a slope") {
  const test::TemporaryDirectory directory;
  for (const Activation activation : kActivations) {
    CAPTURE(text(activation));
    NetworkWeights weights = test::example_network(Precision::float64);
    weights.hidden = activation;
    SavedNetwork<double> network;
    REQUIRE(network.take(weights, "file").ok());
    REQUIRE(write_safetensors(directory.path("n"), weights_of(*network), Precision::float64).ok());
    const std::string bytes = directory.read("n");
    REQUIRE(contains(bytes, "\"negative_slope\":\"0.01\"") ==
            (activation == Activation::leaky_relu));
    REQUIRE_FALSE(contains(bytes, "omega"));
  }
}

TEST_CASE("an omega that is no number is refused, and so is one beyond the numbers") {
  const test::TemporaryDirectory directory;
  NetworkWeights weights = test::example_network(Precision::float64);
  weights.hidden = Activation::sine;
  weights.activation_parameters.omega = 0.25;
  REQUIRE(write_safetensors(directory.path("n"), weights, Precision::float64).ok());
  std::string bytes = directory.read("n");
  bytes.replace(bytes.find("\"0.25\""), 6, "\"big!\"");
  NetworkWeights found;
  const FileStatus status = read_safetensors(directory.write("m", bytes), found);
  REQUIRE(status.code == StatusCode::bad_file);
  REQUIRE(contains(status.message, "expected a finite number as omega, found 'big!'"));
  weights.activation_parameters.omega = 1e300;
  SavedNetwork<float> network;
  const FileStatus made = network.take(weights, "file");
  REQUIRE(made.code == StatusCode::out_of_range);
  REQUIRE(contains(made.message, "omega"));
  weights.activation_parameters.omega = 1;
  weights.metadata["omega"] = "mine";
  REQUIRE(write_safetensors(directory.path("o"), weights, Precision::float64).code ==
          StatusCode::out_of_range);
}

TEST_CASE("a slope that is not a finite number of its precision is refused") {
  const test::TemporaryDirectory directory;
  NetworkWeights weights = test::example_network(Precision::float64);
  weights.hidden = Activation::leaky_relu;
  weights.activation_parameters.negative_slope = 1e300;
  SavedNetwork<float> network;
  REQUIRE(network.take(weights, "file").code == StatusCode::out_of_range);
  const std::string path = directory.path("n");
  weights.activation_parameters.negative_slope = std::numeric_limits<double>::quiet_NaN();
  REQUIRE(write_safetensors(path, weights, Precision::float64).code == StatusCode::not_finite);
  weights.activation_parameters.negative_slope = 0.25;
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
