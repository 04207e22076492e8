#include "pinnscope/io/keras_config.hpp"

#include <random>

#include "io/example_network.hpp"
#include "support/test.hpp"

using namespace pinnscope;
using test::contains;

namespace {

/// An entry of the list of layers; `config` and `more` are further members of its config and of
/// itself.
std::string layer(const std::string& kind, const std::string& name, const std::string& config = "",
                  const std::string& more = "") {
  return R"({"class_name": ")" + kind + R"(", "config": {"name": ")" + name + "\"" +
         (config.empty() ? "" : ", ") + config + "}" + (more.empty() ? "" : ", ") + more + "}";
}

std::string dense(const std::string& name, const std::string& activation,
                  const std::string& more = "") {
  const bool is_object = activation.starts_with("{") || activation == "null";
  const std::string value = is_object ? activation : "\"" + activation + "\"";
  return layer("Dense", name, R"("units": 4, "use_bias": true, "activation": )" + value, more);
}

std::string joined(const std::vector<std::string>& layers) {
  std::string text;
  for (const std::string& one : layers) text += (text.empty() ? "" : ", ") + one;
  return text;
}

std::string sequential(const std::vector<std::string>& layers, const std::string& name = "model") {
  return layer("Sequential", name, "\"layers\": [" + joined(layers) + "]");
}

/// Where a layer takes its input from, as Keras 2 and as Keras 3 write it.
std::string from(const std::string& source) {
  return R"("inbound_nodes": [[[")" + source + R"(", 0, 0, {}]]])";
}
std::string tensor(const std::string& source) {
  return R"({"class_name": "__keras_tensor__", "config": {"shape": [null, 4], "keras_history": [")" +
         source + R"(", 0, 0]}})";
}
std::string from_tensor(const std::string& source, const std::string& arguments = "") {
  return R"("inbound_nodes": [{"args": [)" + tensor(source) + R"(], "kwargs": {)" + arguments +
         "}}]";
}

std::string functional(const std::vector<std::string>& layers, const std::string& input,
                       const std::string& output, const std::string& name = "model") {
  return layer("Functional", name,
               "\"layers\": [" + joined(layers) + R"(], "input_layers": [[")" + input +
                   R"(", 0, 0]], "output_layers": [[")" + output + "\", 0, 0]]");
}

const std::string kInput =
    layer("InputLayer", "in", R"("batch_input_shape": [null, 2])", R"("inbound_nodes": [])");

std::vector<std::string> names(const KerasConfig& config) {
  std::vector<std::string> result;
  for (const KerasDense& dense : config.layers) result.push_back(dense.name);
  return result;
}

}  // namespace

TEST_CASE("activations of a Keras model stand in its dense layers or behind them") {
  for (const std::string& text :
       {sequential({kInput, dense("a", "tanh"), dense("b", "tanh"), dense("c", "sigmoid_")}),
        sequential({dense("a", "linear"), layer("Activation", "t", R"("activation": "tanh")"),
                    layer("Dropout", "d", R"("rate": 0.5)"), dense("b", "null"),
                    layer("Activation", "t2", R"("activation": "tanh")"),
                    layer("GaussianNoise", "n"), dense("c", "linear")}),
        R"({"class_name": "Sequential", "config": [)" +
            joined({dense("a", "tanh"), dense("b", "tanh"), dense("c", "linear")}) + "]}"}) {
    const KerasConfig config = parse_keras_config(text);
    if (contains(text, "sigmoid_")) {
      REQUIRE(config.obstacle == "layer 'c': the activation 'sigmoid_' is not computed");
      REQUIRE(config.layers.empty());
      continue;
    }
    REQUIRE(config.obstacle == "");
    REQUIRE(names(config) == std::vector<std::string>{"a", "b", "c"});
    REQUIRE(config.layers[0].units == 4);
    REQUIRE(config.hidden == Activation::tanh);
    REQUIRE(config.output == Activation::identity);
  }
  const KerasConfig sines = parse_keras_config(sequential(
      {dense("a", "sin"),
       dense("b", R"({"module": "builtins", "class_name": "function", "config": "sin"})"),
       dense("c", "tanh")}));
  REQUIRE(sines.obstacle == "");
  REQUIRE(sines.hidden == Activation::sine);
  REQUIRE(sines.output == Activation::tanh);
  const KerasConfig single = parse_keras_config(sequential({dense("a", "relu")}));
  REQUIRE(single.output == Activation::relu);
  REQUIRE_FALSE(single.hidden.has_value());
}

