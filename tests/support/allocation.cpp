#include "support/allocation.hpp"

#include <dirent.h>
#include <sched.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <new>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define PINNSCOPE_COUNTS_ALLOCATIONS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define PINNSCOPE_COUNTS_ALLOCATIONS 0
#endif
#endif
#ifndef PINNSCOPE_COUNTS_ALLOCATIONS
#define PINNSCOPE_COUNTS_ALLOCATIONS 1
#endif

namespace {
std::atomic<bool> armed{false};
std::atomic<std::size_t> allocations{0};

[[maybe_unused]] void note() noexcept {
  if (armed.load(std::memory_order_relaxed)) allocations.fetch_add(1, std::memory_order_relaxed);
}
}  // namespace

#if PINNSCOPE_COUNTS_ALLOCATIONS
#include <sys/syscall.h>
#include <unistd.h>

// operator new of libstdc++ and libc++ ends in malloc, so that replacing malloc counts both.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);

void* malloc(std::size_t size) noexcept {
  note();
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) noexcept {
  note();
  return __libc_calloc(count, size);
}
void* realloc(void* old, std::size_t size) noexcept {
  note();
  return __libc_realloc(old, size);
}
void* memalign(std::size_t alignment, std::size_t size) noexcept {
  note();
  return __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  note();
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** result, std::size_t alignment, std::size_t size) noexcept {
  note();
  *result = __libc_memalign(alignment, size);
  return *result == nullptr ? ENOMEM : 0;
}
void* mmap(void* address, std::size_t length, int protection, int flags, int file,
           long offset) noexcept {
  note();
  return reinterpret_cast<void*>(
      syscall(SYS_mmap, address, length, protection, flags, file, offset));
}
}
#endif

namespace pinnscope::test {

namespace {

/// Whether a thread of this process runs or is about to, besides this one.
bool others_run() noexcept {
  DIR* const tasks = opendir("/proc/self/task");
  if (tasks == nullptr) return false;
  int running = 0;
  while (const dirent* task = readdir(tasks)) {
    if (task->d_name[0] == '.') continue;  // ".." is the process, which runs
    char path[64];
    std::snprintf(path, sizeof path, "/proc/self/task/%.20s/stat", task->d_name);
    std::FILE* const file = std::fopen(path, "r");
    if (file == nullptr) continue;
    char state = 'S';
    running += std::fscanf(file, "%*d (%*[^)]) %c", &state) == 1 && state == 'R' ? 1 : 0;
    std::fclose(file);
  }
  closedir(tasks);
  return running > 1;
}

/// The threads that BLAS starts as it is loaded take memory when they first run, which on a busy
/// machine is later: that is not the work that is counted. Once they have slept they have it.
bool wait_for_rest() noexcept {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (others_run() && std::chrono::steady_clock::now() < deadline) sched_yield();
  return true;
}

}  // namespace

AllocationCount::AllocationCount() noexcept {
  static const bool rested = wait_for_rest();
  static_cast<void>(rested);
  allocations = 0;
  armed = true;
}

AllocationCount::~AllocationCount() { armed = false; }

std::size_t AllocationCount::count() noexcept {
  armed = false;
  return allocations;
}

bool counts_allocations() noexcept { return PINNSCOPE_COUNTS_ALLOCATIONS == 1; }

}  // namespace pinnscope::test
