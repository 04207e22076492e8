#include "pinnscope/io/text_weights.hpp"

#include <map>
#include <random>

#include "io/example_network.hpp"
#include "io/temporary_directory.hpp"
#include "support/test.hpp"

using namespace pinnscope;
using test::contains;

namespace {

using Files = std::map<std::string, std::string>;

/// A sound network 2-3-1.
const Files kSound{{"weights_a_layer0.txt", "# W\n1 2 3\n4 5 6\n"},
                   {"biases_a_layer0.txt", "7 8 9\n"},
                   {"weights_a_layer1.txt", "1\n2\n3\n"},
                   {"biases_a_layer1.txt", "0.1\n"}};

void write(const test::TemporaryDirectory& directory, const Files& files) {
  for (const auto& [name, content] : files) directory.write(name, content);
}

}  // namespace

TEST_CASE("text weights round-trip bit for bit in both precisions") {
  for (const Precision precision : {Precision::float32, Precision::float64}) {
    const test::TemporaryDirectory directory;
    const NetworkWeights network = test::example_network(precision);
    REQUIRE(write_text_weights(directory.path("net"), network, precision).ok());
    NetworkWeights found;
    const FileStatus status = read_text_weights(directory.path("net"), found);
    INFO(status.message);
    REQUIRE(status.ok());
    REQUIRE(found.precision == precision);
    REQUIRE(test::same_bits(found, network));
  }
}

TEST_CASE("text weights are read with comments, carriage returns and biases in a column") {
  const test::TemporaryDirectory directory;
  write(directory, kSound);
  directory.write("biases_a_layer0.txt", "# b\r\n7\r\n8\r\n9\r\n");
  directory.write("notes.txt", "not weights");
  NetworkWeights network;
  const FileStatus status = read_text_weights(directory.path(), network);
  INFO(status.message);
  REQUIRE(status.ok());
  REQUIRE(network.widths() == std::vector<std::size_t>{2, 3, 1});
  REQUIRE(network.layers[0].weights(1, 0) == 4);
  REQUIRE(network.layers[0].biases(2) == 9);
  REQUIRE(network.precision == Precision::float64);  // too few digits to tell
  REQUIRE(network.layers[1].biases(0) == 0.1);
}

TEST_CASE("text weights may have tabs, commas, a byte order mark and comments in their lines") {
  const test::TemporaryDirectory directory;
  write(directory, kSound);
  directory.write("weights_a_layer0.txt", "\xef\xbb\xbf# W\r\n1\t2\t3 # row 0\r\n4, 5, 6.0\r\n");
  directory.write("biases_a_layer0.txt", "7,8,9#b\n");
  NetworkWeights network;
  const FileStatus status = read_text_weights(directory.path(), network);
  INFO(status.message);
  REQUIRE(status.ok());
  REQUIRE(test::same_bits(network.layers[0].weights, arma::mat{{1, 2, 3}, {4, 5, 6}}));
  REQUIRE(test::same_bits(network.layers[0].biases, arma::vec{7, 8, 9}));
}

TEST_CASE("decimals printed from floats are floats again") {
  const test::TemporaryDirectory directory;
  directory.write("weights_layer0.txt", "0.244078621268272400 -0.003677891334518790\n");
  directory.write("biases_layer0.txt", "0.100000001490116119 0.500000000000000000\n");
  NetworkWeights network;
  REQUIRE(read_text_weights(directory.path(), network).ok());
  REQUIRE(network.precision == Precision::float32);
  REQUIRE(network.layers[0].weights(0, 1) == static_cast<double>(-0.00367789133f));
  REQUIRE(network.layers[0].biases(0) == static_cast<double>(0.1f));
  directory.write("biases_layer0.txt", "0.100000000000000000 0.500000000000000000\n");
  REQUIRE(read_text_weights(directory.path(), network).ok());
  REQUIRE(network.precision == Precision::float64);
  REQUIRE(network.layers[0].biases(0) == 0.1);
}

