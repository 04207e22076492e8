#include "pinnscope/io/keras_h5.hpp"

#include <hdf5.h>

#include <random>

#include "io/example_network.hpp"
#include "io/network_value.hpp"
#include "io/temporary_directory.hpp"
#include "support/test.hpp"

using namespace pinnscope;
using test::contains;

namespace {

/// An HDF5 file in the making.
class H5Writer {
 public:
  explicit H5Writer(const std::string& path)
      : file_(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)),
        links_(H5Pcreate(H5P_LINK_CREATE)) {
    H5Pset_create_intermediate_group(links_, 1);
  }
  ~H5Writer() {
    H5Pclose(links_);
    H5Fclose(file_);
  }
  H5Writer(const H5Writer&) = delete;
  H5Writer& operator=(const H5Writer&) = delete;

  void group(const std::string& path) {
    H5Gclose(H5Gcreate2(file_, path.c_str(), links_, H5P_DEFAULT, H5P_DEFAULT));
  }

  /// Writes numbers, given row after row.
  void dataset(const std::string& path, const std::vector<hsize_t>& shape,
               const std::vector<double>& numbers, hid_t type = H5T_IEEE_F32LE) {
    const hid_t space = H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
    const hid_t data =
        H5Dcreate2(file_, path.c_str(), type, space, links_, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(data, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers.data());
    H5Dclose(data);
    H5Sclose(space);
  }

  /// Writes an attribute that is one text, of variable length or of its own.
  void text(const std::string& path, const char* name, const std::string& value, bool variable) {
    const hid_t object = H5Oopen(file_, path.c_str(), H5P_DEFAULT);
    const hid_t space = H5Screate(H5S_SCALAR);
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, variable ? H5T_VARIABLE : value.size());
    const hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    const char* pointer = value.c_str();
    if (variable) {
      H5Awrite(attribute, type, &pointer);
    } else {
      H5Awrite(attribute, type, value.data());
    }
    H5Aclose(attribute);
    H5Tclose(type);
    H5Sclose(space);
    H5Oclose(object);
  }

  /// Writes an attribute of texts, of variable length or padded to one.
  void texts(const std::string& path, const char* name, const std::vector<std::string>& values,
             bool variable) {
    constexpr std::size_t kLength = 24;
    const hid_t object = H5Oopen(file_, path.c_str(), H5P_DEFAULT);
    const hsize_t count = values.size();
    const hid_t space = H5Screate_simple(1, &count, nullptr);
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, variable ? H5T_VARIABLE : kLength);
    const hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    std::vector<const char*> pointers;
    std::string padded;
    for (const std::string& value : values) {
      pointers.push_back(value.c_str());
      padded += value + std::string(kLength - value.size(), '\0');
    }
    if (values.empty()) {
      // there is nothing to write
    } else if (variable) {
      H5Awrite(attribute, type, pointers.data());
    } else {
      H5Awrite(attribute, type, padded.data());
    }
    H5Aclose(attribute);
    H5Tclose(type);
    H5Sclose(space);
    H5Oclose(object);
  }

 private:
  hid_t file_;
  hid_t links_;
};

/// A Keras 2 file of layers 2-3-1: "b_first" before "a_second".
void write_listed(const std::string& path, const std::string& base, bool variable,
                  const std::vector<std::string>& more = {}) {
  H5Writer file(path);
  file.dataset(base + "b_first/b_first/kernel:0", {2, 3}, {1, 2, 3, 4, 5, 6});
  file.dataset(base + "b_first/b_first/bias:0", {3}, {7, 8, 9});
  file.dataset(base + "a_second/a_second/kernel:0", {3, 1}, {1, 2, 3});
  file.dataset(base + "a_second/a_second/bias:0", {1}, {0.1});
  file.texts(base, "layer_names", {"b_first", "a_second"}, variable);
  std::vector<std::string> names{"b_first/kernel:0", "b_first/bias:0"};
  for (const std::string& name : more) {
    file.dataset(base + "b_first/" + name, {3}, {1, 1, 1});
    names.push_back(name);
  }
  file.texts(base + "b_first", "weight_names", names, variable);
  file.texts(base + "a_second", "weight_names", {"a_second/kernel:0", "a_second/bias:0"}, variable);
}

}  // namespace

