#include "fuzz.hpp"
#include "keras_file.hpp"
#include "pinnscope/io/keras_h5.hpp"

using namespace pinnscope;

// The input is a list of groups, datasets, attributes and links of a sound file, which is read in
// this process: what is tried is what the reader makes of any tree, not the library below it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::OneInput watched;
  const std::string path = fuzz::directory() + "/tree.h5";
  if (!fuzz::write_tree(path, fuzz::text(data, size))) return 0;
  NetworkWeights network;
  fuzz::judge(read_keras_h5_here(path, network));
  return 0;
}
