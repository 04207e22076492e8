#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "common/figure.hpp"
#include "pinnscope/nn/mlp.hpp"
#include "pinnscope/pde/problem.hpp"

namespace pinnscope::apps {

/// A network as it was before training, or as it is, and what the sheet calls it.
struct SignalSheetState {
  std::string name;
  const Mlp<double>* network = nullptr;  // of two inputs, as wide and deep as the others
};

struct SignalSheet {
  std::string name;                      // of the files
  std::vector<SignalSheetState> states;  // three at most
  std::array<double, 2> at{0.5, 0.3};    // the input whose activations are shown
  std::array<Input, 2> box{Input{"x", 0, 1}, Input{"t", 0, 1}};
  std::size_t threads = 1;
};

/// Writes NAME-activations.csv, NAME-map.csv and NAME-layers.csv and draws them: for each state the
/// activations of an input, the way of some neurons and the map of the exponent, then norms,
/// saturation and the Jacobian by layer. Throws OutOfMemory.
void draw_signal_sheet(Figure& figure, const SignalSheet& sheet);

/// What it writes for a sheet of that name.
std::vector<std::string> signal_sheet_files(const std::string& name);

}  // namespace pinnscope::apps
