#include "pinnscope/io/keras_config.hpp"

#include "fuzz.hpp"

using namespace pinnscope;

// The input is the text of a model_config.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::OneInput watched;
  const KerasConfig config = parse_keras_config(fuzz::text(data, size));
  if (config.layers.empty() == config.obstacle.empty()) std::abort();
  if (printable(config.obstacle) != config.obstacle) std::abort();
  return 0;
}
