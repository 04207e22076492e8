#include "pinnscope/signals/mean_field.hpp"

#include <array>
#include <cmath>
#include <limits>

namespace pinnscope {
namespace {

constexpr double kLargestQ = 1e6;
constexpr double kFarthest = 9;  // the density beyond is below 1e-18 of that at 0

/// A node of the 16-point rule of Gauss and Legendre on (-1, 1), and its weight, which -node has
/// too: roots of the Legendre polynomial to 17 digits, 2 / ((1 - x^2) P'(x)^2).
struct Node {
  double place;
  double weight;
};
constexpr std::array kNodes{
    Node{0.9894009349916499, 0.027152459411754096}, Node{0.9445750230732326, 0.062253523938647894},
    Node{0.8656312023878318, 0.09515851168249279},  Node{0.755404408355003, 0.12462897125553388},
    Node{0.6178762444026438, 0.14959598881657674},  Node{0.45801677765722737, 0.16915651939500254},
    Node{0.2816035507792589, 0.18260341504492358},  Node{0.09501250983763744, 0.1894506104550685}};

/// E function(scale g). A piece is as wide as g changes by 1, or rate scale g: tanh(rate z), the
/// steepest of the functions, is analytic in a strip of half-width pi/2 / rate about the line.
template <class Function>
double gaussian_mean(double scale, double rate, Function&& function) noexcept {
  const int pieces = static_cast<int>(std::ceil(kFarthest * std::fmax(1, rate * scale)));
  const double half = kFarthest / pieces / 2;
  double sum = 0;
  for (int piece = 0; piece < pieces; ++piece) {
    const double middle = (2 * piece + 1) * half;
    for (const Node& node : kNodes) {
      for (const double g : {middle - half * node.place, middle + half * node.place}) {
        const double density = std::exp(-g * g / 2);
        sum += node.weight * density * (function(scale * g) + function(-scale * g));
      }
    }
  }
  constexpr double kRootOfTwoPi = 2.50662827463100050242;
  return sum * half / kRootOfTwoPi;
}

/// How fast the activation changes, as a factor of z.
double rate_of(const MeanField& field) noexcept {
  double rate = 1;
  with_activation<double>(field.activation, field.activation_parameters,
                          [&](auto function) { rate = function.rate(); });
  return rate;
}

bool in_range(double q, double rate) noexcept {
  return q >= 0 && q <= kLargestQ && rate * rate * q <= kLargestQ;
}

template <class T>
double sum_of_squares(VectorView<const T> values) noexcept {
  double sum = 0;
  for (const T value : values) sum += static_cast<double>(value) * static_cast<double>(value);
  return sum;
}

template <class T>
double deviation_of(MatrixView<const T> weights) noexcept {
  double sum = 0;
  for (std::size_t j = 0; j < weights.columns; ++j) sum += sum_of_squares<T>(weights.column(j));
  return std::sqrt(sum / static_cast<double>(weights.columns));
}

template <class T>
double deviation_of(VectorView<const T> biases) noexcept {
  return std::sqrt(sum_of_squares<T>(biases) / static_cast<double>(biases.size()));
}

}  // namespace

double MeanField::next_q(double q) const noexcept {
  const double rate = rate_of(*this);
  if (!in_range(q, rate)) return std::numeric_limits<double>::quiet_NaN();
  const double mean = gaussian_mean(std::sqrt(q), rate, [this](double z) {
    const double value = activation_values(activation, z, activation_parameters).value;
    return value * value;
  });
  return sigma_w * sigma_w * mean + sigma_b * sigma_b;
}

double MeanField::chi(double q) const noexcept {
  const double rate = rate_of(*this);
  if (!in_range(q, rate)) return std::numeric_limits<double>::quiet_NaN();
  const double mean = gaussian_mean(std::sqrt(q), rate, [this](double z) {
    const double slope = activation_values(activation, z, activation_parameters).first;
    return slope * slope;
  });
  return sigma_w * sigma_w * mean;
}

Status MeanField::fixed_point(double& q) const noexcept {
  constexpr int kMostSteps = 1000;
  constexpr double kTolerance = 1e-14;  // some fifty roundings
  constexpr double kVanishing = 1e-7;   // q that falls and is below this falls to 0
  const double rate = rate_of(*this);
  double here = 1;
  for (int step = 0; step < kMostSteps; ++step) {
    const double next = next_q(here);
    const double behind = next_q(next);
    if (!in_range(next, rate) || !in_range(behind, rate)) return {StatusCode::out_of_range};
    const bool vanishes = behind < next && behind < kVanishing && next_q(0) == 0;
    if (vanishes || std::fabs(behind - next) <= kTolerance * behind) {
      q = vanishes ? 0 : behind;
      return {};
    }
    // Aitken's extrapolation of the three, where it lies on their way (Henrici, Elements of
    // Numerical Analysis, 1964, section 4.4).
    const double ahead = here - (next - here) * (next - here) / (behind - 2 * next + here);
    const bool onward = in_range(ahead, rate) && (ahead - behind) * (behind - next) > 0;
    here = onward ? ahead : behind;
  }
  return {StatusCode::not_converged};
}

double weight_deviation(MatrixView<const float> weights) noexcept { return deviation_of(weights); }
double weight_deviation(MatrixView<const double> weights) noexcept { return deviation_of(weights); }

double bias_deviation(VectorView<const float> biases) noexcept { return deviation_of(biases); }
double bias_deviation(VectorView<const double> biases) noexcept { return deviation_of(biases); }

}  // namespace pinnscope
