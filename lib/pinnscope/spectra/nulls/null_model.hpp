#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "pinnscope/core/named.hpp"
#include "pinnscope/core/random.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/nn/initialise.hpp"
#include "pinnscope/spectra/laws/weight_law.hpp"

namespace pinnscope {

/// What a layer would be if nothing had been learned, or nothing beyond the law of its entries.
enum class NullKind : std::uint8_t {
  permutation,  ///< the layer's own entries in random order: their law is kept, their places are
                ///< not
  gaussian,     ///< independent standard normal entries
  initialiser,  ///< as drawn before training
  fitted,       ///< independent entries from a law that was fitted to the layer
};

/// A null: its kind, and what the kind needs to draw a matrix.
struct NullModel {
  NullKind kind = NullKind::permutation;                  ///< how a matrix is drawn
  Initialiser initialiser = Initialiser::glorot_uniform;  ///< of NullKind::initialiser
  WeightLaw law{};                                        ///< of NullKind::fitted
};

/// Whether draws depend on the observed entries. Where not, layers of one shape share their draws.
constexpr bool depends_on_entries(const NullModel& model) noexcept {
  return model.kind == NullKind::permutation || model.kind == NullKind::fitted;
}

/// Every null but those of NullKind::fitted's laws, with the name that text() gives and parse()
/// reads: "permutation", "gaussian", "fitted", and those of the initialisers.
inline constexpr auto kNulls = [] {
  std::array<Named<NullModel>, 3 + kInitialisers> rows{
      Named<NullModel>{{.kind = NullKind::permutation},
                       "permutation",
                       "the layer's own entries in random order"},
      Named<NullModel>{{.kind = NullKind::gaussian}, "gaussian", "independent normal entries"},
      Named<NullModel>{{.kind = NullKind::fitted},
                       "fitted",
                       "independent entries from the best law of the layer's"}};
  for (std::size_t i = 0; i < kInitialisers; ++i) {
    const auto& row = named<Initialiser>()[i];
    rows[3 + i] = {
        {.kind = NullKind::initialiser, .initialiser = row.value}, row.name, row.meaning};
  }
  return rows;
}();

/// The name of a null in kNulls. Those of NullKind::fitted share one, whatever their law.
constexpr const char* text(const NullModel& model) noexcept {
  for (const auto& [null, name, meaning] : kNulls) {
    const bool same = null.kind == model.kind && (model.kind != NullKind::initialiser ||
                                                  null.initialiser == model.initialiser);
    if (same) return name;
  }
  return "unknown";
}

/// Finds the null called `name`. Returns whether there is one; `found` is unchanged if not.
constexpr bool parse(std::string_view name, NullModel& found) noexcept {
  const auto* const row = find_row(kNulls, name);
  if (row != nullptr) found = row->value;
  return row != nullptr;
}

/// Fills `drawn` with one matrix under the null. A draw is a function of (model, observed, source)
/// alone. `observed` is read by the permutation (Fisher and Yates, in the order of columns) and
/// gives its shape to all. O(rows columns); allocates nothing. empty_input, or shape_mismatch where
/// the two shapes differ; `drawn` is then untouched.
Status draw_null(const NullModel& model, MatrixView<const double> observed, const Philox& source,
                 MatrixView<double> drawn) noexcept;

}  // namespace pinnscope
