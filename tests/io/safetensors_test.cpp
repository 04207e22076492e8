#include "pinnscope/io/safetensors.hpp"

#include <cmath>
#include <limits>
#include <random>

#include "io/example_network.hpp"
#include "io/temporary_directory.hpp"
#include "support/test.hpp"

using namespace pinnscope;
using test::contains;

namespace {

/// A safetensors file of a header and numbers.
std::string file_of(const std::string& header, const std::string& numbers) {
  std::string bytes;
  for (std::size_t i = 0; i < 8; ++i) bytes += static_cast<char>((header.size() >> (8 * i)) & 255);
  return bytes + header + numbers;
}

const std::string kMetadata = R"({"__metadata__":{"format":"pinnscope"},)";
const std::string kWeight = R"("layers.0.weight":{"dtype":"F32","shape":[1,2],)";
const std::string kBias = R"("layers.0.bias":{"dtype":"F32","shape":[2],)";

/// Numbers 0, 1, 2, 3 as F32.
const std::string kNumbers("\0\0\0\0\0\0\x80?\0\0\0@\0\0@@", 16);

}  // namespace

TEST_CASE("safetensors round-trip bit for bit in both precisions, metadata included") {
  for (const Precision precision : {Precision::float32, Precision::float64}) {
    const test::TemporaryDirectory directory;
    NetworkWeights network = test::example_network(precision);
    network.hidden = Activation::sine;
    network.output = Activation::identity;
    network.metadata = {{"recipe", "burgers \"\\\n\xc3\xa9"}, {"seed", "7"}};
    REQUIRE(write_safetensors(directory.path("n"), network, precision).ok());
    NetworkWeights found;
    const FileStatus status = read_safetensors(directory.path("n"), found);
    INFO(status.message);
    REQUIRE(status.ok());
    REQUIRE(test::same_bits(found, network));
    REQUIRE(found.precision == precision);
    REQUIRE(found.hidden == Activation::sine);
    REQUIRE(found.output == Activation::identity);
    REQUIRE(found.metadata == network.metadata);
    REQUIRE(write_safetensors(directory.path("again"), found, precision).ok());
    REQUIRE(directory.read("again") == directory.read("n"));
  }
}

TEST_CASE("safetensors are written as the format says, row after row") {
  const test::TemporaryDirectory directory;
  NetworkWeights network;
  network.layers.push_back({arma::mat{{0, 1}}, arma::vec{2, 3}});
  REQUIRE(write_safetensors(directory.path("n"), network, Precision::float32).ok());
  std::string header = R"({"__metadata__":{"format":"pinnscope","widths":"1,2"},)" + kWeight +
                       R"("data_offsets":[0,8]},)" + kBias + R"("data_offsets":[8,16]}})";
  header.resize((header.size() + 7) / 8 * 8, ' ');
  REQUIRE(directory.read("n") == file_of(header, kNumbers));
}

TEST_CASE("tensors of other names are left out by name") {
  const test::TemporaryDirectory directory;
  const std::string header = kMetadata + kBias + R"("data_offsets":[0,8]},)" + kWeight +
                             R"("data_offsets":[8,16]},"x":{"dtype":"BF16","shape":[2],)"
                             R"("data_offsets":[16,20]}})";
  NetworkWeights network;
  const FileStatus status =
      read_safetensors(directory.write("n", file_of(header, kNumbers + "abcd")), network);
  INFO(status.message);
  REQUIRE(status.ok());
  REQUIRE(network.layers[0].weights(0, 1) == 3);
  REQUIRE(network.left_out.size() == 1);
  REQUIRE(network.left_out[0].name == "x");
}

