#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "support/owned.hpp"

namespace pinnscope::bench {

using test::Owned;

/// Of seven runs, in seconds.
struct Times {
  double median = 0;
  double least = 0;
  double most = 0;
};

/// Times seven runs of work() after one that is not counted.
template <class Work>
Times time_of(Work&& work) {
  std::array<double, 7> seconds{};
  work();
  for (double& second : seconds) {
    const auto start = std::chrono::steady_clock::now();
    work();
    second = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
  std::sort(seconds.begin(), seconds.end());
  return {seconds[seconds.size() / 2], seconds.front(), seconds.back()};
}

/// Times seven runs of as many calls as take some 10 ms: seconds of one call.
template <class Work>
Times time_each(Work&& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  const double first =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const int calls = static_cast<int>(std::clamp(0.01 / std::max(first, 1e-9), 1.0, 1e6));
  const Times times = time_of([&] {
    for (int call = 0; call < calls; ++call) work();
  });
  return {times.median / calls, times.least / calls, times.most / calls};
}

/// A benchmark verifies before it times.
inline void require(bool good, const char* what) {
  if (good) return;
  std::fprintf(stderr, "bench: %s\n", what);
  std::exit(1);
}

/// A line of bench.csv: what was done, "key: details", and by whom; times in milliseconds; what a
/// second does, in `unit`. tests/bench/table.awk joins rows by their keys; no commas.
inline void print_row(const std::string& work, const Times& times, double rate, const char* unit,
                      const std::string& by = "pinnscope") {
  std::printf("%s,%s,%.6g,%.6g,%.6g,%.6g,%s\n", work.c_str(), by.c_str(), 1e3 * times.median,
              1e3 * times.least, 1e3 * times.most, rate, unit);
  std::fflush(stdout);
}

}  // namespace pinnscope::bench
