#include "support/paper_weights.hpp"

#include "support/reference.hpp"
#include "support/test.hpp"

namespace pinnscope::test {

PaperMatrix paper_matrix(const std::string& directory, const char* kind, int network, int layer) {
  const std::string folder = network == 0 ? "weights_sine/" : "weights_riemann/";
  const auto rows = reference_rows(
      directory, "../paper/" + folder + kind + "_burgers_layer" + std::to_string(layer) + ".txt");
  PaperMatrix matrix;
  matrix.rows = rows.size();
  matrix.columns = rows.front().size();
  matrix.column_major.resize(matrix.rows * matrix.columns);
  for (std::size_t i = 0; i < matrix.rows; ++i) {
    REQUIRE(rows[i].size() == matrix.columns);
    for (std::size_t j = 0; j < matrix.columns; ++j) {
      matrix.row_major.push_back(rows[i][j]);
      matrix.column_major[i + j * matrix.rows] = rows[i][j];
    }
  }
  return matrix;
}

}  // namespace pinnscope::test
