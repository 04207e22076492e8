#include "pinnscope/io/contained.hpp"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <thread>

#include "io/example_network.hpp"
#include "io/temporary_directory.hpp"
#include "support/test.hpp"

using namespace pinnscope;
using test::contains;

namespace {

NetworkWeights everything() {
  NetworkWeights network;
  LayerWeights first;
  first.weights = {{0.1, -2}, {3e-300, 4}};
  first.biases = {1. / 3, 5};
  first.before.scale = arma::vec(1).fill(2);
  first.before.offset = arma::vec(1).fill(-1);
  LayerWeights last;
  last.weights = arma::mat(2, 1).fill(1.5);
  last.biases = arma::vec(1).fill(7);
  last.behind.scale = arma::vec(1).fill(3);
  last.behind.offset = arma::vec(1).fill(4);
  network.layers = {first, last};
  network.precision = Precision::float32;
  network.hidden = Activation::leaky_relu;
  network.output = Activation::identity;
  network.activation_parameters = {.negative_slope = 0.25, .omega = 30};
  network.metadata = {{"seed", "7"}, {"a key", "a\nvalue"}};
  network.left_out = {{"optimizer", "does not act"}};
  network.obstacle = "a skip connection";
  return network;
}

FileStatus succeed(const std::string&, NetworkWeights& network) {
  network = everything();
  return {};
}
FileStatus refuse(const std::string& path, NetworkWeights&) {
  return file_failure(StatusCode::unsupported, path, "no such thing");
}
FileStatus die(const std::string&, NetworkWeights&) {
  std::raise(SIGKILL);
  return {};
}
FileStatus throw_nothing_known(const std::string&, NetworkWeights&) { throw 7; }
FileStatus write_where_it_must_not(const std::string& path, NetworkWeights& network) {
  std::signal(SIGXFSZ, SIG_IGN);
  std::FILE* file = std::fopen((path + ".more").c_str(), "w");
  network = everything();
  const bool written = std::fputs("text", file) >= 0 && std::fclose(file) == 0;
  return written ? FileStatus{} : FileStatus{StatusCode::bad_file, "could not write"};
}

/// Of processor, that children took which have ended.
double seconds_of_children() {
  rusage used{};
  ::getrusage(RUSAGE_CHILDREN, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

bool same(const arma::mat& a, const arma::mat& b) {
  return a.n_rows == b.n_rows && a.n_cols == b.n_cols && arma::all(arma::vectorise(a == b));
}
bool same(const AffineMap& a, const AffineMap& b) {
  return same(a.scale, b.scale) && same(a.offset, b.offset);
}

}  // namespace

TEST_CASE("a network read in another process is the one that the reader found, bit by bit") {
  const test::TemporaryDirectory directory;
  NetworkWeights network;
  REQUIRE(read_contained(directory.write("x", "text"), succeed, network).ok());
  const NetworkWeights expected = everything();
  REQUIRE(network.layers.size() == 2);
  for (std::size_t l = 0; l < 2; ++l) {
    REQUIRE(same(network.layers[l].weights, expected.layers[l].weights));
    REQUIRE(same(network.layers[l].biases, expected.layers[l].biases));
    REQUIRE(same(network.layers[l].before, expected.layers[l].before));
    REQUIRE(same(network.layers[l].behind, expected.layers[l].behind));
  }
  REQUIRE(network.precision == expected.precision);
  REQUIRE(network.hidden == expected.hidden);
  REQUIRE(network.output == expected.output);
  REQUIRE(network.activation_parameters == expected.activation_parameters);
  REQUIRE(network.metadata == expected.metadata);
  REQUIRE(network.left_out.size() == 1);
  REQUIRE(network.left_out[0].name == "optimizer");
  REQUIRE(network.left_out[0].reason == "does not act");
  REQUIRE(network.obstacle == expected.obstacle);
}

TEST_CASE("what the reader refuses comes back in its words") {
  const test::TemporaryDirectory directory;
  NetworkWeights network;
  const FileStatus status = read_contained(directory.write("x", "text"), refuse, network);
  REQUIRE(status.code == StatusCode::unsupported);
  REQUIRE(status.message == directory.path("x") + ": no such thing");
  REQUIRE(network.layers.empty());
}

TEST_CASE("a reader that dies or throws is a damaged file, and this process goes on") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.write("x", "text");
  for (const NetworkReader& reader : {NetworkReader(die), NetworkReader(throw_nothing_known)}) {
    NetworkWeights network;
    const FileStatus status = read_contained(path, reader, network);
    REQUIRE(status.code == StatusCode::bad_file);
    REQUIRE(contains(status.message, "damaged"));
    REQUIRE(test::one_line(status.message));
    REQUIRE(network.layers.empty());
  }
}

TEST_CASE("a reader that does not end is ended within a second of processor time") {
  const test::TemporaryDirectory directory;
  NetworkWeights network;
  const double before = seconds_of_children();
  const FileStatus status = read_contained(
      directory.write("x", "text"),
      [](const std::string&, NetworkWeights&) -> FileStatus {
        for (const volatile bool on = true; on;) {
        }
        return {};
      },
      network);
  REQUIRE(status.code == StatusCode::bad_file);
  REQUIRE(contains(status.message, "it takes too long to read"));
  REQUIRE(seconds_of_children() - before < 1);
}

TEST_CASE("a reader in another process cannot write files") {
  const test::TemporaryDirectory directory;
  NetworkWeights network;
  REQUIRE_FALSE(
      read_contained(directory.write("x", "text"), write_where_it_must_not, network).ok());
  REQUIRE(directory.read("x.more").empty());
}

TEST_CASE("a pipe is refused and not waited for") {
  const test::TemporaryDirectory directory;
  REQUIRE(::mkfifo(directory.path("x").c_str(), 0600) == 0);
  NetworkWeights network;
  REQUIRE(contains(read_contained(directory.path("x"), succeed, network).message, "regular file"));
}

TEST_CASE("a reader has its memory though other threads take and give back theirs") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.write("file", "x");
  std::atomic<bool> done = false;
  std::thread other([&] {
    constexpr std::size_t kBytes = std::size_t{512} << 20;
    while (!done) {
      void* const taken = ::mmap(nullptr, kBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (taken != MAP_FAILED) ::munmap(taken, kBytes);
    }
  });
  int read = 0;
  for (int i = 0; i < 100; ++i) {
    NetworkWeights network;
    const FileStatus status = read_contained(
        path,
        [](const std::string&, NetworkWeights& found) -> FileStatus {
          const std::vector<double> room(std::size_t{1} << 20, 1.0);
          found = everything();
          found.layers[0].biases(0) = room.back();
          return {};
        },
        network);
    if (status.ok()) ++read;
  }
  done = true;
  other.join();
  REQUIRE(read == 100);
}

TEST_CASE("a reader has room for the doubles of a long file of floats") {
  const test::TemporaryDirectory directory;
  constexpr arma::uword kSide = 2000;
  const std::string path = directory.write("file", std::string(4 * kSide * kSide, 'x'));
  NetworkWeights network;
  const FileStatus status = read_contained(
      path,
      [](const std::string&, NetworkWeights& found) -> FileStatus {
        const arma::mat rows(kSide, kSide, arma::fill::ones);
        found.layers.push_back({arma::mat(rows.t()), arma::vec(kSide)});
        return {};
      },
      network);
  INFO(status.message);
  REQUIRE(status.ok());
  REQUIRE(network.widths() == std::vector<std::size_t>{kSide, kSide});
}
