// The most memory that a program holds: bench_resident "key: details" PROGRAM ARGUMENT...

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "bench/bench.hpp"

extern char** environ;

namespace {

using namespace pinnscope::bench;

/// Runs a program, its output discarded; the most pages that it held, in bytes.
double resident_bytes(char** arguments) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  pid_t process = 0;
  const int error = posix_spawnp(&process, arguments[0], &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  require(error == 0, "a program could not be started");
  int outcome = 0;
  rusage usage{};
  require(wait4(process, &outcome, 0, &usage) == process && outcome == 0, "a program failed");
  return 1024.0 * static_cast<double>(usage.ru_maxrss);
}

}  // namespace

int main(int argc, char** argv) {
  require(argc > 2, "which program?");
  double most = 0;
  const Times times = time_of([&] { most = std::max(most, resident_bytes(argv + 2)); });
  print_row(argv[1], times, 1e-6 * most, "MB");
}
