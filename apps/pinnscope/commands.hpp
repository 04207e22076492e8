#pragma once

#include <cstdint>
#include <string>

#include "pinnscope/io/file_status.hpp"

namespace pinnscope::apps {

/// Prints what a network file holds and what the network needs.
FileStatus show_info(const std::string& weights);

struct EvaluateOptions {
  std::string weights;
  std::string points;  // two columns, x and t
  std::string out;
  bool derivatives = false;
  std::string activation;  // empty: the file's own, or tanh
  std::string precision = "double";
};

/// Writes x, t, u and, where asked for, u_x, u_t, u_xx at each point.
FileStatus evaluate(const EvaluateOptions& options);

/// Writes layers.csv, eigenvalues.csv and singular_values.csv into a directory.
FileStatus write_spectra(const std::string& weights, const std::string& out);

struct PropagateOptions {
  std::string scheme = "ftcs";
  long long cells = 8;
  long long steps = 15;
  double velocity = 1;
  double diffusivity = 1;
  double dt = 1;
  double dx = 1;
  double theta = 0.5;
  std::string boundary = "periodic";
  std::string normalise = "none";
  std::string initial;  // a file of numbers; empty: 2 rand - 1 from `seed`
  std::uint32_t seed = 25;
  std::string out;
};

/// Writes a row a step, z_0 ... z_(N-1), and prints the stability of every scheme.
FileStatus propagate(const PropagateOptions& options);

}  // namespace pinnscope::apps