namespace {

/// A dense layer of a whole model: its weights, row after row, and its entry in model_config.
struct ModelLayer {
  std::string name;
  std::string entry;
  std::vector<hsize_t> shape{};  // of the kernel; none without weights
  std::vector<double> kernel{};
  std::vector<double> biases{};  // none: the layer has none
};

std::string dense_entry(const std::string& name, std::size_t units, const std::string& activation,
                        const std::string& source = "", bool biases = true) {
  return R"({"class_name": "Dense", "config": {"name": ")" + name + R"(", "units": )" +
         std::to_string(units) + R"(, "activation": ")" + activation + R"(", "use_bias": )" +
         (biases ? "true" : "false") + R"(}, "inbound_nodes": [[[")" + source +
         R"(", 0, 0, {}]]]})";
}

/// Two layers 2-3-1 of `activation`.
std::vector<ModelLayer> two_layers(const std::string& activation) {
  return {{"b_first",
           dense_entry("b_first", 3, activation),
           {2, 3},
           {1, -2, 3, 0.5, -1, 0},
           {0.25, 0, -1}},
          {"a_second", dense_entry("a_second", 1, "linear"), {3, 1}, {1, -2, 0.5}, {0.5}}};
}

/// A file as model.save() writes it, or its weights alone.
void write_model(const std::string& path, const std::vector<ModelLayer>& layers,
                 const std::string& config, const std::string& base = "/model_weights/",
                 bool variable = true) {
  H5Writer file(path);
  std::vector<std::string> names;
  for (const ModelLayer& layer : layers) {
    names.push_back(layer.name);
    const std::string group = base + layer.name;
    std::vector<std::string> weights;
    if (!layer.kernel.empty()) {
      weights.push_back(layer.name + "/kernel:0");
      file.dataset(group + "/" + weights.back(), layer.shape, layer.kernel, H5T_IEEE_F64LE);
    }
    if (!layer.biases.empty()) {
      weights.push_back(layer.name + "/bias:0");
      file.dataset(group + "/" + weights.back(), {layer.biases.size()}, layer.biases,
                   H5T_IEEE_F64LE);
    }
    if (weights.empty()) file.group(group);
    file.texts(group, "weight_names", weights, true);
  }
  file.texts(base, "layer_names", names, true);
  if (!config.empty()) file.text("/", "model_config", config, variable);
}

std::string sequential(const std::vector<ModelLayer>& layers) {
  std::string entries;
  for (const ModelLayer& layer : layers) entries += (entries.empty() ? "" : ", ") + layer.entry;
  return R"({"class_name": "Sequential", "config": {"name": "s", "layers": [)" + entries + "]}}";
}

const std::string kRescaling =
    R"({"class_name": "Rescaling", "config": {"name": "rescaling", "scale": [2, 0.5], "offset": [-1, 0.25]}})";
const std::string kInput =
    R"({"class_name": "InputLayer", "config": {"name": "in"}, "inbound_nodes": []})";

}  // namespace

TEST_CASE("a whole Keras model is evaluated with its activation and rescaling") {
  const test::TemporaryDirectory directory;
  std::vector<ModelLayer> layers = two_layers("tanh");
  layers.insert(layers.begin(), {"rescaling", kRescaling});
  for (const bool variable : {true, false}) {
    write_model(directory.path("k.h5"), layers, sequential(layers), "/model_weights/", variable);
    NetworkWeights network;
    const FileStatus status = read_keras_h5(directory.path("k.h5"), network);
    INFO(status.message);
    REQUIRE(status.ok());
    REQUIRE(network.hidden == Activation::tanh);
    REQUIRE(network.output == Activation::identity);
    REQUIRE(test::same_bits(network.layers[0].weights, arma::mat{{1, -2, 3}, {0.5, -1, 0}}));
    for (const double x : {-0.7, 0.2}) {
      const double t = 0.6;
      const double s = 2 * x - 1;
      const double r = 0.5 * t + 0.25;
      const double u = std::tanh(s + 0.5 * r + 0.25) - 2 * std::tanh(-2 * s - r) +
                       0.5 * std::tanh(3 * s - 1) + 0.5;
      REQUIRE(std::fabs(test::value_at(network, x, t) - u) <= 1e-15 * 4);
    }
  }
}

