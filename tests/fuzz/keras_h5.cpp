#include "pinnscope/io/keras_h5.hpp"

#include "fuzz.hpp"
#include "keras_file.hpp"
#include "pinnscope/io/atomic_file.hpp"

using namespace pinnscope;

namespace {

/// A good file, which is read.
std::string sound_file() {
  const std::string bytes = fuzz::keras_file();
  NetworkWeights network;
  if (!read_keras_h5(fuzz::file("x.h5", bytes), network).ok()) std::abort();
  if (network.layers.size() != 2 || !network.obstacle.empty()) std::abort();
  return bytes;
}

}  // namespace

// The input is either a whole file, or (an even first byte) changes of single bytes of a good one,
// which the libraries below may not survive: the process that asks must, and within a second.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string good = sound_file();
  const fuzz::OneInput watched;
  std::string content(fuzz::text(data, size));
  if (size > 0 && data[0] % 2 == 0) {
    content = good;
    for (std::size_t i = 1; i + 2 < size; i += 3) {
      content[(data[i] + 256u * data[i + 1]) % content.size()] = static_cast<char>(data[i + 2]);
    }
  }
  NetworkWeights network;
  fuzz::judge(read_keras_h5(fuzz::file("x.h5", content), network));
  return 0;
}
