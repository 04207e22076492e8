#pragma once

// The one place that knows which Catch2 this is: 2.13 has one header, 3 has many.
#if __has_include(<catch2/catch_test_macros.hpp>)
#include <catch2/catch_approx.hpp>
#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#else
#include <catch2/catch.hpp>
#endif

namespace pinnscope::test {

/// Notes that a test could not run, and why. The closing line of the executable counts these.
void skip(const char* reason);

/// |a - b| <= tolerance * max(1, |b|): relative where numbers are large, absolute where small.
inline bool close(double a, double b, double tolerance) {
  const double size = (b < 0 ? -b : b) > 1 ? (b < 0 ? -b : b) : 1;
  const double difference = a < b ? b - a : a - b;
  return difference <= tolerance * size;
}

/// |a - b| <= tolerance * |b|.
inline bool relatively_close(double a, double b, double tolerance) {
  const double difference = a < b ? b - a : a - b;
  return difference <= tolerance * (b < 0 ? -b : b);
}

}  // namespace pinnscope::test
