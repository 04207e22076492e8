#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "pinnscope/nn/relabelling.hpp"
#include "pinnscope/step/stepper.hpp"
#include "support/owned.hpp"

namespace pinnscope::study {

using test::Owned;

/// The first of the streams that studies draw from: by its number, so that what they find stays as
/// it is when the library draws for one more purpose.
inline constexpr std::uint64_t kStudyStream = std::uint64_t{19} << 32;

/// A step whose labels are hidden.
struct Planted {
  Scheme scheme{};
  StepNumbers numbers{};
};

/// Ends the program where something that cannot fail did.
inline void require(const Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.text());
  std::exit(1);
}

/// Labels of one side.
struct OwnLabels {
  explicit OwnLabels(std::size_t n) : order(n), signs(n) { view().reset(); }
  Labels view() { return {order, signs}; }
  std::vector<std::size_t> order;
  std::vector<double> signs;
};

/// The step of a scheme with Gaussian noise of 1 / ratio times its energy, rows and columns in
/// random orders, with random signs: a function of its arguments alone.
inline std::vector<double> plant(const Planted& planted, std::size_t n, double ratio,
                                 std::uint64_t seed) {
  Owned<Stepper<double>> stepper({.scheme = planted.scheme,
                                  .cells = n,
                                  .velocity = planted.numbers.c,
                                  .diffusivity = planted.numbers.r});
  std::vector<double> step(n * n);
  std::vector<double> offset(n);
  require(stepper->matrix({step.data(), n, n}, offset));
  double energy = 0;
  for (const double entry : step) energy += entry * entry;
  const Philox noise(seed, kStudyStream);
  const double deviation = std::sqrt(energy / ratio) / static_cast<double>(n);
  for (std::size_t k = 0; k < step.size(); ++k) step[k] += deviation * noise.normal(k);
  OwnLabels rows(n);
  OwnLabels columns(n);
  rows.view().draw(Philox(seed, kStudyStream + 1), true);
  columns.view().draw(Philox(seed, kStudyStream + 2), true);
  std::vector<double> mixed(n * n);
  require(relabel<double>({step.data(), n, n}, rows.view(), columns.view(), {mixed.data(), n, n}));
  return mixed;
}

/// A share of trials with the ends of its 95 % interval: Wilson, J. Am. Stat. Assoc. 22, 209
/// (1927).
struct Proportion {
  double share = 0;
  double lower = 0;
  double upper = 1;
};

inline Proportion proportion(std::size_t found, std::size_t trials) {
  constexpr double kNormal = 1.959963984540054;  // 97.5 % of a normal law lie below
  const auto count = static_cast<double>(trials);
  const double share = static_cast<double>(found) / count;
  const double square = kNormal * kNormal / count;
  const double middle = (share + square / 2) / (1 + square);
  const double half =
      kNormal * std::sqrt(share * (1 - share) / count + square / (4 * count)) / (1 + square);
  return {share, middle - half < 1e-12 ? 0 : middle - half,
          middle + half > 1 - 1e-12 ? 1 : middle + half};
}

}  // namespace pinnscope::study
