#include "pinnscope/core/workers.hpp"

#include <sched.h>
#include <signal.h>

#include <algorithm>
#include <cassert>

namespace pinnscope {

namespace {

// Looks that a waiting thread takes before it sleeps, each with an offer of its core to others.
constexpr int kPatience = 100;

class Lock {
 public:
  explicit Lock(pthread_mutex_t& mutex) noexcept : mutex_(mutex) { pthread_mutex_lock(&mutex_); }
  ~Lock() { pthread_mutex_unlock(&mutex_); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  pthread_mutex_t& mutex_;
};

template <class Predicate>
bool watch_for(Predicate&& happened) noexcept {
  for (int look = 0; look < kPatience; ++look) {
    if (happened()) return true;
    sched_yield();
  }
  return false;
}

}  // namespace

Workers::Workers(std::size_t threads, std::size_t stack_bytes) noexcept {
  const std::size_t wanted = std::clamp<std::size_t>(threads, 1, kMostThreads);
  if (wanted == 1) return;
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) {
    status_ = {StatusCode::unsupported};
    return;
  }
  if (pthread_attr_setstacksize(&attributes, stack_bytes) == 0) {
    start(wanted, attributes);
  } else {
    status_ = {StatusCode::unsupported};
  }
  pthread_attr_destroy(&attributes);
}

void Workers::start(std::size_t wanted, const pthread_attr_t& attributes) noexcept {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);  // inherited by the threads started below
  for (; threads_ < wanted; ++threads_) {
    Seat& seat = seats_[threads_];
    seat.crew = this;
    seat.thread = threads_;
    if (pthread_create(&seat.handle, &attributes, attend, &seat) != 0) break;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Workers::~Workers() {
  {
    const Lock lock(mutex_);
    closing_.store(true);
    pthread_cond_broadcast(&lanes_opened_);
  }
  for (std::size_t i = 1; i < threads_; ++i) pthread_join(seats_[i].handle, nullptr);
  pthread_cond_destroy(&run_finished_);
  pthread_cond_destroy(&lanes_opened_);
  pthread_mutex_destroy(&mutex_);
}

void* Workers::attend(void* seat) noexcept {
  const Seat& own = *static_cast<const Seat*>(seat);
  while (own.crew->wait_for_lanes()) own.crew->take_lanes(own.thread);
  return nullptr;
}

void Workers::run_lanes(std::size_t lanes, Call call, void* work) noexcept {
  if (threads_ == 1 || lanes <= 1) {
    for (std::size_t lane = 0; lane < lanes; ++lane) call(work, lane, 0);
    return;
  }
  publish(lanes, call, work);
  take_lanes(0);
  wait_until_finished(lanes);
}

void Workers::publish(std::size_t lanes, Call call, void* work) noexcept {
  assert(lanes <= 0xFFFFFFFF && !lanes_open());
  finished_.store(0, std::memory_order_relaxed);
  lanes_.store(lanes, std::memory_order_relaxed);
  call_.store(call, std::memory_order_relaxed);
  work_.store(work, std::memory_order_relaxed);
  const std::uint64_t run = (open_.load(std::memory_order_relaxed) >> 32) + 1;
  const Lock lock(mutex_);  // a thread on its way to sleep sees the lanes, or is seen as a sleeper
  open_.store(run << 32 | lanes, std::memory_order_release);
  if (sleepers_ > 0) pthread_cond_broadcast(&lanes_opened_);
}

void Workers::take_lanes(std::size_t thread) noexcept {
  std::uint64_t open = open_.load(std::memory_order_acquire);
  while (const auto unclaimed = static_cast<std::uint32_t>(open)) {
    // These belong to the run in `open` where the claim succeeds: as long as one of its lanes is
    // unclaimed, its caller does not return to prepare another.
    const std::size_t lanes = lanes_.load(std::memory_order_relaxed);
    const Call call = call_.load(std::memory_order_relaxed);
    void* const work = work_.load(std::memory_order_relaxed);
    if (!open_.compare_exchange_weak(open, open - 1, std::memory_order_acquire)) continue;
    call(work, lanes - unclaimed, thread);
    const bool last = finished_.fetch_add(1, std::memory_order_acq_rel) + 1 == lanes;
    if (last && thread != 0) {
      const Lock lock(mutex_);
      pthread_cond_signal(&run_finished_);
    }
    open = open_.load(std::memory_order_acquire);
  }
}

bool Workers::wait_for_lanes() noexcept {
  const auto called = [this]() noexcept { return lanes_open() || closing_.load(); };
  if (!watch_for(called)) {
    const Lock lock(mutex_);
    ++sleepers_;
    while (!called()) pthread_cond_wait(&lanes_opened_, &mutex_);
    --sleepers_;
  }
  return !closing_.load();
}

void Workers::wait_until_finished(std::size_t lanes) noexcept {
  const auto finished = [&]() noexcept {
    return finished_.load(std::memory_order_acquire) == lanes;
  };
  if (watch_for(finished)) return;
  const Lock lock(mutex_);
  while (!finished()) pthread_cond_wait(&run_finished_, &mutex_);
}

bool Workers::lanes_open() const noexcept {
  return static_cast<std::uint32_t>(open_.load(std::memory_order_acquire)) != 0;
}

}  // namespace pinnscope
