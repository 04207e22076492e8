#include "pinnscope/io/keras_h5.hpp"

#include <hdf5.h>

#include <random>

#include "io/example_network.hpp"
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
    if (variable) {
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
