#pragma once

#include <array>
#include <cstddef>
#include <limits>
#include <string_view>

#include "pinnscope/core/view.hpp"
#include "pinnscope/nn/activation.hpp"

namespace pinnscope {

/// What arrives of one input x at a layer a = f(z), z = a_before W + b, of w neurons. All of it is
/// invariant: a function-preserving relabelling of the neurons, or a change of the sign of a tanh
/// neuron, leaves it as it is, but for the mean and the variance, which know signs. J is the
/// Jacobian da/dx, s_1 >= s_2 >= ... its singular values. A number that is not known is NaN.
struct LayerSignal {
  /// A number that is not known.
  static constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

  double l1_norm = kUnknown;      ///< sum of |a| over the neurons
  double l2_norm = kUnknown;      ///< root of the sum of a^2
  double mean = kUnknown;         ///< of a over the neurons
  double variance = kUnknown;     ///< mean of (a - mean)^2
  double saturated = kUnknown;    ///< share of neurons beyond saturation_slope(), from 0 to 1
  double correlation = kUnknown;  ///< cosine between the signals of x and its neighbour, in [-1, 1]
  double q = kUnknown;            ///< mean of z^2 over the neurons
  double chi = kUnknown;          ///< what the mean square of a small change grows by
  double log_first_singular_value = kUnknown;  ///< natural logarithm of s_1
  double log_last_singular_value = kUnknown;   ///< of the last one, as many as there are inputs
};

/// A number of a LayerSignal: its name in files, what it means, and where it stands.
struct LayerSignalNumber {
  const char* name = "";     ///< in files
  const char* meaning = "";  ///< half a sentence without a full stop
  bool invariant = true;     ///< under relabelling of neurons and signs of tanh neurons
  double LayerSignal::*member = nullptr;  ///< where it stands
};

/// Every number, in the order of files.
inline constexpr auto kLayerSignalNumbers = std::array{
    LayerSignalNumber{"l1_norm", "sum over the neurons of |a|", true, &LayerSignal::l1_norm},
    LayerSignalNumber{"l2_norm", "root of the sum of a^2", true, &LayerSignal::l2_norm},
    LayerSignalNumber{"mean", "of a over the neurons; knows their signs", false,
                      &LayerSignal::mean},
    LayerSignalNumber{"variance", "mean of (a - mean)^2; knows the signs of neurons", false,
                      &LayerSignal::variance},
    LayerSignalNumber{"saturated",
                      "share of neurons with f'(z) < 0.19 times the slope of the steepest part: "
                      "|a| > 0.9 of a tanh",
                      true, &LayerSignal::saturated},
    LayerSignalNumber{"correlation",
                      "cosine of the angle between the signals of an input and of its neighbour",
                      true, &LayerSignal::correlation},
    LayerSignalNumber{"q", "mean of z^2 over the neurons", true, &LayerSignal::q},
    LayerSignalNumber{"chi",
                      "mean over the neurons of f'(z)^2 |w|^2, w their weights: what the mean "
                      "square of a random small change grows by",
                      true, &LayerSignal::chi},
    LayerSignalNumber{"log_s_1", "natural logarithm of the largest singular value of da/dx", true,
                      &LayerSignal::log_first_singular_value},
    LayerSignalNumber{"log_s_n", "the same of the smallest one, of as many as there are inputs",
                      true, &LayerSignal::log_last_singular_value},
};

/// What kExponent is, to be written beside it.
inline constexpr const char* kExponentMeaning =
    "(log s_1(da_H/dx) - log s_1(da_1/dx)) / (H - 1), H hidden layers, natural logarithm";

/// The exponent of a signal: what the largest singular value of the input's Jacobian grows by, a
/// hidden layer beyond the first,
///
///     (log s_1(da_H/dx) - log s_1(da_1/dx)) / (H - 1),
///
/// for `layers` as SignalPass gives them, H hidden ones and the output; NaN for fewer than two
/// hidden ones and where the first passes nothing on. A finite-time Lyapunov exponent: Storm et
/// al., Phys. Rev. Lett. 132, 057301, 2024, which counts the first layer too; that one is
/// log_first_singular_value / H of layer H.
double signal_exponent(VectorView<const LayerSignal> layers) noexcept;

/// f'(z) below which a neuron counts as saturated: 0.19 times the slope of the steepest part, 1/4
/// for a sigmoid and 1 for the others. Of a tanh and a sigmoid that is 0.9 of the way from the
/// middle to an end; of the rectifiers, smooth ones too, a neuron that is off. NaN for a sine,
/// whose slope changes its sign within the linear part of a wave: see saturation_obstacle().
double saturation_slope(Activation activation) noexcept;

/// Why `saturated` is not known with this activation; empty where it is.
const char* saturation_obstacle(Activation activation) noexcept;

}  // namespace pinnscope