TEST_CASE("a functional chain is read in its own order, whatever that of the file") {
  const test::TemporaryDirectory directory;
  std::vector<ModelLayer> layers = two_layers("");
  std::swap(layers[0], layers[1]);
  write_model(directory.path("k.h5"), layers,
              R"({"class_name": "Functional", "config": {"layers": [)" + kInput + ", " +
                  dense_entry("a_second", 1, "linear", "b_first") + ", " +
                  dense_entry("b_first", 3, "relu", "in") +
                  R"(], "input_layers": [["in", 0, 0]], "output_layers": [["a_second", 0, 0]]}})");
  NetworkWeights network;
  const FileStatus status = read_keras_h5(directory.path("k.h5"), network);
  INFO(status.message);
  REQUIRE(status.ok());
  REQUIRE(network.widths() == std::vector<std::size_t>{2, 3, 1});
  REQUIRE(test::value_at(network, 1, 2) == 2.25 + 0 + 0.5 * 2 + 0.5);
}

TEST_CASE("weights of a network that cannot be computed are read, and its values are refused") {
  const test::TemporaryDirectory directory;
  const std::string add = R"({"class_name": "Add", "config": {"name": "add"}, "inbound_nodes": )"
                          R"([[["in", 0, 0, {}], ["b_first", 0, 0, {}]]]})";
  const std::string graph =
      R"({"class_name": "Functional", "config": {"layers": [)" + kInput + ", " + add + ", " +
      dense_entry("b_first", 3, "relu", "in") + ", " + dense_entry("a_second", 1, "linear", "add") +
      R"(], "input_layers": [["in", 0, 0]], "output_layers": [["a_second", 0, 0]]}})";
  std::vector<ModelLayer> layers = two_layers("");
  write_model(directory.path("skip.h5"), layers, graph);
  NetworkWeights network;
  REQUIRE(read_keras_h5(directory.path("skip.h5"), network).ok());
  REQUIRE(network.widths() == std::vector<std::size_t>{2, 3, 1});
  SavedNetwork<double> made;
  FileStatus status = made.take(network, "skip.h5");
  REQUIRE(status.code == StatusCode::unsupported);
  REQUIRE(contains(status.message, "skip.h5: layer 'add': a skip connection"));
  network.hidden = Activation::relu;  // what --activation says does not help
  REQUIRE(made.take(network, "skip.h5").code == StatusCode::unsupported);

  layers[1] = {"a_second", "", {5, 1}, {1, 1, 1, 1, 1}, {0}};  // behind a Concatenate: no chain
  write_model(directory.path("wide.h5"), layers, graph);
  status = read_keras_h5(directory.path("wide.h5"), network);
  REQUIRE(status.code == StatusCode::unsupported);
  REQUIRE(contains(status.message, "layer 'add': a skip connection"));
}

TEST_CASE("weights that the model_config does not describe are refused") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.path("k.h5");
  const std::vector<ModelLayer> sound = two_layers("tanh");
  const auto message_of = [&](std::vector<ModelLayer> layers, const std::string& config) {
    write_model(path, layers, config);
    NetworkWeights network;
    const FileStatus status = read_keras_h5(path, network);
    REQUIRE_FALSE(status.ok());
    REQUIRE(network.layers.empty());
    return status.message;
  };
  REQUIRE(contains(message_of({sound[0]}, sequential(sound)), "layer 'a_second'"));
  REQUIRE(contains(message_of(sound, sequential({sound[0]})), "a_second/kernel:0"));
  std::vector<ModelLayer> changed = sound;
  changed[1].biases.clear();
  REQUIRE(contains(message_of(changed, sequential(sound)), "expected biases beside it"));
  changed = sound;
  changed[1].entry = dense_entry("a_second", 1, "linear", "", false);
  REQUIRE(contains(message_of(sound, sequential(changed)), "expected no biases"));
  changed[1].entry = dense_entry("a_second", 2, "linear");
  REQUIRE(contains(message_of(sound, sequential(changed)), "expected 2 columns"));
  changed = sound;
  changed.insert(
      changed.begin(),
      {"r", R"({"class_name": "Rescaling", "config": {"name": "r", "scale": [1, 2, 3]}})"});
  REQUIRE(contains(message_of(changed, sequential(changed)), "a rescaling of 2 inputs"));
}

