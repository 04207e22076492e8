#pragma once

#include "pinnscope/pde/cole_hopf.hpp"
#include "pinnscope/pde/problem.hpp"

/// What problems of Burgers' equation have in common that start as a sine wave over one of its
/// periods: u_t + u u_x = nu u_xx, nu the coefficient "viscosity", in x and t.
namespace pinnscope::pde::burgers {

inline constexpr const char* kOutputs[]{"u"};

inline constexpr auto kEquation = [](const auto& u, const Problem& problem) noexcept {
  using namespace partial;
  return u[dt] + u * u[dx] - problem.coefficient("viscosity") * u[dxx];
};

template <const SineWave& kInitial>
Status exact(const Problem& problem, VectorView<const double> x, VectorView<double> u) noexcept {
  BurgersValue found;
  const Status status = cole_hopf(kInitial, problem.coefficient("viscosity"), x[1], x[0], found);
  u[0] = found.u;
  return status;
}

template <const SineWave& kInitial>
inline constexpr auto kHard = [](const auto& network, const Problem&) noexcept {
  const auto angle = kInitial.wavenumber * network.at(0);
  const auto t = network.at(1);
  return kInitial.amplitude * sin(angle) + t * network(t, cos(angle), sin(angle));
};

// A periodic solution that starts odd stays odd, which puts its shock where it is: half the
// difference of a network and its mirror image is odd, and vanishes at both ends.
template <const SineWave& kInitial>
inline constexpr auto kOdd = [](const auto& network, const Problem&) noexcept {
  const auto angle = kInitial.wavenumber * network.at(0);
  const auto t = network.at(1);
  const auto even = cos(angle);
  const auto odd = sin(angle);
  return kInitial.amplitude * odd + 0.5 * t * (network(t, even, odd) - network(t, even, -odd));
};

template <const SineWave& kInitial, const Input (&kHalf)[2]>
inline constexpr Ansatz kAnsatzes[]{
    {AnsatzKind::hard, kHard<kInitial>, 3},
    {AnsatzKind::odd, kOdd<kInitial>, 3, kHalf},
};

template <const SineWave& kInitial>
inline constexpr Condition kConditions[]{
    {.name = "initial", .input = 1, .end = End::low, .data = exact<kInitial>, .by_ansatz = true},
    {.name = "left boundary", .input = 0, .end = End::low, .data = kZero, .by_ansatz = true},
    {.name = "right boundary", .input = 0, .end = End::high, .data = kZero, .by_ansatz = true},
};

// kHalf is the half of the box from which the other one follows.
template <const SineWave& kInitial, const Input (&kHalf)[2]>
constexpr Problem problem(const char* name, const char* meaning, std::span<const Input> inputs,
                          std::span<const Coefficient> coefficients) noexcept {
  return {.name = name,
          .meaning = meaning,
          .inputs = inputs,
          .outputs = kOutputs,
          .coefficients = coefficients,
          .derivatives = {partial::dt, partial::dxx},
          .equation = kEquation,
          .conditions = kConditions<kInitial>,
          .exact = exact<kInitial>,
          .ansatzes = kAnsatzes<kInitial, kHalf>};
}

}  // namespace pinnscope::pde::burgers
