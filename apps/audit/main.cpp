// Judges what the paper says, and recomputes the numbers that its notebooks printed.

#include "common/command_line.hpp"
#include "run_audit.hpp"

int main(int argc, char** argv) {
  using namespace pinnscope::apps;
  return run_program("audit", [&] { return run_audit(argc, argv); });
}
