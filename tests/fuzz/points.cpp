#include "pinnscope/io/points.hpp"
#include "fuzz.hpp"

using namespace pinnscope;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::OneInput watched;
  const std::string path = fuzz::file("points", fuzz::text(data, size));
  Points points;
  fuzz::judge(read_points(path, 0, points));
  fuzz::judge(read_points(path, 2, points));
  fuzz::judge(read_points(path, {"x", "t"}, points));
  return 0;
}
