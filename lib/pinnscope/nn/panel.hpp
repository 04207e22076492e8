#pragma once

#include <cstddef>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/nn/activation.hpp"
#include "pinnscope/nn/derivatives.hpp"

namespace pinnscope {

/// Points go through a network a panel at a time: as many points as fill 64 bytes, the entries of
/// one neuron side by side. A panel of w neurons is kPanelRows<T> x w, column-major, 64-byte
/// aligned. Panels that are not full are padded, so every entry is computed by the same
/// instructions whatever stands beside it: its bits do not depend on how points are grouped.
template <class T>
inline constexpr std::size_t kPanelRows = kBlockAlignment / sizeof(T);

/// Z = A W + b for one panel: A is kPanelRows x fan_in, W fan_in x fan_out, Z kPanelRows x fan_out.
/// `biases` has fan_out entries or none (b = 0). Each entry is summed in order: b, then k = 0, 1,
/// ... 2 kPanelRows fan_in fan_out flops. Z must not overlap A.
void multiply_panel(const float* a, MatrixView<const float> weights, VectorView<const float> biases,
                    float* z) noexcept;
void multiply_panel(const double* a, MatrixView<const double> weights,
                    VectorView<const double> biases, double* z) noexcept;

/// The same for one point, z = a W + b: a has fan_in entries, z fan_out and zeros up to a whole
/// panel, 64-byte aligned. The same order of sums, the same bits.
void multiply_point(const float* a, MatrixView<const float> weights, VectorView<const float> biases,
                    float* z) noexcept;
void multiply_point(const double* a, MatrixView<const double> weights,
                    VectorView<const double> biases, double* z) noexcept;

/// Takes the streams of a layer through its activation, in place. `streams` holds one panel of
/// `width` neurons after the other, a panel a stream: z, z_i, z_ij become
///
///     a = f(z),   a_i = f'(z) z_i,   a_ij = f'(z) z_ij + f''(z) z_i z_j
void activate_panels(Activation activation, float negative_slope, const Derivatives& derivatives,
                     std::size_t width, float* streams) noexcept;
void activate_panels(Activation activation, double negative_slope, const Derivatives& derivatives,
                     std::size_t width, double* streams) noexcept;

}  // namespace pinnscope