TEST_CASE("a Keras layer without biases has zeros") {
  const test::TemporaryDirectory directory;
  std::vector<ModelLayer> layers = two_layers("tanh");
  layers[0].biases.clear();
  layers[0].entry = dense_entry("b_first", 3, "tanh", "", false);
  for (const std::string& config : {sequential(layers), std::string()}) {
    write_model(directory.path("k.h5"), layers, config);
    NetworkWeights network;
    const FileStatus status = read_keras_h5(directory.path("k.h5"), network);
    INFO(status.message);
    REQUIRE(status.ok());
    REQUIRE(test::same_bits(network.layers[0].biases, arma::vec(3)));
    REQUIRE(network.hidden.has_value() == !config.empty());
  }
}

TEST_CASE("layers without weights that no model_config describes are an obstacle by their names") {
  const test::TemporaryDirectory directory;
  struct Case {
    const char* name;
    std::size_t place;  // among the two dense layers
    bool good;
  };
  for (const Case& one : {Case{"rescaling", 0, false},
                          {"add_1", 1, false},
                          {"lambda", 2, false},
                          {"input_1", 0, true},
                          {"dropout_3", 1, true},
                          {"activation", 1, true},
                          {"activation_1", 2, false}}) {
    CAPTURE(one.name);
    std::vector<ModelLayer> layers = two_layers("");
    layers.insert(layers.begin() + static_cast<std::ptrdiff_t>(one.place), {one.name, ""});
    write_model(directory.path("k.h5"), layers, "", "/");
    NetworkWeights network;
    const FileStatus status = read_keras_h5(directory.path("k.h5"), network);
    INFO(status.message);
    REQUIRE(status.ok());
    REQUIRE_FALSE(network.hidden.has_value());
    REQUIRE(network.obstacle.empty() == one.good);
    REQUIRE(one.good == !contains(network.obstacle, std::string("'") + one.name + "'"));
  }
  std::vector<ModelLayer> layers = two_layers("");
  layers.insert(layers.begin(), {"a\x1b[2J\nb", ""});
  write_model(directory.path("k.h5"), layers, "", "/");
  NetworkWeights named;
  REQUIRE(read_keras_h5(directory.path("k.h5"), named).ok());
  REQUIRE(contains(named.obstacle, "'a\\x1b[2J\\nb'"));
  for (const bool good : {true, false}) {
    {
      H5Writer file(directory.path("k.weights.h5"));
      file.dataset("layers/dense/vars/0", {2, 1}, {1, 1});
      file.group(good ? "layers/dropout/vars" : "layers/rescaling/vars");
      file.group("layers/input_layer/vars");
    }
    NetworkWeights network;
    REQUIRE(read_keras_h5(directory.path("k.weights.h5"), network).ok());
    REQUIRE(network.obstacle.empty() == good);
  }
}

TEST_CASE("Keras 2 layers are read in the order of their list, wherever it is") {
  const test::TemporaryDirectory directory;
  for (const std::string base : {"/", "/model_weights/"}) {
    for (const bool variable : {true, false}) {
      CAPTURE(base, variable);
      write_listed(directory.path("k.h5"), base, variable);
      NetworkWeights network;
      const FileStatus status = read_keras_h5(directory.path("k.h5"), network);
      INFO(status.message);
      REQUIRE(status.ok());
      REQUIRE(network.widths() == std::vector<std::size_t>{2, 3, 1});
      REQUIRE(network.layers[0].weights(1, 0) == 4);
      REQUIRE(network.layers[0].biases(2) == 9);
      REQUIRE(network.layers[1].biases(0) == static_cast<double>(0.1f));
      REQUIRE(network.precision == Precision::float32);
    }
  }
}

