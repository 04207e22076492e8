#include <cstdio>
#include <pinnscope/version.hpp>

int main() {
  using namespace pinnscope;
  std::printf("%s %d.%d.%d\n", kVersion, kVersionMajor, kVersionMinor, kVersionPatch);
  return 0;
}
