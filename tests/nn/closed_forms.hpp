#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "pinnscope/nn/activation.hpp"

namespace pinnscope::test {

/// f, f', f'', f''' by their definitions, and the sums of the magnitudes of their terms, which is
/// what their roundings are measured by.
struct ClosedForm {
  std::array<long double, 4> f{};
  std::array<long double, 4> size{};
};

struct Terms {
  long double sum = 0;
  long double size = 0;
  Terms& add(long double term) {
    sum += term;
    size += std::fabs(term);
    return *this;
  }
};

inline ClosedForm closed_form(const std::array<Terms, 4>& terms) {
  ClosedForm result;
  for (std::size_t k = 0; k < 4; ++k) {
    result.f[k] = terms[k].sum;
    result.size[k] = terms[k].size;
  }
  return result;
}

/// The logistic function by hyperbolic functions of z / 2, and its derivatives.
inline std::array<long double, 4> logistic(long double z) {
  const long double t = std::tanh(z / 2);
  const long double cosh = std::cosh(z / 2);
  const long double slope = 1 / (4 * cosh * cosh);
  return {1 / (1 + std::exp(-z)), slope, -t * slope, (t * t - 2 * slope) * slope};
}

/// z g(z) by the product rule, from g and its derivatives.
inline ClosedForm times_argument(long double z, const std::array<long double, 4>& g) {
  return closed_form({Terms{}.add(z * g[0]), Terms{}.add(g[0]).add(z * g[1]),
                      Terms{}.add(2 * g[1]).add(z * g[2]), Terms{}.add(3 * g[2]).add(z * g[3])});
}

inline ClosedForm sigmoid_form(long double z) {
  const auto s = logistic(z);
  ClosedForm result{s, {}};
  for (std::size_t k = 0; k < 4; ++k) result.size[k] = std::fabs(s[k]);
  result.size[3] = 3 * s[1];
  return result;
}

inline ClosedForm softplus_form(long double z) {
  const ClosedForm s = sigmoid_form(z);
  const long double value = (z > 0 ? z : 0) + std::log1p(std::exp(-std::fabs(z)));
  return {{value, s.f[0], s.f[1], s.f[2]}, {value, s.size[0], s.size[1], s.size[2]}};
}

/// Of the normal distribution: its function by the complementary error function, its density and
/// the derivatives of that, which are Hermite polynomials times it.
inline ClosedForm gelu_form(long double z) {
  const long double density = std::exp(-z * z / 2) / std::sqrt(2 * std::acos(-1.0L));
  return times_argument(
      z, {std::erfc(-z / std::sqrt(2.0L)) / 2, density, -z * density, (z * z - 1) * density});
}

/// Of (1 + tanh u) / 2 with u = sqrt(2 / pi) (z + 0.044715 z^3), by the chain rule.
inline ClosedForm gelu_tanh_form(long double z) {
  const long double factor = std::sqrt(2 / std::acos(-1.0L));
  const long double cubic = 0.044715L * factor;
  const long double u = factor * z + cubic * z * z * z;
  const long double u1 = factor + 3 * cubic * z * z;
  const long double u2 = 6 * cubic * z;
  const long double u3 = 6 * cubic;
  const long double t = std::tanh(u);
  const long double slope = 1 / (std::cosh(u) * std::cosh(u));
  const long double g1 = slope / 2;
  const long double g2 = -t * slope;
  const long double g3 = (3 * t * t - 1) * slope;
  ClosedForm result =
      times_argument(z, {1 / (1 + std::exp(-2 * u)), g1 * u1, g2 * u1 * u1 + g1 * u2,
                         g3 * u1 * u1 * u1 + 3 * g2 * u1 * u2 + g1 * u3});
  // The rounding of u is multiplied by u, and terms of the third derivatives cancel.
  for (long double& size : result.size) size *= 1 + std::fabs(u);
  result.size[2] += std::fabs(z) * (std::fabs(g2) * u1 * u1 + std::fabs(g1 * u2));
  result.size[3] += std::fabs(z) * (2 * slope * u1 * u1 * u1 + 3 * std::fabs(g2 * u1 * u2));
  return result;
}

inline ClosedForm elu_form(long double z) {
  const long double slope = z > 0 ? 1 : std::exp(z);
  const long double curvature = z > 0 ? 0 : slope;
  const long double value = z > 0 ? z : std::expm1(z);
  return {{value, slope, curvature, curvature}, {std::fabs(value), slope, curvature, curvature}};
}

/// One whose terms are its values.
inline ClosedForm plain_form(const std::array<long double, 4>& f) {
  ClosedForm result{f, f};
  for (long double& size : result.size) size = std::fabs(size);
  return result;
}

inline ClosedForm tanh_form(long double z) {
  const long double t = std::tanh(z);
  const long double slope = 1 / (std::cosh(z) * std::cosh(z));
  ClosedForm result = plain_form({t, slope, -2 * t * slope, (6 * t * t - 2) * slope});
  result.size[3] = (6 * t * t + 2) * slope;
  return result;
}

/// Where omega is not 1, the rounding of omega z is as large as omega z.
inline ClosedForm sine_form(long double z, long double omega) {
  const long double sine = std::sin(omega * z);
  const long double cosine = std::cos(omega * z);
  ClosedForm result =
      plain_form({sine, omega * cosine, -omega * omega * sine, -omega * omega * omega * cosine});
  if (omega == 1) return result;
  const std::array<long double, 2> other{cosine, sine};
  for (std::size_t k = 0; k < 4; ++k) {
    result.size[k] +=
        std::fabs(std::pow(omega, static_cast<long double>(k)) * omega * z * other[k % 2]);
  }
  return result;
}

/// The closed form of an activation, and the power of z that stands before exponentials in f'''.
struct ActivationForm {
  Activation activation;
  ClosedForm (*form)(long double z, const ActivationParameters& parameters);
  int highest_power = 1;
};

// The reference of every activation in the list: the tests of all kernels go by it.
inline constexpr std::array kActivationForms{
    ActivationForm{Activation::tanh, [](long double z, const auto&) { return tanh_form(z); }},
    ActivationForm{Activation::relu,
                   [](long double z, const auto&) {
                     return plain_form({z > 0 ? z : 0, z > 0 ? 1.0L : 0.0L, 0, 0});
                   }},
    ActivationForm{Activation::leaky_relu,
                   [](long double z, const ActivationParameters& parameters) {
                     const long double slope = parameters.negative_slope.value_or(0.01);
                     return plain_form({z > 0 ? z : slope * z, z > 0 ? 1.0L : slope, 0, 0});
                   }},
    ActivationForm{Activation::sine,
                   [](long double z, const ActivationParameters& parameters) {
                     return sine_form(z, parameters.omega.value_or(1));
                   }},
    ActivationForm{Activation::identity,
                   [](long double z, const auto&) {
                     return plain_form({z, 1, 0, 0});
                   }},
    ActivationForm{Activation::sigmoid, [](long double z, const auto&) { return sigmoid_form(z); }},
    ActivationForm{Activation::silu,
                   [](long double z, const auto&) { return times_argument(z, logistic(z)); }},
    ActivationForm{Activation::gelu, [](long double z, const auto&) { return gelu_form(z); }, 3},
    ActivationForm{Activation::gelu_tanh,
                   [](long double z, const auto&) { return gelu_tanh_form(z); }, 7},
    ActivationForm{Activation::softplus,
                   [](long double z, const auto&) { return softplus_form(z); }},
    ActivationForm{Activation::elu, [](long double z, const auto&) { return elu_form(z); }},
};

/// Where an activation's form stands in the list; its size, where it has none.
constexpr std::size_t form_index(Activation activation) {
  std::size_t index = 0;
  while (index < kActivationForms.size() && kActivationForms[index].activation != activation) {
    ++index;
  }
  return index;
}
static_assert(std::ranges::all_of(kActivations,
                                  [](Activation activation) {
                                    return form_index(activation) < kActivationForms.size();
                                  }),
              "an activation has no closed form to be tested by");

inline ClosedForm closed_form(Activation activation, long double z,
                              const ActivationParameters& parameters = {}) {
  return kActivationForms[form_index(activation)].form(z, parameters);
}

/// Parameters that are not the standard ones, in numbers of T.
template <class T>
ActivationParameters other_parameters() {
  return {.negative_slope = static_cast<double>(T(0.2)), .omega = static_cast<double>(T(1.7))};
}

}  // namespace pinnscope::test
