#pragma once

#include <pthread.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"

namespace pinnscope {

/// A crew of threads that share out lanes of work. Threads are started in construction and wait;
/// run() neither allocates nor starts any. Idle threads look for work for some 50 us, then sleep.
/// Signals go to the threads of the program: those of the crew block them all.
class Workers : Pinned {
 public:
  /// The most threads of a crew, the caller's included.
  static constexpr std::size_t kMostThreads = 64;

  /// Bytes of stack of a thread started here. The library itself takes less than 8 KiB
  /// (tests/proof/stack.sh); the rest is for LAPACK, for the system's own data of a thread, and for
  /// work of others.
  static constexpr std::size_t kStackBytes = 256 * 1024;

  /// The caller's thread and `threads` - 1 started here; `threads` is clamped to 1..kMostThreads.
  /// `stack_bytes` of stack each.
  explicit Workers(std::size_t threads, std::size_t stack_bytes = kStackBytes) noexcept;
  ~Workers();

  /// unsupported: the system refuses stacks of this size, below PTHREAD_STACK_MIN for one, and
  /// there is the caller's thread alone.
  Status status() const noexcept { return status_; }

  /// Those that could be started, the caller's included.
  std::size_t threads() const noexcept { return threads_; }

  /// Calls work(lane, thread) once for each lane in [0, lanes), and returns when all are done.
  /// Which thread in [0, threads()) takes which lane is open: a result that must not depend on it
  /// is kept per lane. The calling thread takes part as thread 0. Preconditions: lanes < 2^32; one
  /// run at a time, none from within work.
  template <class Work>
  void run(std::size_t lanes, Work&& work) noexcept {
    using Target = std::remove_reference_t<Work>;
    const auto call = [](void* target, std::size_t lane, std::size_t thread) noexcept {
      (*static_cast<Target*>(target))(lane, thread);
    };
    run_lanes(lanes, call, const_cast<void*>(static_cast<const void*>(std::addressof(work))));
  }

 private:
  using Call = void (*)(void* work, std::size_t lane, std::size_t thread) noexcept;
  struct Seat {
    Workers* crew = nullptr;
    std::size_t thread = 0;
    pthread_t handle{};
  };

  void start(std::size_t wanted, const pthread_attr_t& attributes) noexcept;
  static void* attend(void* seat) noexcept;
  void run_lanes(std::size_t lanes, Call call, void* work) noexcept;
  void publish(std::size_t lanes, Call call, void* work) noexcept;
  void take_lanes(std::size_t thread) noexcept;
  bool wait_for_lanes() noexcept;
  void wait_until_finished(std::size_t lanes) noexcept;
  bool lanes_open() const noexcept;

  // Run in the upper half, lanes that nobody has claimed yet in the lower: a thread still busy with
  // an earlier run cannot claim a lane by what it knows of that one.
  alignas(kBlockAlignment) std::atomic<std::uint64_t> open_{0};
  alignas(kBlockAlignment) std::atomic<std::size_t> finished_{0};
  // Of the current run; atomic since a late thread may read while the next run is prepared.
  alignas(kBlockAlignment) std::atomic<std::size_t> lanes_{0};
  std::atomic<Call> call_{nullptr};
  std::atomic<void*> work_{nullptr};

  std::atomic<bool> closing_{false};
  std::size_t sleepers_ = 0;  // guarded by mutex_
  pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t lanes_opened_ = PTHREAD_COND_INITIALIZER;
  pthread_cond_t run_finished_ = PTHREAD_COND_INITIALIZER;
  Status status_;
  std::size_t threads_ = 1;
  std::array<Seat, kMostThreads> seats_{};
};

}  // namespace pinnscope