TEST_CASE("Keras 3 layers are read in the order of their numbers") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.path("k.weights.h5");
  {
    H5Writer file(path);
    for (int l = 0; l < 12; ++l) {
      std::string layer = "layers/dense";
      if (l > 0) layer.append("_").append(std::to_string(l));
      layer.append("/vars/");
      file.dataset(layer + "0", {1, 1}, {l + 0.1}, H5T_IEEE_F64BE);
      file.dataset(layer + "1", {1}, {100.0 + l}, H5T_IEEE_F64LE);
    }
    file.group("layers/input_layer/vars");
    file.dataset("optimizer/vars/0", {1}, {1});
  }
  NetworkWeights network;
  const FileStatus status = read_keras_h5(path, network);
  INFO(status.message);
  REQUIRE(status.ok());
  REQUIRE(network.layers.size() == 12);
  for (std::size_t l = 0; l < 12; ++l) {
    REQUIRE(network.layers[l].weights(0, 0) == static_cast<double>(l) + 0.1);
    REQUIRE(network.layers[l].biases(0) == 100.0 + static_cast<double>(l));
  }
  REQUIRE(network.precision == Precision::float64);
  REQUIRE(network.left_out.size() == 1);
  REQUIRE(network.left_out[0].name == "optimizer/vars/0");
}

TEST_CASE("Keras weights that would make it another network are refused") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.path("k.h5");
  write_listed(path, "/", true, {"b_first/gamma:0"});
  NetworkWeights network = test::example_network(Precision::float64);
  FileStatus status = read_keras_h5(path, network);
  INFO(status.message);
  REQUIRE(status.code == StatusCode::unsupported);
  REQUIRE(contains(status.message, path));
  REQUIRE(contains(status.message, "gamma:0"));
  H5Writer(path).dataset("layers/batch_normalization/vars/2", {1}, {1});
  REQUIRE(read_keras_h5(path, network).code == StatusCode::unsupported);
  {
    H5Writer file(path);
    for (const std::string layer : {"layers/dense/vars/", "layers/other/vars/"}) {
      file.dataset(layer + "0", {1, 1}, {1});
      file.dataset(layer + "1", {1}, {1});
    }
  }
  status = read_keras_h5(path, network);
  REQUIRE(status.code == StatusCode::unsupported);
  REQUIRE(contains(status.message, "order is unknown"));
  REQUIRE(test::same_bits(network, test::example_network(Precision::float64)));
}

TEST_CASE("broken Keras layers are refused with file, dataset and shapes") {
  struct Broken {
    std::vector<hsize_t> kernel;
    std::vector<hsize_t> bias;
    hid_t type;
    double number;
    StatusCode code;
    std::vector<const char*> message;
  };
  const double infinity = std::numeric_limits<double>::infinity();
  for (const Broken& broken : std::vector<Broken>{
           {{2, 3}, {2}, H5T_IEEE_F32LE, 1, StatusCode::shape_mismatch, {"2 x 3", "found 2"}},
           {{2, 3, 1}, {3}, H5T_IEEE_F32LE, 1, StatusCode::shape_mismatch, {"found 3"}},
           {{2, 3}, {3, 1}, H5T_IEEE_F32LE, 1, StatusCode::shape_mismatch, {"found 2"}},
           {{2, 0}, {0}, H5T_IEEE_F32LE, 1, StatusCode::empty_input, {"vars/0"}},
           {{2, 3}, {3}, H5T_STD_I32LE, 1, StatusCode::unsupported, {"float32 or float64"}},
           {{2, 3}, {3}, H5T_IEEE_F32LE, infinity, StatusCode::not_finite, {"layer 0"}}}) {
    CAPTURE(broken.message.front());
    const test::TemporaryDirectory directory;
    const std::string path = directory.path("k.h5");
    {
      H5Writer file(path);
      const std::vector<double> numbers(6, broken.number);
      file.dataset("layers/dense/vars/0", broken.kernel, numbers, broken.type);
      file.dataset("layers/dense/vars/1", broken.bias, numbers, broken.type);
    }
    NetworkWeights network;
    const FileStatus status = read_keras_h5(path, network);
    INFO(status.message);
    CHECK(status.code == broken.code);
    CHECK(contains(status.message, path));
    for (const char* part : broken.message) CHECK(contains(status.message, part));
    CHECK(network.layers.empty());
    const bool numbers_alone = broken.code == StatusCode::not_finite;
    CHECK(read_keras_h5(path, network, Numbers::any).ok() == numbers_alone);
  }
}