TEST_CASE("broken text weights are refused with file and shapes and leave the target") {
  struct Broken {
    const char* file;
    const char* content;  // nullptr: the file is missing
    StatusCode code;
    std::vector<const char*> message;
  };
  for (const Broken& broken : std::vector<Broken>{
           {"weights_a_layer0.txt", nullptr, StatusCode::bad_file, {"weights_*layer0.txt"}},
           {"biases_a_layer1.txt", nullptr, StatusCode::bad_file, {"biases_*layer1.txt"}},
           {"weights_a_layer3.txt", "1\n", StatusCode::bad_file, {"layer2.txt"}},
           {"weights_b_layer1.txt", "1\n", StatusCode::bad_file, {"weights_a_", "weights_b_"}},
           {"weights_a_layer0.txt", "1 2 3\n4 5\n", StatusCode::shape_mismatch, {"line 2", "3"}},
           {"weights_a_layer0.txt", "1 2 x\n4 5 6\n", StatusCode::bad_file, {"column 3", "'x'"}},
           {"weights_a_layer0.txt",
            "1,5 2,5 3\n4 5 6\n",
            StatusCode::bad_file,
            {"commas and blanks"}},
           {"weights_a_layer0.txt", "1;2;3\n4;5;6\n", StatusCode::bad_file, {"a semicolon"}},
           {"weights_a_layer1.txt",
            "1,5\n2,5\n3,5\n",
            StatusCode::bad_file,
            {"may be one decimal"}},
           {"biases_a_layer1.txt", "-0,5\n", StatusCode::bad_file, {"may be one decimal"}},
           {"weights_a_layer1.txt", "1,05\n2\n3\n", StatusCode::bad_file, {"line 1", "'05'"}},
           {"weights_a_layer0.txt", "a b c\n1 2 3\n", StatusCode::bad_file, {"line 1"}},
           {"weights_a_layer0.txt", "1 2 nan\n4 5 6\n", StatusCode::not_finite, {"column 3"}},
           {"weights_a_layer0.txt", "1 2 inf\n4 5 6\n", StatusCode::not_finite, {"column 3"}},
           {"weights_a_layer0.txt", "", StatusCode::empty_input, {"found none"}},
           {"weights_a_layer1.txt", "1\n2\n", StatusCode::shape_mismatch, {"2 x 3", "2 x 1"}},
           {"biases_a_layer0.txt", "1 2\n", StatusCode::shape_mismatch, {"1 x 3", "1 x 2"}},
           {"biases_a_layer0.txt", "1 2 3\n4 5 6\n", StatusCode::shape_mismatch, {"2 x 3"}}}) {
    CAPTURE(broken.file, broken.message.front());
    const test::TemporaryDirectory directory;
    write(directory, kSound);
    if (broken.content == nullptr) {
      std::filesystem::remove(directory.path(broken.file));
    } else {
      directory.write(broken.file, broken.content);
    }
    NetworkWeights network = test::example_network(Precision::float64);
    const FileStatus status = read_text_weights(directory.path(), network);
    INFO(status.message);
    CHECK(status.code == broken.code);
    CHECK(contains(status.message, directory.path()));
    for (const char* part : broken.message) CHECK(contains(status.message, part));
    CHECK(test::one_line(status.message));
    CHECK(test::same_bits(network, test::example_network(Precision::float64)));
  }
}

TEST_CASE("a directory without weights is refused") {
  const test::TemporaryDirectory directory;
  NetworkWeights network;
  REQUIRE(read_text_weights(directory.path(), network).code == StatusCode::empty_input);
  REQUIRE(read_text_weights(directory.path("none"), network).code == StatusCode::bad_file);
}

TEST_CASE("text weights are not written among those of another network") {
  const test::TemporaryDirectory directory;
  directory.write("weights_b_layer0.txt", "1\n");
  const NetworkWeights network = test::example_network(Precision::float64);
  const FileStatus status = write_text_weights(directory.path(), network, Precision::float64);
  REQUIRE(status.code == StatusCode::bad_file);
  REQUIRE(contains(status.message, "weights_b_layer0.txt"));
  REQUIRE(directory.files() == 1);
}

TEST_CASE("mutated text weights are read or refused") {
  const test::TemporaryDirectory directory;
  write(directory, kSound);
  std::mt19937 random(1);
  int refused = 0;
  for (int i = 0; i < 2000; ++i) {
    std::string text = kSound.at("weights_a_layer0.txt");
    text[random() % text.size()] = static_cast<char>(random() % 256);
    directory.write("weights_a_layer0.txt", text);
    NetworkWeights network;
    const FileStatus status = read_text_weights(directory.path(), network);
    if (status.ok() != (network.layers.size() == 2)) FAIL(text);
    if (!status.ok()) refused += test::one_line(status.message) ? 1 : 100000;
  }
  REQUIRE(refused > 0);
  REQUIRE(refused < 2000);
}
