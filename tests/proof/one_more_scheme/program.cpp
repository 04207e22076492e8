// The command `propagate` with its options by name; without any, the schemes and what they mean.
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "commands.hpp"
#include "common/command_line.hpp"

using namespace pinnscope;

int main(int count, char** words) {
  if (count == 1) {
    std::puts(apps::meanings_of("Schemes:", named<Scheme>()).c_str());
    return 0;
  }
  apps::PropagateOptions options;
  for (int k = 1; k + 1 < count; k += 2) {
    const std::string_view name = words[k];
    const char* const given = words[k + 1];
    bool known = true;
    if (name == "--scheme")
      known = parse(given, options.scheme);
    else if (name == "--boundary")
      known = parse(given, options.boundary);
    else if (name == "--cells")
      options.cells = std::atoll(given);
    else if (name == "--steps")
      options.steps = std::atoll(given);
    else if (name == "--every")
      options.every = std::atoll(given);
    else if (name == "--velocity")
      options.velocity = std::atof(given);
    else if (name == "--diffusivity")
      options.diffusivity = std::atof(given);
    else if (name == "--dt")
      options.dt = std::atof(given);
    else if (name == "--out")
      options.out = given;
    else
      known = false;
    if (!known) return std::printf("unknown: %s %s\n", words[k], given), 2;
  }
  const FileStatus status = apps::propagate(options);
  if (!status.ok()) std::puts(status.message.c_str());
  return status.ok() ? 0 : 1;
}