TEST_CASE("every activation of Keras that nn has is found by its name") {
  struct Case {
    const char* name;
    Activation activation;
  };
  for (const Case& one : {Case{"linear", Activation::identity},
                          {"tanh", Activation::tanh},
                          {"relu", Activation::relu},
                          {"leaky_relu", Activation::leaky_relu},
                          {"sigmoid", Activation::sigmoid},
                          {"silu", Activation::silu},
                          {"swish", Activation::silu},
                          {"gelu", Activation::gelu},
                          {"softplus", Activation::softplus},
                          {"elu", Activation::elu},
                          {"sin", Activation::sine}}) {
    CAPTURE(one.name);
    const KerasConfig config =
        parse_keras_config(sequential({dense("a", one.name), dense("b", "linear")}));
    REQUIRE(config.obstacle == "");
    REQUIRE(config.hidden == one.activation);
  }
  const KerasConfig elu = parse_keras_config(sequential(
      {dense("a", "linear"), layer("ELU", "e", R"("alpha": 1.0)"), dense("b", "linear")}));
  REQUIRE(elu.hidden == Activation::elu);
}

TEST_CASE("the slope of a leaky ReLU is read as each Keras writes it") {
  struct Case {
    std::string layers;
    double slope;
  };
  const auto behind = [](const std::string& kind, const std::string& config) {
    return dense("a", "linear") + ", " + layer(kind, "l", config);
  };
  for (const Case& one :
       {Case{behind("LeakyReLU", R"("alpha": 0.30000001192092896)"), 0.30000001192092896},
        Case{behind("LeakyReLU", R"("alpha": {"type": "ndarray", "value": 0.125})"), 0.125},
        Case{behind("LeakyReLU", R"("negative_slope": 0.25)"), 0.25},
        Case{behind("ReLU", R"("negative_slope": 0.4, "max_value": null, "threshold": 0.0)"), 0.4},
        Case{dense("a", R"({"class_name": "LeakyReLU", "config": {"negative_slope": 0.17}})"),
             0.17},
        Case{dense("a", "leaky_relu"), 0.2}}) {
    CAPTURE(one.layers);
    const KerasConfig config = parse_keras_config(sequential({one.layers, dense("b", "linear")}));
    REQUIRE(config.obstacle == "");
    REQUIRE(config.hidden == Activation::leaky_relu);
    REQUIRE(config.activation_parameters.negative_slope == one.slope);
  }
  const KerasConfig relu = parse_keras_config(
      sequential({behind("ReLU", R"("negative_slope": 0.0)"), dense("b", "linear")}));
  REQUIRE(relu.hidden == Activation::relu);
  REQUIRE_FALSE(relu.activation_parameters.negative_slope.has_value());
}

TEST_CASE("a functional model that is a chain is read from its input to its output") {
  const std::vector<std::string> older{
      dense("last", "linear", from("drop")), dense("second", "tanh", from("first")), kInput,
      dense("first", "tanh", from("in")), layer("Dropout", "drop", "", from("second"))};
  const std::vector<std::string> newer{
      dense("second", "tanh", from_tensor("first")), kInput,
      layer("Dropout", "drop", "", from_tensor("second", R"("training": false, "mask": null)")),
      dense("last", "linear", from_tensor("drop")), dense("first", "tanh", from_tensor("in"))};
  for (const auto& layers : {older, newer}) {
    const KerasConfig config = parse_keras_config(functional(layers, "in", "last"));
    REQUIRE(config.obstacle == "");
    REQUIRE(names(config) == std::vector<std::string>{"first", "second", "last"});
    REQUIRE(config.hidden == Activation::tanh);
  }
}

TEST_CASE("models in models are part of the chain, under the name of the outer one") {
  const std::string inner = sequential({dense("d", "tanh"), dense("e", "tanh")}, "inner");
  std::string placed = functional({kInput, dense("f", "tanh", from("in"))}, "in", "f", "deep");
  placed.insert(placed.size() - 1, ", " + from("x"));
  const std::string outer = functional(
      {layer("InputLayer", "x"), placed, dense("g", "linear", from("deep"))}, "x", "g", "outer");
  const KerasConfig config = parse_keras_config(sequential({inner, outer}));
  REQUIRE(config.obstacle == "");
  REQUIRE(names(config) == std::vector<std::string>{"d", "e", "f", "g"});
  REQUIRE(config.layers[0].group == "inner");
  REQUIRE(config.layers[2].group == "outer");
  REQUIRE(config.layers[3].group == "outer");
}

