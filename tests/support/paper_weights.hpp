#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "pinnscope/core/view.hpp"

namespace pinnscope::test {

/// A layer of the paper's networks, as the text files have it.
struct PaperMatrix {
  std::size_t rows = 0;              // fan_in
  std::size_t columns = 0;           // fan_out
  std::vector<double> row_major;     // in the order of the file
  std::vector<double> column_major;  // for MatrixView

  MatrixView<const double> view() const { return {column_major.data(), rows, columns}; }
};

/// `kind` is "weights" or "biases"; network 0 is sine (viscous), 1 is riemann (inviscid).
PaperMatrix paper_matrix(const std::string& directory, const char* kind, int network, int layer);

}  // namespace pinnscope::test