namespace {

struct TorchTensor {
  std::string name;
  std::vector<std::size_t> shape;
  std::vector<float> numbers{};  // none: 1, 2, 3, ...
  std::string type = "F32";
};

/// A state_dict as safetensors.torch.save_file writes it.
std::string torch_file(const std::vector<TorchTensor>& tensors, const std::string& metadata = "") {
  std::string header = "{" + metadata;
  std::string numbers;
  for (const TorchTensor& tensor : tensors) {
    std::size_t count = 1;
    std::string shape;
    for (const std::size_t size : tensor.shape) {
      count *= size;
      shape += (shape.empty() ? "" : ",") + std::to_string(size);
    }
    const std::size_t begin = numbers.size();
    for (std::size_t i = 0; i < count; ++i) {
      const float number = tensor.numbers.empty() ? static_cast<float>(i + 1) : tensor.numbers[i];
      char bytes[4];
      std::memcpy(bytes, &number, 4);
      numbers.append(bytes, tensor.type == "F32" ? 4 : 2);
    }
    header += (header.size() > 1 && header.back() != ',' ? "," : "");
    header += "\"" + tensor.name + R"(":{"dtype":")" + tensor.type + R"(","shape":[)" + shape +
              R"(],"data_offsets":[)" + std::to_string(begin) + "," +
              std::to_string(numbers.size()) + "]}";
  }
  return file_of(header + "}", numbers);
}

}  // namespace

TEST_CASE("linear layers of PyTorch are read in the order of their numbers, turned round") {
  const test::TemporaryDirectory directory;
  std::vector<TorchTensor> tensors;
  for (const int l : {0, 10, 12, 2, 4, 6, 8}) {  // as names are sorted
    const std::string module = "net." + std::to_string(l);
    const std::size_t inputs = l == 0 ? 2 : 3;
    const std::size_t outputs = l == 12 ? 1 : 3;
    if (l != 4) tensors.push_back({module + ".bias", {outputs}});
    tensors.push_back({module + ".weight", {outputs, inputs}});
    tensors.back().numbers.assign(inputs * outputs, static_cast<float>(l));
  }
  tensors[1].numbers = {1, 2, 3, 4, 5, 6};
  NetworkWeights network;
  const FileStatus status = read_safetensors(directory.write("n", torch_file(tensors)), network);
  INFO(status.message);
  REQUIRE(status.ok());
  REQUIRE(network.widths() == std::vector<std::size_t>{2, 3, 3, 3, 3, 3, 3, 1});
  REQUIRE(test::same_bits(network.layers[0].weights, arma::mat{{1, 3, 5}, {2, 4, 6}}));
  REQUIRE(test::same_bits(network.layers[0].biases, arma::vec{1, 2, 3}));
  REQUIRE(test::same_bits(network.layers[2].biases, arma::vec(3)));
  for (std::size_t l = 1; l < 7; ++l) {
    REQUIRE(network.layers[l].weights(0, 0) == 2 * static_cast<double>(l));
  }
  REQUIRE_FALSE(network.hidden.has_value());
  REQUIRE(network.precision == Precision::float32);

  tensors[1].numbers[2] = std::numeric_limits<float>::infinity();
  const std::string diverged = directory.write("n", torch_file(tensors));
  REQUIRE(read_safetensors(diverged, network).code == StatusCode::not_finite);
  REQUIRE(read_safetensors(diverged, network, Numbers::any).ok());
  REQUIRE(std::isinf(network.layers[0].weights(0, 1)));
}

TEST_CASE("what a state_dict of PyTorch does not tell is refused") {
  struct Case {
    std::vector<TorchTensor> tensors;
    const char* message;
    std::string metadata = "";
  };
  const std::string pt = R"("__metadata__":{"format":"pt"},)";
  const std::vector<TorchTensor> square{
      {"0.bias", {2}}, {"0.weight", {2, 2}}, {"2.weight", {2, 2}}};
  const std::vector<TorchTensor> own{{"layers.0.bias", {3}}, {"layers.0.weight", {2, 3}}};
  for (const Case& one : std::vector<Case>{
           {square, "the shapes do not tell"},
           {{{"0.weight", {3, 2}}}, "the shapes do not tell"},
           {own, "fan_out x fan_in", pt},
           {own, "fan_out x fan_in"},
           {{{"fc1.weight", {3, 2}}, {"out.weight", {1, 3}}}, "order is unknown", pt},
           {{{"0.weight", {3, 2}}, {"1.weight", {3}}}, "tensor '1.weight'", pt},
           {{{"0.weight", {3, 2}}, {"1.running_mean", {3}}}, "tensor '1.running_mean'", pt},
           {{{"0.weight", {3, 2, 1}}}, "tensor '0.weight'", pt},
           {{{"0.weight", {3, 2}}, {"2.bias", {1}}}, "a weight of the same layer", pt},
           {{{"0.weight", {3, 2}}, {"2.weight", {1, 4}}}, "fan_out x fan_in", pt},
           {{{"0.weight", {3, 2}, {}, "BF16"}}, "'BF16'", pt}}) {
    CAPTURE(one.message);
    const test::TemporaryDirectory directory;
    NetworkWeights network;
    const FileStatus status =
        read_safetensors(directory.write("n", torch_file(one.tensors, one.metadata)), network);
    INFO(status.message);
    CHECK_FALSE(status.ok());
    CHECK(contains(status.message, one.message));
    CHECK(test::one_line(status.message));
    CHECK(network.layers.empty());
  }
  const test::TemporaryDirectory directory;
  NetworkWeights network;
  REQUIRE(read_safetensors(directory.write("n", torch_file(square, pt)), network).ok());
  REQUIRE(test::same_bits(network.layers[1].weights, arma::mat{{1, 3}, {2, 4}}));
}

TEST_CASE("broken safetensors are refused with file and place and leave the target") {
  const std::string weight = kWeight + R"("data_offsets":[0,8]},)";
  const std::string bias = kBias + R"("data_offsets":[8,16]}})";
  const auto bias_as = [](const std::string& type, const std::string& shape,
                          const std::string& offsets, const std::string& more = "}") {
    return R"("layers.0.bias":{"dtype":)" + type + R"(,"shape":)" + shape + R"(,"data_offsets":)" +
           offsets + "}" + more;
  };
  const std::string sound = kMetadata + weight + bias;
  std::string huge = file_of(sound, kNumbers);
  huge[7] = '\x7f';
  std::string nan = kNumbers;
  nan[6] = nan[7] = '\x7f';
  nan[6] = '\xc0';
  struct Broken {
    std::string bytes;
    StatusCode code;
    const char* message;
  };
  const StatusCode bad = StatusCode::bad_file;
  const StatusCode shape = StatusCode::shape_mismatch;
  const StatusCode unsupported = StatusCode::unsupported;
  for (const Broken& broken : std::vector<Broken>{
           {"", bad, "8 bytes of header length, found 0"},
           {huge, bad, "byte 0: expected a header length of at most"},
           {file_of("", ""), bad, "byte 8"},
           {file_of("[1]", ""), bad, "byte 8"},
           {file_of(sound.substr(1), kNumbers), bad, "byte 8"},
           {file_of("{}", ""), unsupported, "__metadata__"},
           {file_of(R"({"__metadata__":{"format":"pt"}})", ""), unsupported, "layers of PyTorch"},
           {file_of(R"({"__metadata__":{"format":"flax"}})", ""), unsupported, "'flax'"},
           {file_of(R"({"__metadata__":[1]})", ""), bad, "__metadata__"},
           {file_of(R"({"__metadata__":{"format":3}})", ""), bad, "'format'"},
           {file_of(R"({"__metadata__":{"format":"pinnscope"}})", ""), StatusCode::empty_input,
            "at least one layer"},
           {file_of(R"({"__metadata__":{"format":"pinnscope","activation":"cubic"}})", ""),
            unsupported, "'cubic'"},
           {file_of(R"({"__metadata__":{"format":"pinnscope","widths":"2,2"},)" + weight + bias,
                    kNumbers),
            shape, "'1,2'"},
           {file_of(kMetadata + weight + weight + bias, kNumbers), bad, "twice"},
           {file_of(sound, kNumbers + "x"), bad, "expected 16 bytes of numbers, found 17"},
           {file_of(sound, kNumbers.substr(1)), bad, "within 15 bytes"},
           {file_of(kMetadata + weight + bias_as("\"F32\"", "[2]", "[4,12]"), kNumbers), bad,
            "start at byte 8"},
           {file_of(kMetadata + weight + bias_as("\"F32\"", "[1]", "[12,16]"), kNumbers), bad,
            "start at byte 8"},
           {file_of(kMetadata + weight + bias_as("\"F32\"", "[2]", "[16,8]"), kNumbers), bad,
            "'layers.0.bias'"},
           {file_of(kMetadata + weight + bias_as("\"F32\"", "[3]", "[8,16]"), kNumbers), shape,
            "12 bytes for F32 of 3, found 8"},
           {file_of(kMetadata + weight + bias_as("\"F64\"", "[1]", "[8,16]"), kNumbers), shape,
            "2 numbers for weights of 1 x 2, found 1"},
           {file_of(kMetadata + weight + bias_as("\"F32\"", "[2,1]", "[8,16]"), kNumbers), shape,
            "found 2 x 1"},
           {file_of(kMetadata + weight + bias_as("\"F32\"", "[4294967296,4294967296,2]", "[8,16]"),
                    kNumbers),
            shape, "'layers.0.bias'"},
           {file_of(kMetadata + weight + bias_as("\"I32\"", "[2]", "[8,16]"), kNumbers),
            unsupported, "F32 or F64, found 'I32'"},
           {file_of(kMetadata + weight + bias_as("3", "[2]", "[8,16]"), kNumbers), bad, "dtype"},
           {file_of(kMetadata + weight + bias_as("\"F32\"", "[-2]", "[8,16]"), kNumbers), bad,
            "shape"},
           {file_of(kMetadata + weight + bias_as("\"F32\"", "[2]", "[8]"), kNumbers), bad,
            "data_offsets"},
           {file_of(kMetadata + weight + R"("layers.0.bias":1})", kNumbers), bad, "description"},
           {file_of(kMetadata + weight +
                        R"("layers.1.bias":{"dtype":"F32","shape":[2],)"
                        R"("data_offsets":[8,16]}})",
                    kNumbers),
            bad, "'layers.0.bias'"},
           {file_of(sound, nan), StatusCode::not_finite, "layer 0"}}) {
    CAPTURE(broken.message);
    const test::TemporaryDirectory directory;
    NetworkWeights network = test::example_network(Precision::float64);
    const std::string path = directory.write("n.safetensors", broken.bytes);
    const FileStatus status = read_safetensors(path, network);
    INFO(status.message);
    CHECK(status.code == broken.code);
    CHECK(contains(status.message, path));
    CHECK(contains(status.message, broken.message));
    CHECK(test::one_line(status.message));
    CHECK(test::same_bits(network, test::example_network(Precision::float64)));
    const bool numbers_alone = broken.code == StatusCode::not_finite;
    CHECK(read_safetensors(path, network, Numbers::any).ok() == numbers_alone);
  }
}

TEST_CASE("safetensors truncated at any byte are refused") {
  const test::TemporaryDirectory directory;
  const NetworkWeights sound = test::example_network(Precision::float32);
  REQUIRE(write_safetensors(directory.path("n"), sound, Precision::float32).ok());
  const std::string bytes = directory.read("n");
  std::size_t accepted = 0;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    NetworkWeights network;
    const std::string path = directory.write("cut", bytes.substr(0, size));
    if (read_safetensors(path, network).ok()) ++accepted;
  }
  REQUIRE(accepted == 0);
}