TEST_CASE("rescalings go to the dense layer that they are at") {
  const auto rescaling = [](const std::string& scale, const std::string& offset) {
    return layer("Rescaling", "r", "\"scale\": " + scale + ", \"offset\": " + offset);
  };
  const std::string wrapped =
      R"({"class_name": "__numpy__", "config": {"value": [[-1.0, 0.25]], "dtype": "float32"}})";
  const KerasConfig config = parse_keras_config(
      sequential({rescaling("2", "-1"), rescaling("[3, 0.5]", wrapped), dense("a", "linear"),
                  rescaling("0.5", "1"), layer("Activation", "t", R"("activation": "tanh")"),
                  rescaling("4", "0"), dense("b", "linear"), rescaling("10", "0.5")}));
  REQUIRE(config.obstacle == "");
  REQUIRE(test::same_bits(config.layers[0].before.scale, arma::vec{6, 1}));
  REQUIRE(test::same_bits(config.layers[0].before.offset, arma::vec{-4, -0.25}));
  REQUIRE(test::same_bits(config.layers[0].behind.scale, arma::vec{0.5}));
  REQUIRE(test::same_bits(config.layers[0].behind.offset, arma::vec{1}));
  REQUIRE(test::same_bits(config.layers[1].before.scale, arma::vec{4}));
  REQUIRE(test::same_bits(config.layers[1].behind.scale, arma::vec{10}));
  REQUIRE(test::same_bits(config.layers[1].behind.offset, arma::vec{0.5}));
}

TEST_CASE("what a network of this library cannot do is an obstacle that names the layer") {
  struct Case {
    std::string text;
    std::vector<const char*> parts;
  };
  const std::string last = dense("z", "linear");
  const auto skip = [](const std::string& kind, const std::string& node) {
    return functional({kInput, dense("a", "tanh", from("in")), dense("b", "tanh", from("a")),
                       layer(kind, "join", "", node), dense("c", "linear", from("join"))},
                      "in", "c");
  };
  const std::string two = R"("inbound_nodes": [[["a", 0, 0, {}], ["b", 0, 0, {}]]])";
  const std::string two_tensors = R"("inbound_nodes": [{"args": [[)" + tensor("a") + ", " +
                                  tensor("b") + R"(]], "kwargs": {}}])";
  const std::string hidden_tensor = R"("inbound_nodes": [{"args": [)" + tensor("a") +
                                    R"(], "kwargs": {"y": )" + tensor("b") + "}}]";
  const std::string max_value = R"("max_value": 6.0)";
  for (const Case& one : std::vector<Case>{
           {skip("Add", two), {"'join'", "skip connection", "(Add)", "'a' and 'b'"}},
           {skip("Concatenate", two_tensors), {"'join'", "(Concatenate)"}},
           {skip("TFOpLambda", hidden_tensor), {"'join'", "the outputs of 'a' and 'b'"}},
           {skip("Dropout", from_tensor("b", R"("training": true)")), {"'join'", "'training'"}},
           {skip("Dropout", R"("inbound_nodes": [[["b", 0, 0, {"training": true}]]])"),
            {"'join'", "'training'"}},
           {skip("Dropout", R"("inbound_nodes": [[["b", 0, 0, {}]], [["a", 0, 0, {}]]])"),
            {"'join'", "found 2 calls"}},
           {skip("Dropout", from("c")), {"'c'", "circle"}},
           {skip("Dropout", from("a")), {"'b'", "a branch"}},
           {functional({kInput, dense("a", "tanh", from("nowhere"))}, "in", "a"), {"'nowhere'"}},
           {sequential({layer("InputLayer", "in", R"("batch_shape": [null, 3, 2])"), last}),
            {"'in'", "one dimension", "found 2"}},
           {sequential({layer("Lambda", "double", R"("function": "x")"), last}),
            {"'double'", "'Lambda'"}},
           {sequential({layer("BatchNormalization", "bn"), last}), {"'bn'", "BatchNormalization"}},
           {sequential({layer("Dense", "own", R"("activation": "tanh")",
                              R"("module": "mine", "registered_name": "mine>Dense")"),
                        last}),
            {"'own'", "'mine>Dense'"}},
           {sequential({dense("a", "tanh"), dense("b", "relu"), last}),
            {"different activations", "'a' has tanh", "'b' relu"}},
           {sequential({dense("a", "linear"), layer("LeakyReLU", "l", R"("alpha": 0.1)"),
                        dense("b", "linear"), layer("LeakyReLU", "m", R"("alpha": 0.2)"), last}),
            {"different activations", "0.1", "0.2"}},
           {sequential({dense("a", "leaky_relu"), dense("z", "linear"),
                        layer("LeakyReLU", "l", R"("alpha": 0.1)")}),
            {"'z'", "another negative_slope"}},
           {sequential({dense("a", "linear"), layer("ReLU", "six", max_value), last}),
            {"'six'", "ReLU of these parameters"}},
           {sequential({dense("a", "linear"), layer("ReLU", "late", R"("threshold": 0.5)"), last}),
            {"'late'", "ReLU of these parameters"}},
           {sequential({dense("a", "linear"), layer("ELU", "half", R"("alpha": 0.5)"), last}),
            {"'half'", "ELU of these parameters"}},
           {sequential({dense("a", "linear"), layer("LeakyReLU", "none", ""), last}), {"'none'"}},
           {sequential({dense("a", "selu"), last}), {"'a'", "'selu'"}},
           {sequential({dense("a", R"({"class_name": "function", "config": "mine"})"), last}),
            {"'a'", "'mine'"}},
           {sequential({dense("a", R"({"value": ["4wEA", null, null]})"), last}),
            {"'a'", "lambda"}},
           {sequential(
                {dense("a", "tanh"), layer("Activation", "t", R"("activation": "tanh")"), last}),
            {"'t'", "second activation"}},
           {sequential({layer("Activation", "t", R"("activation": "tanh")"), last}),
            {"'t'", "ahead of the first dense layer"}},
           {sequential({dense("a", "tanh"), layer("Rescaling", "r", R"("scale": 2, "offset": 0)")}),
            {"a rescaling behind the activation"}},
           {sequential({layer("Rescaling", "r", R"("scale": "two")"), last}), {"'r'", "Rescaling"}},
           {sequential({layer("Rescaling", "r", R"("scale": [1, 2], "offset": [1, 2, 3])"), last}),
            {"'r'", "Rescaling"}},
           {sequential({layer("Rescaling", "r", R"("scale": [1, 2], "offset": 0)"),
                        layer("Rescaling", "s", R"("scale": [1, 2, 3], "offset": 0)"), last}),
            {"'s'", "another number of scales"}},
           {sequential({}), {"no dense layer"}},
           {R"({"class_name": "MyModel", "config": {}})", {"'MyModel'"}},
           {R"({"class_name": "Sequential"})", {"expected layers"}},
           {"[1, 2]", {"not an object"}},
           {"", {"not an object"}},
           {"\xff\xfe{", {"not an object"}}}) {
    CAPTURE(one.text);
    const KerasConfig config = parse_keras_config(one.text);
    CAPTURE(config.obstacle);
    REQUIRE_FALSE(config.obstacle.empty());
    REQUIRE(config.layers.empty());
    for (const char* part : one.parts) CHECK(contains(config.obstacle, part));
  }
}

