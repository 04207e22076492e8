#include "pinnscope/io/checkpoint.hpp"

#include <array>
#include <cstring>

#include "fuzz.hpp"
#include "pinnscope/io/atomic_file.hpp"

using namespace pinnscope;

// The input is either a whole file, or (an even first byte) changes of single bytes of a good one.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::OneInput watched;
  std::array<std::byte, 24> state{};
  const std::array<StateBlock, 2> blocks{
      {{"first", {state.data(), 16}}, {"second", {state.data() + 16, 8}}}};
  const std::string path = fuzz::directory() + "/state";
  fuzz::judge(write_checkpoint(path, "recipe 1\n", blocks));
  if (size > 0 && data[0] % 2 == 0) {
    std::string content;
    fuzz::judge(read_file(path, content));
    for (std::size_t i = 1; i + 2 < size; i += 3) {  // bytes changed at places
      const std::size_t place = (data[i] + 256u * data[i + 1]) % content.size();
      content[place] = static_cast<char>(data[i + 2]);
    }
    fuzz::file("state", content);
  } else {
    fuzz::file("state", fuzz::text(data, size));
  }
  fuzz::judge(read_checkpoint(path, "recipe 1\n", blocks));
  return 0;
}
