#pragma once

#include <cstddef>

#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/nn/activation.hpp"

namespace pinnscope {

/// The theory of wide random layers z = f(z_before) W + b: weights and biases are independent and
/// normal of mean 0, weights of variance sigma_w^2 / fan_in, biases of sigma_b^2. The neurons of a
/// layer are then normal of mean 0, and q = mean z^2 is all there is to know. g is standard normal:
///
///     next_q(q) = sigma_w^2 E f(sqrt(q) g)^2 + sigma_b^2     Poole et al., NeurIPS 2016, eq. 3
///     chi(q)    = sigma_w^2 E f'(sqrt(q) g)^2                Schoenholz et al., ICLR 2017, eq. 5
///
/// chi is what the mean square of a small change grows by, a layer: below 1 signals converge
/// (order), above 1 they part (chaos). Means are by Gauss and Legendre on pieces of the half-lines,
/// as the functions have a kink at 0 at most, where the nodes of Gauss and Hermite converge slowly;
/// to 1e-13 relative. Nothing here allocates.
struct MeanField {
  double sigma_w = 1;                        ///< of the weights times the root of fan_in, 0 or more
  double sigma_b = 0;                        ///< of the biases, 0 or more
  Activation activation = Activation::tanh;  ///< f
  ActivationParameters activation_parameters{};  ///< of f

  /// The q of the layer behind one of q. NaN where q is negative or not finite, or above 1e6
  /// (of a sine, where omega^2 q is).
  double next_q(double q) const noexcept;

  /// At a layer whose neurons have q. NaN as next_q().
  double chi(double q) const noexcept;

  /// The q that next_q() leaves as it is and that layer upon layer leads to from q = 1; 0 where
  /// that is left as it is and reached to 1e-7. out_of_range where it grows beyond 1e6, a
  /// rectifier's with sigma_w^2 above 2; not_converged after 1000 accelerated steps. `q` is
  /// unchanged then.
  Status fixed_point(double& q) const noexcept;
};

/// What the weights of a layer have for sigma_w: the root of fan_in times the mean of W^2.
double weight_deviation(MatrixView<const float> weights) noexcept;
double weight_deviation(MatrixView<const double> weights) noexcept;

/// What its biases have for sigma_b: their root mean square.
double bias_deviation(VectorView<const float> biases) noexcept;
double bias_deviation(VectorView<const double> biases) noexcept;

}  // namespace pinnscope
