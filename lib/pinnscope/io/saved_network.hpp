#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "pinnscope/io/file_status.hpp"
#include "pinnscope/io/network_weights.hpp"
#include "pinnscope/io/owned.hpp"
#include "pinnscope/nn/initialise.hpp"
#include "pinnscope/nn/layer_kind.hpp"
#include "pinnscope/nn/mlp.hpp"
#include "pinnscope/pde/problem.hpp"

namespace pinnscope {

/// How a network was trained, as far as the metadata of its file say it.
struct Recipe {
  /// The names of the entries.
  /// @{
  static constexpr const char* kProblem = "problem";
  static constexpr const char* kSeed = "seed";
  static constexpr const char* kInitialiser = "initialiser";
  static constexpr const char* kPrecision = "training_precision";
  static constexpr const char* kLayersKind = "layers_kind";
  static constexpr const char* kLayersStep = "layers_step";
  static constexpr const char* kLayersDamping = "layers_damping";
  static constexpr const char* kAnsatz = "ansatz";
  /// @}

  const Problem* problem = nullptr;          ///< one of problems(), by its name
  std::optional<std::uint64_t> seed;         ///< of the weights and the points
  std::optional<Initialiser> initialiser;    ///< of the weights
  Precision precision = Precision::float64;  ///< of the training
  std::optional<LayerStep> layer_step;       ///< plain where nothing is said of layers
  AnsatzKind ansatz = AnsatzKind::none;      ///< what the network stands for in its problem

  /// Inputs that the unknown has where the network has `inputs`.
  std::size_t coordinates(std::size_t inputs) const {
    const bool made = ansatz != AnsatzKind::none && problem != nullptr &&
                      problem->network_inputs(ansatz) == inputs;
    return made ? problem->inputs.size() : inputs;
  }
};

/// Reads the entries that there are; one that is no such name or number is left out.
Recipe recipe_of(const std::map<std::string, std::string>& metadata);

/// The network that a file describes, ready to be evaluated, with the memory that it lies in (see
/// ArenaMemory) and what the file says of how it came about. Moved, not copied.
///
///     SavedNetwork<double> network;
///     const FileStatus status = read("network.safetensors", network);
///     Owned<ForwardPass<double>> pass({.widths = network->widths(), .derivatives = {dx, dxx}});
///     std::array<double, 3> u{};  // u, u_x, u_xx
///     if (status.ok()) pass->evaluate_point(*network, std::array{0.25, 0.5}, u);
template <class T>
class SavedNetwork {
 public:
  /// Whether there is no network yet: then nothing but take() and read() may be called.
  bool empty() const { return network_ == nullptr; }

  /// The network. Precondition: not empty().
  /// @{
  Mlp<T>& operator*() { return **network_; }
  const Mlp<T>& operator*() const { return **network_; }
  Mlp<T>* operator->() { return &**network_; }
  const Mlp<T>* operator->() const { return &**network_; }
  /// @}

  /// Becomes the network of these weights: its widths, weights and biases rounded to T, activations
  /// and their parameters. This is the one place where a file becomes a network. An output
  /// activation that the file does not say is the identity, a parameter has the standard value of
  /// its row. The hidden activation must be known (see check_activation). Allocates the network.
  /// Unchanged on failure; the message starts with `name`. out_of_range where a number does not fit
  /// T.
  FileStatus take(const NetworkWeights& weights, const std::string& name);

  /// What messages call it: the path of its file.
  const std::string& name() const { return name_; }

  /// Of the numbers in the file, whatever T is.
  Precision file_precision() const { return file_precision_; }

  /// Whatever else the file says: entries by their names.
  const std::map<std::string, std::string>& metadata() const { return metadata_; }

  /// How it was trained, as far as these entries say it.
  Recipe recipe() const { return recipe_of(metadata_); }

  /// Gives the network that its training started from, as draw_start() does.
  FileStatus draw_start(SavedNetwork& start) const;

 private:
  std::unique_ptr<Owned<Mlp<T>>> network_;
  std::string name_;
  Precision file_precision_ = Precision::float64;
  std::map<std::string, std::string> metadata_;
};

/// Reads a network from a file of any format (see read_network). Unchanged on failure.
template <class T>
FileStatus read(const std::string& path, SavedNetwork<T>& network);

/// Draws the weights again that the training of a network started from, by the seed and the
/// initialiser in its metadata and in the precision of the training, those of layers that are steps
/// formed of what was drawn: `start` is `trained` with other weights. unsupported, `start`
/// unchanged, where the metadata do not say seed and initialiser, or say no steps that the layers
/// can be.
FileStatus draw_start(const NetworkWeights& trained, const std::string& name,
                      NetworkWeights& start);

}  // namespace pinnscope
