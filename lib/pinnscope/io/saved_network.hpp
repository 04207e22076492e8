#pragma once

#include <memory>
#include <string>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/io/file_status.hpp"
#include "pinnscope/io/memory.hpp"
#include "pinnscope/io/network_weights.hpp"
#include "pinnscope/nn/mlp.hpp"

namespace pinnscope {

/// The network that a file describes, ready to be evaluated, and the memory that it lies in.
template <class T>
class SavedNetwork {
 public:
  explicit SavedNetwork(const typename Mlp<T>::Config& config);

  Mlp<T>& operator*() { return network_; }
  Mlp<T>* operator->() { return &network_; }

 private:
  ArenaMemory memory_;
  Arena arena_;
  Mlp<T> network_;
};

/// Makes the network of a file: its widths, weights and biases rounded to T, activations and the
/// slope of a leaky ReLU. This is the one place where a file becomes a network. An output
/// activation that the file does not say is the identity, a slope PyTorch's (kNegativeSlope). The
/// hidden activation must be known (see check_activation). Allocates the network. `network` is
/// unchanged on failure, and the message starts with `name`.
FileStatus make_network(const NetworkWeights& weights, const std::string& name,
                        std::unique_ptr<SavedNetwork<float>>& network);
FileStatus make_network(const NetworkWeights& weights, const std::string& name,
                        std::unique_ptr<SavedNetwork<double>>& network);

}  // namespace pinnscope
