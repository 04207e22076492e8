#include <map>

#include "fuzz.hpp"
#include "pinnscope/io/safetensors.hpp"

using namespace pinnscope;

namespace {

NetworkWeights small_network() {
  NetworkWeights network;
  network.layers.push_back({arma::mat(2, 1, arma::fill::ones), arma::vec(1, arma::fill::zeros)});
  return network;
}

/// A file whose header says `metadata`, JSON or not, of one layer.
std::string with_metadata(std::string_view metadata) {
  const std::string header =
      "{\"__metadata__\":" + std::string(metadata) +
      ",\"0.weight\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]}}";
  std::string bytes;
  for (int k = 0; k < 8; ++k) bytes += static_cast<char>(header.size() >> (8 * k));
  return bytes + header + std::string(8, '\0');
}

}  // namespace

// The input is the text of an object, and also keys and values that are written and read again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::OneInput watched;
  const std::string_view text = fuzz::text(data, size);
  NetworkWeights found;
  fuzz::judge(read_safetensors(fuzz::file("raw.safetensors", with_metadata(text)), found));
  for (const auto& [key, value] : found.metadata) {
    const std::string shown = printable(key + ": " + value);
    if (printable(shown) != shown || shown.find('\n') != std::string::npos) std::abort();
  }

  NetworkWeights network = small_network();
  for (std::string_view rest = text; !rest.empty();) {
    const std::string key = fuzz::take_text(rest);
    network.metadata[key] = fuzz::take_text(rest);
  }
  const std::string path = fuzz::directory() + "/again.safetensors";
  const FileStatus written = write_safetensors(path, network, Precision::float64);
  fuzz::judge(written);
  if (!written.ok()) return 0;
  NetworkWeights again;
  const FileStatus read = read_safetensors(path, again);
  if (!read.ok() || again.metadata != network.metadata) std::abort();
  return 0;
}
