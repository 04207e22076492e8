// A residual with a hyperbolic cosine in it: its value, and the gradient of its loss against
// differences. In the list of the library as cosh(a), or, where OUTSIDE is defined, from here as
// apply<HyperbolicCosine>(a).
#include <array>
#include <cmath>
#include <cstdio>
#include <vector>

#include "pinnscope/tape/replay.hpp"

using namespace pinnscope;
using namespace pinnscope::partial;

#ifdef OUTSIDE
#include "hyperbolic_cosine.inl"

template <class Term>
auto hyperbolic_cosine(Term a) {
  return apply<HyperbolicCosine>(a);
}
#else
template <class Term>
auto hyperbolic_cosine(Term a) {
  static_assert(Operations::contains<operations::HyperbolicCosine>);
  return cosh(a);
}
#endif

namespace {

constexpr std::array<std::size_t, 3> kWidths{2, 4, 1};
constexpr std::array kPoints{0.1, 0.7, -0.4, 0.3, -0.9, 0.5};  // three, x of all and then t of all

template <class T>
bool works(double step, double allowed) {
  std::vector<std::byte> memory(1 << 20);
  Arena arena(memory);
  Tape<T> tape({.widths = kWidths}, arena);
  const auto u = tape.network({dt, dxx});
  const auto r = u[dt] - T(0.1) * u[dxx] + hyperbolic_cosine(2.0 * u);
  const Status status = tape.minimise(mean_square(r));
  Mlp<T> network({.widths = kWidths}, arena);
  auto parameters = network.parameters();
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    parameters[i] = static_cast<T>(std::sin(1.0 + static_cast<double>(i)));
  }
  Replay<T> replay({.tape = &tape, .tile = 3}, arena);
  if (!status.ok() || !arena.status().ok()) return false;
  std::vector<T> points(kPoints.begin(), kPoints.end());
  const auto loss = [&] {
    replay.forward(network, {points.data(), 3, 2, 3});
    return replay.loss();
  };
  std::vector<T> gradient(parameters.size());
  loss();
  replay.backward(network, 1, gradient);
  double worst = 0;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const T there = parameters[i];
    parameters[i] = there + static_cast<T>(step);
    const double ahead = loss();
    parameters[i] = there - static_cast<T>(step);
    const double behind = loss();
    parameters[i] = there;
    const double slope = (ahead - behind) / (2 * step);
    const double error = std::fabs(static_cast<double>(gradient[i]) - slope);
    worst = std::fmax(worst, error / std::fmax(1, std::fabs(slope)));
  }
  // A residual of values alone keeps its value: cosh(2 u) at the first point.
  Tape<T> values({.widths = kWidths}, arena);
  const auto v = values.network();
  const auto w = hyperbolic_cosine(2.0 * v);
  Replay<T> plain({.tape = &values, .tile = 3}, arena);
  plain.forward(network, {points.data(), 3, 2, 3});
  const double exact = std::cosh(2 * static_cast<double>(plain.values(v)[0]));
  const double found = static_cast<double>(plain.values(w)[0]);
  std::printf("%zu bits: cosh(2 u) = %.6f, exactly %.6f; the gradient is off by %.1e\n",
              8 * sizeof(T), found, exact, worst);
  return arena.status().ok() && std::fabs(found - exact) < allowed && worst < allowed;
}

}  // namespace

int main() { return works<double>(1e-5, 1e-8) && works<float>(1e-2, 1e-2) ? 0 : 1; }
