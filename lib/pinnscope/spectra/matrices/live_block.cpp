#include "pinnscope/spectra/matrices/live_block.hpp"

#include <algorithm>
#include <cassert>

namespace pinnscope {

LiveBlock::LiveBlock(const Config& config, Arena& arena) noexcept {
  Layout carver(arena);
  storage_ = layout(carver, config);
}

void LiveBlock::find(MatrixView<const double> w) noexcept {
  assert(w.rows == storage_.rows.size() && w.columns == storage_.columns.size());
  const auto live = [](double entry) { return entry != 0; };
  columns_ = 0;
  for (std::size_t j = 0; j < w.columns; ++j) {
    const VectorView<const double> column = w.column(j);
    if (std::any_of(column.begin(), column.end(), live)) storage_.columns[columns_++] = j;
  }
  rows_ = 0;
  for (std::size_t i = 0; i < w.rows; ++i) {
    std::size_t j = 0;
    while (j < w.columns && !live(w(i, j))) ++j;
    if (j < w.columns) storage_.rows[rows_++] = i;
  }
}

MatrixView<const double> LiveBlock::gather(MatrixView<const double> w,
                                           MatrixView<double> room) const noexcept {
  if (whole() || rows_ == 0) return w;
  double* next = room.data;
  for (const std::size_t j : columns()) {
    for (const std::size_t i : rows()) *next++ = w(i, j);
  }
  return {room.data, rows_, columns_};
}

}  // namespace pinnscope