TEST_CASE("mutated safetensors are read or refused") {
  const test::TemporaryDirectory directory;
  const NetworkWeights sound = test::example_network(Precision::float32);
  REQUIRE(write_safetensors(directory.path("n"), sound, Precision::float32).ok());
  const std::string bytes = directory.read("n");
  std::mt19937 random(2);
  int refused = 0;
  for (int i = 0; i < 2000; ++i) {
    std::string mutated = bytes;
    mutated[random() % bytes.size()] = static_cast<char>(random() % 256);
    NetworkWeights network;
    const FileStatus status = read_safetensors(directory.write("m", mutated), network);
    if (status.ok() == network.layers.empty()) FAIL("a failure must leave the target");
    if (!status.ok()) refused += test::one_line(status.message) ? 1 : 100000;
  }
  REQUIRE(refused > 0);
  REQUIRE(refused < 2000);
}

TEST_CASE("networks that safetensors cannot hold are not written") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.path("n");
  REQUIRE(write_safetensors(path, {}, Precision::float64).code == StatusCode::empty_input);
  NetworkWeights network = test::example_network(Precision::float64);
  network.metadata["format"] = "mine";
  REQUIRE(write_safetensors(path, network, Precision::float64).code == StatusCode::out_of_range);
  network.metadata = {{"note", "\xff"}};
  REQUIRE_FALSE(write_safetensors(path, network, Precision::float64).ok());
  network.metadata.clear();
  network.layers[0].biases(0) = 1e39;
  REQUIRE(write_safetensors(path, network, Precision::float32).code == StatusCode::out_of_range);
  REQUIRE(directory.files() == 0);
}
