// Runs a command and writes the most memory that it had at once, in KiB, into a file:
//   peak_memory FILE COMMAND ARGUMENT...
// Its exit code is that of the command.

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const pid_t child = ::fork();
  if (child == 0) {
    ::execv(argv[2], argv + 2);
    ::_exit(127);
  }
  int status = 0;
  struct rusage used {};
  if (child < 0 || ::wait4(child, &status, 0, &used) != child) return 2;
  std::FILE* file = std::fopen(argv[1], "w");
  if (file == nullptr) return 2;
  std::fprintf(file, "%ld\n", used.ru_maxrss);
  std::fclose(file);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
