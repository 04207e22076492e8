#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "pinnscope/core/random.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/nn/initialise.hpp"
#include "pinnscope/spectra/laws/weight_law.hpp"

namespace pinnscope {

/// What a layer would be if nothing had been learned, or nothing beyond the law of its entries.
enum class NullKind : std::uint8_t {
  permutation,  // the layer's own entries in random order: their law is kept, their places are not
  gaussian,     // independent standard normal entries
  initialiser,  // as drawn before training
  fitted,       // independent entries from a law that was fitted to the layer
};

struct NullModel {
  NullKind kind = NullKind::permutation;
  Initialiser initialiser = Initialiser::glorot_uniform;  // of NullKind::initialiser
  WeightLaw law{};                                        // of NullKind::fitted
};

/// Whether draws depend on the observed entries. Where not, layers of one shape share their draws.
constexpr bool depends_on_entries(const NullModel& model) noexcept {
  return model.kind == NullKind::permutation || model.kind == NullKind::fitted;
}

/// "permutation", "gaussian", "fitted", or the initialiser's name.
constexpr const char* text(const NullModel& model) noexcept {
  switch (model.kind) {
    case NullKind::permutation: return "permutation";
    case NullKind::gaussian: return "gaussian";
    case NullKind::initialiser: return text(model.initialiser);
    case NullKind::fitted: return "fitted";
  }
  return "unknown null";
}

/// Finds the null called `name`. Returns whether there is one; `found` is unchanged if not.
constexpr bool parse(std::string_view name, NullModel& found) noexcept {
  for (const NullKind kind : {NullKind::permutation, NullKind::gaussian, NullKind::fitted}) {
    if (name == text(NullModel{.kind = kind})) {
      found = {.kind = kind};
      return true;
    }
  }
  Initialiser initialiser{};
  if (parse(name, initialiser)) {
    found = {.kind = NullKind::initialiser, .initialiser = initialiser};
    return true;
  }
  return false;
}

/// Fills `drawn` with one matrix under the null. A draw is a function of (model, observed, source)
/// alone. `observed` is read by the permutation (Fisher and Yates, in the order of columns) and
/// gives its shape to all. O(rows columns); allocates nothing. empty_input, or shape_mismatch where
/// the two shapes differ; `drawn` is then untouched.
Status draw_null(const NullModel& model, MatrixView<const double> observed, const Philox& source,
                 MatrixView<double> drawn) noexcept;

}  // namespace pinnscope
