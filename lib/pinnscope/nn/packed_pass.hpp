#pragma once

#include <algorithm>
#include <cstddef>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/nn/derivatives.hpp"
#include "pinnscope/nn/kernels.hpp"
#include "pinnscope/nn/mlp.hpp"

namespace pinnscope {

/// A network made ready for one point at a time, as a control loop asks for it: a copy of its
/// weights in which the neurons of a register stand side by side, so that a point reads each weight
/// once, in order. The values have the bits of ForwardPass.
///
///     pass.load(network);                  // once, and after the parameters have changed
///     pass.evaluate(point, values);        // u, u_x, u_t, u_xx
template <class T>
class PackedPass : Pinned {
 public:
  struct Config {
    VectorView<const std::size_t> widths;  ///< of the network
    Derivatives derivatives = {};          ///< that the pass carries; {} is the value alone
  };

  struct Storage {
    VectorView<T> weights;  // layer after layer, a panel of neurons after the other: biases, rows
    VectorView<T> input;    // of a layer, all streams
    VectorView<T> output;
  };

  /// Numbers that the copy of the weights takes; saturates.
  static constexpr std::size_t packed_size(VectorView<const std::size_t> widths) noexcept {
    std::size_t size = 0;
    for (std::size_t l = 1; l < widths.size(); ++l) {
      const std::size_t inputs = Footprint::saturating_add(widths[l - 1], 1);
      const std::size_t neurons =
          Footprint::saturating_multiply(panel_count<T>(widths[l]), kPanelRows<T>);
      size = Footprint::saturating_add(size, Footprint::saturating_multiply(inputs, neurons));
    }
    return size;
  }

  static constexpr Storage layout(Layout& layout, const Config& config) {
    const std::size_t widest = *std::max_element(config.widths.begin(), config.widths.end());
    const std::size_t entries = Footprint::saturating_multiply(
        panel_count<T>(widest), kPanelRows<T> * config.derivatives.count());
    return {layout.vector<T>("packed weights", packed_size(config.widths)),
            layout.vector<T>("layer input", entries), layout.vector<T>("layer output", entries)};
  }

  static constexpr Footprint footprint(const Config& config) {
    return measure([&](Layout& measured) { return layout(measured, config); });
  }

  /// Precondition: at least two widths.
  PackedPass(const Config& config, Arena& arena) noexcept;

  /// Copies the parameters; the network gives its shape to evaluate() and must outlive the pass.
  /// Allocates nothing. shape_mismatch, and what was loaded before stays, where the network needs
  /// more room than the config's widths or lacks an input that a derivative names; what the status
  /// of the config's derivatives says where that is not ok.
  Status load(const Mlp<T>& network) noexcept;

  /// `point` has `inputs` entries, `values` outputs times streams, stream after stream. About 2
  /// streams parameters flops; allocates nothing. empty_input without a network; shape_mismatch,
  /// `values` unchanged; not_finite as ForwardPass::evaluate_point().
  Status evaluate(VectorView<const T> point, VectorView<T> values) noexcept;

 private:
  Storage storage_;
  Derivatives derivatives_;
  StreamPlan<T> plan_;
  const Kernels<T>& kernels_;
  const Mlp<T>* network_ = nullptr;
};

}  // namespace pinnscope
