#include "pinnscope/spectra/nulls/null_model.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace pinnscope {
namespace {

double& entry(MatrixView<double> matrix, std::size_t index) noexcept {
  return matrix(index % matrix.rows, index / matrix.rows);
}

/// A whole number below `bound`, each as likely as the next to within bound / 2^53.
std::size_t below(std::size_t bound, const Philox& source, std::size_t index) noexcept {
  const double drawn = source.uniform(index) * static_cast<double>(bound);
  return std::min(static_cast<std::size_t>(drawn), bound - 1);
}

void permute(MatrixView<const double> observed, const Philox& source,
             MatrixView<double> drawn) noexcept {
  for (std::size_t j = 0; j < observed.columns; ++j) {
    std::copy_n(observed.column(j).begin(), observed.rows, drawn.column(j).begin());
  }
  for (std::size_t left = observed.size(); left > 1; --left) {
    std::swap(entry(drawn, left - 1), entry(drawn, below(left, source, left)));
  }
}

/// Every entry by draw(index), column after column.
template <class Draw>
void draw_entries(MatrixView<double> drawn, Draw&& draw) noexcept {
  std::uint64_t index = 0;
  for (std::size_t j = 0; j < drawn.columns; ++j) {
    for (double& value : drawn.column(j)) value = draw(index++);
  }
}

}  // namespace

Status draw_null(const NullModel& model, MatrixView<const double> observed, const Philox& source,
                 MatrixView<double> drawn) noexcept {
  if (observed.empty()) return {StatusCode::empty_input};
  if (observed.rows != drawn.rows || observed.columns != drawn.columns) {
    return {StatusCode::shape_mismatch};
  }
  switch (model.kind) {
    case NullKind::permutation: permute(observed, source, drawn); break;
    case NullKind::gaussian:
      draw_entries(drawn, [&](std::uint64_t index) { return source.normal(index); });
      break;
    case NullKind::initialiser: initialise(drawn, model.initialiser, source); break;
    case NullKind::fitted:
      draw_entries(drawn, [&](std::uint64_t index) { return model.law.draw(source, index); });
      break;
  }
  return {};
}

}  // namespace pinnscope
