#include "pinnscope/core/view.hpp"

#include <array>

#include "support/test.hpp"

using namespace pinnscope;

TEST_CASE("a matrix view is column-major with a stride") {
  std::array<double, 8> data{0, 1, 2, 3, 4, 5, 6, 7};
  const MatrixView<double> view(data.data(), 3, 2, 4);
  REQUIRE(view(2, 0) == 2);
  REQUIRE(view(0, 1) == 4);
  REQUIRE_FALSE(view.contiguous());
  view(1, 1) = -1;
  REQUIRE(data[5] == -1);
}

TEST_CASE("a block of a matrix view shares its data") {
  std::array<double, 12> data{};
  const MatrixView<double> view(data.data(), 4, 3);
  view.block(1, 1, 2, 2)(1, 1) = 5;
  REQUIRE(view(2, 2) == 5);
}

TEST_CASE("a view of numbers converts to a view of constants") {
  std::array<double, 4> data{1, 2, 3, 4};
  const MatrixView<double> view(data.data(), 2, 2);
  const MatrixView<const double> constant = view;
  REQUIRE(constant(1, 1) == 4);
  REQUIRE(constant.flat().size() == 4);
  REQUIRE(constant.column(1)[0] == 3);
}
