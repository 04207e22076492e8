#pragma once

#include <cstddef>
#include <cstdint>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/random.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/nn/mlp.hpp"

namespace pinnscope {

/// Whether f(-z) = -f(z), looked at for a number of z: then a neuron may change its sign.
bool is_odd(Activation activation, const ActivationParameters& parameters = {}) noexcept;

/// Which labels of the two sides of a layer's matrix may change without a change of the network's
/// function: those of hidden neurons, not of inputs and outputs.
struct FreeLabels {
  bool rows = true;     ///< of the neurons that the rows stand for
  bool columns = true;  ///< of the neurons that the columns stand for
  bool signs = true;    ///< is_odd() of the hidden activation

  /// Whether there is another labelling at all.
  constexpr bool any() const noexcept { return rows || columns; }

  /// Those of the transpose.
  constexpr FreeLabels transposed() const noexcept { return {columns, rows, signs}; }
};

/// What the neurons of one side of a layer are called: neuron i is the one that was order[i],
/// multiplied by signs[i]. Two views of one size.
struct Labels {
  VectorView<std::size_t> order;  ///< which neuron each one was, counted from 0
  VectorView<double> signs;       ///< 1 or -1

  /// Each neuron as it was.
  void reset() const noexcept;

  /// An order and, where asked for, signs, each as likely as the next (Fisher and Yates): a
  /// function of `source` alone.
  void draw(const Philox& source, bool with_signs) const noexcept;
};

/// relabelled(i, j) <- rows.signs[i] columns.signs[j] matrix(rows.order[i], columns.order[j]). The
/// two do not overlap. O(rows columns). shape_mismatch, nothing changed.
template <class T>
Status relabel(MatrixView<const T> matrix, const Labels& rows, const Labels& columns,
               MatrixView<T> relabelled) noexcept;

/// New labels for the neurons of every hidden layer of a network. The function of the network stays
/// as it is, but for the rounding of sums in another order: orders always, signs where the hidden
/// activation is odd.
///
///     Relabelling relabelling({.widths = network.widths()}, arena);
///     relabelling.draw(seed, is_odd(network.activation(0)));
///     status = relabelling.apply<double>(network, copy);
class Relabelling : Pinned {
 public:
  struct Config {
    VectorView<const std::size_t> widths;  ///< of the network; the view must stay
  };

  struct Storage {
    VectorView<std::size_t> order;  // of every neuron, inputs and outputs too, layer after layer
    VectorView<double> signs;
  };

  static constexpr Storage layout(Layout& layout, const Config& config) noexcept {
    std::size_t neurons = 0;
    for (const std::size_t width : config.widths) {
      neurons = Footprint::saturating_add(neurons, width);
    }
    return {layout.vector<std::size_t>("orders of the neurons", neurons),
            layout.vector<double>("signs of the neurons", neurons)};
  }
  static constexpr Footprint footprint(const Config& config) noexcept {
    return measure([&](Layout& measured) { return layout(measured, config); });
  }

  /// Starts with every label as it was.
  Relabelling(const Config& config, Arena& arena) noexcept;

  /// Every label as it was.
  void reset() noexcept;

  /// Labels of hidden layer h by draw h of StreamPurpose::network_labels.
  void draw(std::uint64_t seed, bool with_signs) noexcept;

  /// Of the neurons in front of layer `side`; those of 0 are the inputs, those of layers() the
  /// outputs. Whoever changes these two changes the function.
  Labels labels(std::size_t side) noexcept;

  /// `relabelled` <- the network under these labels; the two share no memory. O(parameters),
  /// allocates nothing. shape_mismatch where widths differ, nothing changed. Whether signs may be
  /// changed is the caller's to know: see is_odd().
  template <class T>
  Status apply(const Mlp<T>& network, Mlp<T>& relabelled) noexcept;

 private:
  Config config_;
  Storage storage_;
};

}  // namespace pinnscope
