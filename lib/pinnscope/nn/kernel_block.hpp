#pragma once

#include <cstddef>

namespace pinnscope {

/// How many panels and columns a product sums side by side, and how many rows and columns a
/// gradient does: what fills the vector registers of an instruction set. packs_rows: a gradient
/// copies its rows of A before the columns of Z pass. It pays where a register is shorter than a
/// cache line, so that lines are asked for more often than the second-level cache can answer.
struct KernelBlock {
  std::size_t panels;
  std::size_t columns;
  std::size_t gradient_rows;
  std::size_t gradient_columns;
  bool packs_rows;
};

}  // namespace pinnscope
