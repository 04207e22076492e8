#include "pinnscope/io/safetensors.hpp"

#include "fuzz.hpp"

using namespace pinnscope;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::OneInput watched;
  NetworkWeights network;
  fuzz::judge(read_safetensors(fuzz::file("x.safetensors", fuzz::text(data, size)), network));
  return 0;
}
