// A network through a file of the new format: by its ending alone, written, listed and read, and
// refused where it is damaged.
//   program DIRECTORY
#include <cstdio>
#include <filesystem>
#include <string>

#include "pinnscope/io/network_file.hpp"

using namespace pinnscope;

namespace {

int fail(const char* what, const std::string& found) {
  std::printf("%s: %s\n", what, found.c_str());
  return 1;
}

}  // namespace

int main(int, char** words) {
  const std::string path = std::string(words[1]) + "/network.Flat";
  NetworkWeights network;
  network.layers.push_back({arma::mat("1 2 3; 4 5 6"), arma::vec("0.5 0.25 0.125")});
  network.layers.push_back({arma::mat("-1; 0.1; 7"), arma::vec("1e-300")});
  network.hidden = Activation::tanh;
  network.output = Activation::identity;
  FileStatus status = write_network(path, network, Precision::float64);
  if (!status.ok()) return fail("written", status.message);
  NetworkWeights found;
  status = read_network(path, found);
  if (!status.ok()) return fail("read", status.message);
  if (found.widths() != network.widths() || found.hidden != Activation::tanh) {
    return fail("read", "other widths or another activation");
  }
  for (std::size_t l = 0; l < 2; ++l) {
    if (!arma::approx_equal(found.layers[l].weights, network.layers[l].weights, "absdiff", 0) ||
        !arma::approx_equal(found.layers[l].biases, network.layers[l].biases, "absdiff", 0)) {
      return fail("read", "other numbers");
    }
  }
  if (!readable_networks().ends_with("safetensors (.safetensors) or flat binary (.flat)")) {
    return fail("listed", readable_networks());
  }
  status = check_network_path(std::string(words[1]) + "/network.pt");
  if (status.message.find("ends in .safetensors or .flat") == std::string::npos) {
    return fail("an ending that nothing has", status.message);
  }
  std::filesystem::resize_file(path, 40);
  status = read_network(path, found);
  if (status.code != StatusCode::bad_file) return fail("a damaged file", status.message);
  std::printf("%s\n", status.message.c_str());
  return 0;
}