TEST_CASE("files that are no Keras weights are refused") {
  const test::TemporaryDirectory directory;
  NetworkWeights network;
  REQUIRE(read_keras_h5(directory.path("none.h5"), network).code == StatusCode::bad_file);
  REQUIRE(read_keras_h5(directory.write("t.h5", "text"), network).code == StatusCode::bad_file);
  H5Writer(directory.path("e.h5")).group("empty");
  REQUIRE(read_keras_h5(directory.path("e.h5"), network).code == StatusCode::unsupported);
}

TEST_CASE("a model_config that is not one text is an obstacle") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.path("k.h5");
  write_listed(path, "/", true);
  {
    const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    const hid_t space = H5Screate(H5S_SCALAR);
    H5Aclose(H5Acreate2(file, "model_config", H5T_NATIVE_INT, space, H5P_DEFAULT, H5P_DEFAULT));
    H5Sclose(space);
    H5Fclose(file);
  }
  NetworkWeights network;
  REQUIRE(read_keras_h5(path, network).ok());
  REQUIRE(contains(network.obstacle, "model_config"));
}

TEST_CASE("Keras files with an undefined address, wherever it stands, are read or refused") {
  const test::TemporaryDirectory directory;
  write_listed(directory.path("k.h5"), "/model_weights/", false);
  const std::string bytes = directory.read("k.h5");
  int refused = 0;
  for (std::size_t at = 0; at + 8 <= bytes.size(); at += 24) {
    std::string damaged = bytes;
    damaged.replace(at, 8, 8, '\xff');
    NetworkWeights network;
    const FileStatus status = read_keras_h5(directory.write("m.h5", damaged), network);
    if (status.ok() == network.layers.empty()) FAIL("a failure must leave the target");
    if (!status.ok()) refused += test::one_line(status.message) ? 1 : 100000;
  }
  REQUIRE(refused > 10);
  REQUIRE(refused < 1000);
}

TEST_CASE("truncated and mutated Keras files are read or refused") {
  const test::TemporaryDirectory directory;
  write_listed(directory.path("k.h5"), "/", false);
  const std::string bytes = directory.read("k.h5");
  std::mt19937 random(3);
  int refused = 0;
  for (std::size_t i = 0; i < 500; ++i) {
    std::string mutated = bytes;
    if (i % 10 == 0) {
      mutated.resize(random() % bytes.size());
    } else {
      mutated[random() % bytes.size()] = static_cast<char>(random() % 256);
    }
    NetworkWeights network;
    const FileStatus status = read_keras_h5(directory.write("m.h5", mutated), network);
    if (status.ok() == network.layers.empty()) FAIL("a failure must leave the target");
    if (!status.ok()) refused += test::one_line(status.message) ? 1 : 100000;
  }
  REQUIRE(refused > 0);
  REQUIRE(refused < 500);
}

TEST_CASE("a small file that asks for much memory is refused and not given it") {
  // A kernel of 2 x 3 numbers in one compressed chunk of 5000 x 5000: 100 MB in some 100 kB.
  const test::TemporaryDirectory directory;
  const std::string path = directory.path("x.weights.h5");
  {
    const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    const hid_t links = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_create_intermediate_group(links, 1);
    const hid_t created = H5Pcreate(H5P_DATASET_CREATE);
    const hsize_t chunk[]{5000, 5000};
    H5Pset_chunk(created, 2, chunk);
    H5Pset_deflate(created, 9);
    const hsize_t shape[]{2, 3};
    const hsize_t most[]{H5S_UNLIMITED, H5S_UNLIMITED};
    const hid_t space = H5Screate_simple(2, shape, most);
    const hid_t data =
        H5Dcreate2(file, "layers/dense/vars/0", H5T_IEEE_F32LE, space, links, created, H5P_DEFAULT);
    const double numbers[6]{1, 2, 3, 4, 5, 6};
    H5Dwrite(data, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers);
    H5Dclose(data);
    H5Sclose(space);
    H5Pclose(created);
    H5Pclose(links);
    H5Fclose(file);
  }
  REQUIRE(std::filesystem::file_size(path) < 400'000);
  NetworkWeights network;
  const FileStatus status = read_keras_h5(path, network);
  REQUIRE(status.code == StatusCode::bad_file);
  REQUIRE(test::one_line(status.message));
  REQUIRE(network.layers.empty());
}