TEST_CASE("a model_config of any bytes and depth gives layers or an obstacle") {
  std::string inner = sequential({dense("d", "tanh")}, "inner");
  inner.insert(inner.size() - 1, ", " + from("r"));
  const std::string sound =
      functional({kInput, dense("a", "tanh", from_tensor("in")),
                  layer("Rescaling", "r", R"("scale": [1, 2], "offset": 0.5)", from_tensor("a")),
                  inner, dense("b", "linear", from("inner"))},
                 "in", "b");
  REQUIRE(parse_keras_config(sound).obstacle == "");
  std::mt19937 random(4);
  for (int i = 0; i < 20'000; ++i) {
    std::string text = sound;
    for (unsigned k = random() % 4; k < 4; ++k) {
      const std::size_t at = random() % text.size();
      if (random() % 3 == 0) {
        text.erase(at, random() % 40);
      } else if (random() % 2 == 0) {
        text.insert(at, text.substr(random() % text.size(), random() % 60));
      } else {
        text[at] = "\"{}[],:0-e"[random() % 10];
      }
      if (text.empty()) break;
    }
    const KerasConfig config = parse_keras_config(text);
    if (config.obstacle.empty() == config.layers.empty()) FAIL(text);
  }
  for (const std::string open : {"[", "{\"config\":", "{\"args\":", "{\"value\":"}) {
    std::string deep;
    for (int i = 0; i < 200'000; ++i) deep += open;
    REQUIRE_FALSE(parse_keras_config(deep).obstacle.empty());
    std::string closed = "1";
    for (int i = 0; i < 20'000; ++i) closed = open + closed + (open == "[" ? "]" : "}");
    for (const std::string& text :
         {sequential({layer("Rescaling", "r", "\"scale\": " + closed), dense("a", "tanh")}),
          functional({kInput, dense("a", "tanh", "\"inbound_nodes\": [" + closed + "]")}, "in",
                     "a")}) {
      REQUIRE_FALSE(parse_keras_config(text).obstacle.empty());
    }
  }
  std::string nested = dense("a", "tanh");
  for (int i = 0; i < 100; ++i) nested = sequential({nested});
  REQUIRE(contains(parse_keras_config(nested).obstacle, "too deeply"));
}
