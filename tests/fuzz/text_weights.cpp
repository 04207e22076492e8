#include "pinnscope/io/text_weights.hpp"

#include "fuzz.hpp"

using namespace pinnscope;

// The input is the four files of two layers, one after the other, each ended by a NUL.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::OneInput watched;
  std::string_view rest = fuzz::text(data, size);
  for (const char* name :
       {"weights_layer0.txt", "biases_layer0.txt", "weights_layer1.txt", "biases_layer1.txt"}) {
    fuzz::file(name, fuzz::take_text(rest));
  }
  NetworkWeights network;
  fuzz::judge(read_text_weights(fuzz::directory(), network));
  return 0;
}
