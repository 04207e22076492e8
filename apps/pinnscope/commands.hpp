#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/network_file.hpp"
#include "pinnscope/io/file_status.hpp"
#include "pinnscope/io/network_weights.hpp"
#include "pinnscope/nn/layer_kind.hpp"
#include "pinnscope/pde/problem.hpp"
#include "pinnscope/pde/sampling.hpp"
#include "pinnscope/step/boundary.hpp"
#include "pinnscope/step/normalisation.hpp"
#include "pinnscope/step/scheme.hpp"
#include "pinnscope/train/quasi_newton.hpp"

namespace pinnscope::apps {

/// Prints what a network file holds and what the network needs.
FileStatus show_info(const std::string& weights);

struct EvaluateOptions {
  std::string weights;
  std::string points;  // two columns, x and t, in the order of their names or this one; "-": stdin
  std::string out;
  bool derivatives = false;
  NetworkOptions network;
  Precision precision = Precision::float64;
};

/// Writes x, t, u and, where asked for, u_x, u_t, u_xx at each point, as the points are read:
/// memory does not grow with their number.
FileStatus evaluate(const EvaluateOptions& options);

struct SpectraOptions {
  std::vector<std::string> weights;  // several runs of one shape make an ensemble
  std::string out;
  std::vector<std::string> nulls{"permutation"};
  std::size_t draws = 1000;              // a null; 0 draws none
  std::size_t relabellings = 39;         // of each network: 0 draws none
  std::optional<Activation> activation;  // of the hidden layers, where a file does not say it
  std::uint64_t seed = 1;
  std::size_t threads = 0;  // 0: as many as the machine runs at once
  bool json = false;
  bool plots = false;
  bool change = false;  // look at W - W at the start
};

/// Writes layers.csv, eigenvalues.csv, singular_values.csv, vectors.csv, nulls.csv and
/// relabellings.csv into a directory; ensemble.csv too of several runs; layers.json, and a sheet of
/// plots of the first run, where asked for. Prints what it left out.
FileStatus write_spectra(const SpectraOptions& options);

/// Recomputes known constants, calibrates p-values on noise and prints a power curve.
FileStatus self_test(std::size_t threads);

/// Prints the columns of layers.csv and what they mean.
void list_columns();

struct PropagateOptions {
  Scheme scheme = Scheme::ftcs;
  long long cells = 8;
  long long steps = 15;
  long long every = 1;  // of the rows is written, and the first and the last
  double velocity = 1;
  double diffusivity = 1;
  double dt = 1;
  double dx = 1;
  double theta = 0.5;
  Boundary boundary = Boundary::periodic;
  Normalisation normalise = Normalisation::none;
  std::optional<std::string> initial;  // a file of numbers; none: 2 rand - 1 from `seed`
  std::uint32_t seed = 25;
  std::string out;
};

/// Where signals through networks start, and what is asked of them.
struct SignalOptions {
  static constexpr double kNear = 0.01;  // from an input to its neighbour, in each coordinate

  std::vector<std::string> weights;   // several runs of one shape make an ensemble
  std::vector<std::string> at;        // an input each, coordinates with commas
  std::optional<std::string> inputs;  // a file of inputs; "-": stdin
  std::vector<std::size_t> grid;      // nodes along both inputs; none: no grid
  std::string near;                   // to the neighbour; empty: kNear
  bool start = false;                 // also from the networks before training
  bool plots = false;                 // a sheet of the first network
  std::size_t threads = 0;            // 0: as many as the machine runs at once
  NetworkOptions network;
  std::string out;  // directory
};

/// Follows inputs through networks and writes layers.csv, inputs.csv and runs.csv, signals.csv of
/// the inputs that are not of a grid, and ensemble.csv of several runs. Memory does not grow with
/// the number of inputs.
FileStatus propagate_networks(const SignalOptions& options);

/// Prints the errors of a network against the exact solution of a problem, on a grid of its box:
/// 101 x 101 points where it has two inputs.
FileStatus show_errors(const Problem& problem, const std::string& weights,
                       const NetworkOptions& options);
FileStatus show_errors(const Problem& problem, const NetworkWeights& weights,
                       const std::string& path);

struct TrainOptions {
  const Problem* problem = nullptr;
  std::uint64_t seed = 1;
  std::size_t points = 10000;
  Sampling points_by = Sampling::uniform;
  std::size_t resample_every = 0;         // steps; 0: never
  std::optional<std::size_t> candidates;  // for the points inside; none: ten times as many
  std::optional<std::size_t> held_out;    // points; none: as many as a tenth of these, 100 or more
  std::size_t patience = 0;               // steps without a lower held-out loss; 0: any number
  std::size_t layers = 8;                 // hidden ones
  std::size_t width = 100;
  Activation activation = Activation::tanh;
  ActivationParameters activation_parameters{};
  LayerKind layers_kind = LayerKind::plain;
  AnsatzKind ansatz = AnsatzKind::none;
  std::optional<double> layers_step;     // none: that of a LayerStep
  std::optional<double> layers_damping;  // likewise
  Precision precision = Precision::float32;
  std::size_t adam_steps = 30000;
  double learning_rate = 5e-4;
  std::size_t lbfgs_iterations = 1000;
  double lbfgs_tolerance = 0;   // of a relative change of the loss; 0 is off
  double lbfgs_loss_floor = 0;  // a loss below it counts as it in that
  std::size_t quasi_newton_iterations = 0;
  QuasiNewtonUpdate quasi_newton_update = QuasiNewtonUpdate::self_scaled_broyden;
  std::size_t levenberg_marquardt_iterations = 0;
  std::size_t threads = 0;  // 0: as many as the machine runs at once
  std::string out;          // empty: PROBLEM and the ending of networks
  std::string log;
  std::string gradients;  // of the weights, by layer
  std::string checkpoint;
  std::size_t checkpoint_every = 500;
  bool resume = false;
};

/// Trains a network and writes it. `signal` is the one that ended the run early, or 0.
FileStatus train(const TrainOptions& options, int& signal);

/// Prints the stability of every scheme and writes a row a step, z_0 ... z_(N-1), as it is made:
/// memory does not grow with the number of steps.
FileStatus propagate(const PropagateOptions& options);

}  // namespace pinnscope::apps
