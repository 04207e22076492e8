#include "pinnscope/core/workers.hpp"

#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cmath>
#include <vector>

#include "support/allocation.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

volatile sig_atomic_t caught_in_caller = 0;
pthread_t caller;

}  // namespace

TEST_CASE("workers take every lane exactly once") {
  for (const std::size_t threads : {1U, 2U, 3U, 4U, 7U}) {
    Workers workers(threads);
    REQUIRE(workers.threads() == threads);
    for (const std::size_t lanes : {0U, 1U, 2U, 3U, 5U, 64U, 1000U}) {
      CAPTURE(threads, lanes);
      std::vector<std::atomic<int>> taken(lanes + 1);
      std::atomic<bool> strangers{false};
      workers.run(lanes, [&](std::size_t lane, std::size_t thread) {
        ++taken[lane];
        if (thread >= threads) strangers = true;
      });
      for (std::size_t lane = 0; lane < lanes; ++lane) REQUIRE(taken[lane] == 1);
      REQUIRE(taken[lanes] == 0);
      REQUIRE_FALSE(strangers);
    }
  }
}

TEST_CASE("a crew has one thread at least and kMostThreads at most") {
  REQUIRE(Workers(0).threads() == 1);
  REQUIRE(Workers(1000).threads() == Workers::kMostThreads);
}

TEST_CASE("thousands of short runs in a row each finish before run returns") {
  for (const std::size_t threads : {2U, 4U}) {
    Workers workers(threads);
    std::array<std::size_t, 9> stamps{};  // plain: run() itself must order the accesses
    std::size_t wrong = 0;
    for (std::size_t round = 1; round <= 5000; ++round) {
      const std::size_t lanes = 1 + round % stamps.size();
      workers.run(lanes, [&, round](std::size_t lane, std::size_t) { stamps[lane] += round; });
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        if (stamps[lane] != round) ++wrong;
        stamps[lane] = 0;
      }
    }
    REQUIRE(wrong == 0);
  }
}

TEST_CASE("workers that fell asleep wake up for the next run") {
  Workers workers(3);
  std::array<int, 16> taken{};
  for (int round = 1; round <= 20; ++round) {
    usleep(2000);
    workers.run(taken.size(), [&](std::size_t lane, std::size_t thread) {
      if (thread == 0 && lane == 0) usleep(100);
      ++taken[lane];
    });
    for (const int count : taken) REQUIRE(count == round);
  }
}

TEST_CASE("the caller sleeps through a long last lane") {
  Workers workers(2);
  std::array<int, 2> taken{};
  workers.run(taken.size(), [&](std::size_t lane, std::size_t thread) {
    if (thread != 0) usleep(20000);
    if (thread == 0) usleep(5000);  // leaves a lane to the other thread
    taken[lane] = 1;
  });
  REQUIRE(taken == std::array<int, 2>{1, 1});
}

TEST_CASE("results kept per lane are the same bits for any number of threads") {
  const auto sums = [](std::size_t threads) {
    Workers workers(threads);
    std::vector<double> partial(37);
    workers.run(partial.size(), [&](std::size_t lane, std::size_t) {
      for (std::size_t i = 0; i < 200; ++i) {
        partial[lane] += std::sin(static_cast<double>(lane * 200 + i));
      }
    });
    double total = 0;
    for (const double part : partial) total += part;
    return total;
  };
  REQUIRE(sums(2) == sums(1));
  REQUIRE(sums(4) == sums(1));
}

TEST_CASE("a run allocates nothing") {
  if (!test::counts_allocations()) return test::skip("a sanitizer owns the allocator");
  Workers workers(3);
  std::array<int, 50> taken{};
  const auto work = [&](std::size_t lane, std::size_t) { ++taken[lane]; };  // a const callable
  REQUIRE(test::allocations_of([&] {
            for (int round = 0; round < 10; ++round) workers.run(taken.size(), work);
          }) == 0);
  for (const int count : taken) REQUIRE(count == 10);
}

TEST_CASE("signals stay with the thread that built the crew") {
  caller = pthread_self();
  struct sigaction previous {};
  struct sigaction action {};
  action.sa_handler = [](int) { caught_in_caller = pthread_equal(pthread_self(), caller) ? 1 : 2; };
  REQUIRE(sigaction(SIGUSR1, &action, &previous) == 0);
  {
    Workers workers(4);
    sigset_t blocked;
    REQUIRE(pthread_sigmask(SIG_SETMASK, nullptr, &blocked) == 0);
    REQUIRE(sigismember(&blocked, SIGUSR1) == 0);
    std::array<int, 4> blocked_in_crew{};
    workers.run(4, [&](std::size_t lane, std::size_t thread) {
      sigset_t own;
      pthread_sigmask(SIG_SETMASK, nullptr, &own);
      blocked_in_crew[lane] = thread == 0 || sigismember(&own, SIGUSR1) == 1;
      usleep(1000);
    });
    REQUIRE(blocked_in_crew == std::array<int, 4>{1, 1, 1, 1});
    REQUIRE(kill(getpid(), SIGUSR1) == 0);
    for (int wait = 0; wait < 1000 && caught_in_caller == 0; ++wait) usleep(1000);
  }
  REQUIRE(caught_in_caller == 1);
  sigaction(SIGUSR1, &previous, nullptr);
}

TEST_CASE("threads have the stack that they are given, whatever the program's own limit is") {
  for (const std::size_t given : {Workers::kStackBytes, std::size_t{1} << 20}) {
    Workers workers(3, given);
    REQUIRE(workers.status().ok());
    REQUIRE(workers.threads() == 3);
    std::array<std::size_t, 3> stacks{};
    std::atomic<int> arrived{0};
    workers.run(3, [&](std::size_t, std::size_t thread) {
      ++arrived;
      while (arrived < 3) sched_yield();  // each thread takes one lane
      pthread_attr_t attributes;
      if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
        pthread_attr_getstacksize(&attributes, &stacks[thread]);
        pthread_attr_destroy(&attributes);
      }
    });
    for (const std::size_t thread : {1U, 2U}) {
      CAPTURE(given, stacks[thread]);
      // A sanitizer adds room of its own.
      REQUIRE(stacks[thread] >= given);
      REQUIRE(stacks[thread] < given + (std::size_t{1} << 20));
    }
  }
}

TEST_CASE("a stack that no thread can have is refused, and the caller's thread does the work") {
  Workers workers(4, 64);
  REQUIRE(workers.status() == Status{StatusCode::unsupported});
  REQUIRE(workers.threads() == 1);
  int lanes = 0;
  workers.run(5, [&](std::size_t, std::size_t) { ++lanes; });
  REQUIRE(lanes == 5);
}
