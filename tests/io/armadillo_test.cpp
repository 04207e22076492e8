#include "pinnscope/io/armadillo.hpp"

#include <vector>

#include "support/test.hpp"

using namespace pinnscope;

TEMPLATE_TEST_CASE("a view of an Armadillo matrix is its memory", "", float, double) {
  arma::Mat<TestType> matrix(3, 2, arma::fill::zeros);
  const MatrixView<TestType> seen = view(matrix);
  REQUIRE(seen.data == matrix.memptr());
  REQUIRE(seen.rows == 3);
  REQUIRE(seen.columns == 2);
  seen(2, 1) = 5;
  REQUIRE(matrix(2, 1) == 5);
  const arma::Mat<TestType>& constant = matrix;
  REQUIRE(view(constant).data == matrix.memptr());
}

TEMPLATE_TEST_CASE("a view of an Armadillo vector is its memory", "", float, double) {
  arma::Col<TestType> column(4, arma::fill::ones);
  arma::Row<TestType> row(5, arma::fill::ones);
  REQUIRE(view(column).data() == column.memptr());
  REQUIRE(view(column).size() == 4);
  REQUIRE(view(row).data() == row.memptr());
  REQUIRE(view(row).size() == 5);
}

TEMPLATE_TEST_CASE("a wrapped view is an Armadillo matrix on the same memory", "", float, double) {
  std::vector<TestType> memory{1, 2, 3, 4, 5, 6};
  arma::Mat<TestType> matrix = wrap(MatrixView<TestType>(memory.data(), 2, 3));
  REQUIRE(matrix.memptr() == memory.data());
  REQUIRE(matrix(1, 2) == 6);
  matrix(0, 1) = 30;
  REQUIRE(memory[2] == 30);
  arma::Col<TestType> vector = wrap(VectorView<TestType>(memory));
  REQUIRE(vector.memptr() == memory.data());
  REQUIRE(vector.n_elem == 6);
}

TEST_CASE("a wrapped matrix keeps its size and memory in assignments") {
  std::vector<double> memory(4);
  arma::mat matrix = wrap(MatrixView<double>(memory.data(), 2, 2));
  matrix = arma::mat(2, 2, arma::fill::ones);
  REQUIRE(matrix.memptr() == memory.data());
  REQUIRE(memory == std::vector<double>{1, 1, 1, 1});
}

TEST_CASE("a copy of a view with gaps has no gaps and other memory") {
  std::vector<double> memory{1, 2, -1, 3, 4, -1};
  const arma::mat copy = copy_of(MatrixView<const double>(memory.data(), 2, 2, 3));
  REQUIRE(copy.memptr() != memory.data());
  REQUIRE(arma::approx_equal(copy, arma::mat{{1, 3}, {2, 4}}, "absdiff", 0.0));
}
