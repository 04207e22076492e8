#include "pinnscope/io/read_network.hpp"

#include <algorithm>
#include <filesystem>

#include "pinnscope/io/guard.hpp"
#include "pinnscope/io/keras_h5.hpp"
#include "pinnscope/io/safetensors.hpp"
#include "pinnscope/io/text_weights.hpp"

namespace pinnscope {
namespace {

/// The ending of a path with its dot, in small letters.
std::string ending(const std::string& path) {
  std::string text = std::filesystem::path(path).extension().string();
  std::ranges::transform(text, text.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  });
  return text;
}

FileStatus read(const std::string& path, NetworkWeights& network, Numbers numbers) {
  std::error_code error;
  const std::filesystem::file_status file = std::filesystem::status(path, error);
  if (std::filesystem::is_directory(file)) return read_text_weights(path, network, numbers);
  if (file.type() == std::filesystem::file_type::not_found) {
    return file_failure(StatusCode::bad_file, path, "expected a file or directory, found none");
  }
  if (!std::filesystem::status_known(file)) {
    return file_failure(StatusCode::bad_file, path, "cannot look at it: " + error.message());
  }
  const std::string kind = ending(path);
  if (kind == ".h5" || kind == ".hdf5") return read_keras_h5(path, network, numbers);
  if (kind == ".safetensors") return read_safetensors(path, network, numbers);
  return file_failure(StatusCode::unsupported, path,
                      "expected a directory of text files, .h5, .hdf5 or .safetensors, found " +
                          (kind.empty() ? "no ending" : in_quotes(kind)));
}

}  // namespace

FileStatus read_network(const std::string& path, NetworkWeights& network, Numbers numbers) {
  return guarded(path, [&] { return read(path, network, numbers); });
}

}  // namespace pinnscope
