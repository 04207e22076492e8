#include "pinnscope/spectra/matrices/lapack.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <string_view>
#include <vector>

#include "support/test.hpp"

using namespace pinnscope;

namespace {

/// Exit code of `work` in a child process with room for two buffers of OpenBLAS and a half more
/// than this process has; an alarm ends it where it hangs.
template <class Work>
int in_little_room(Work&& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(20);
    std::size_t pages = 0;
    std::FILE* file = std::fopen("/proc/self/statm", "r");
    if (file == nullptr || std::fscanf(file, "%zu", &pages) != 1) ::_exit(100);
    std::fclose(file);
    const std::size_t used = pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    const rlimit limit{used + lapack::kBufferBytes * 5 / 2, RLIM_INFINITY};
    if (::setrlimit(RLIMIT_AS, &limit) != 0) ::_exit(100);
    ::_exit(work());
  }
  int outcome = 0;
  ::waitpid(child, &outcome, 0);
  return WIFEXITED(outcome) ? WEXITSTATUS(outcome) : -1;
}

}  // namespace

TEST_CASE(
    "buffers of BLAS that there is no room for are refused, and calls go on with those there") {
  if (std::string_view(lapack::blas_description()) == "unknown") {
    return test::skip("the BLAS is not OpenBLAS, which takes a buffer a call");
  }
  const int code = in_little_room([] {
    if (!lapack::provide_buffers(1).ok()) return 1;
    if (lapack::provide_buffers(40) != Status{StatusCode::out_of_memory}) return 2;
    const std::size_t n = 300;  // beyond what OpenBLAS keeps on its stack
    std::vector<double> a(n * n), real(n), imaginary(n), work(lapack::eigenvalue_work_size(n));
    for (std::size_t i = 0; i < n; ++i) a[i * n + (i + 1) % n] = 1;
    const MatrixView<double> matrix(a.data(), n, n);
    return lapack::eigenvalues(matrix, real, imaginary, work).ok() ? 0 : 3;
  });
  REQUIRE(code == 0);
}
