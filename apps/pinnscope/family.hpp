#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "commands.hpp"
#include "pinnscope/step/layer_family.hpp"

namespace pinnscope::apps {

/// A chain of layers of a family, and how many realisations of it.
struct FamilyOptions {
  std::optional<LayerFamily> family;  // none: not asked for
  std::string name;                   // as it was given: of the family, or of a scheme
  LayerParameters parameters;
  std::string stencil;  // three numbers; empty: the standard one
  std::string symbol;   // a file with Re G and Im G of a mode a line
  bool redraw = false;  // a matrix of its own for each layer
  std::size_t layers = 15;
  std::size_t realisations = 1;
  std::optional<double> blend;  // in place of the activation
  std::string out;              // directory
};

/// Sends signals through layers of a family; cells, theta, normalisation and initial signal are
/// those of `ring`; the activation, and whether to draw, that of `networks`. Writes signals.csv and
/// layers.csv, a row a layer, realisations.csv, and ensemble.csv with mean and deviation over them.
/// Prints what became of each signal, and why.
FileStatus propagate_family(const PropagateOptions& ring, const SignalOptions& networks,
                            const FamilyOptions& options);

}  // namespace pinnscope::apps
