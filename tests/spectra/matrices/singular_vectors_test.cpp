#include "pinnscope/spectra/matrices/singular_vectors.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "pinnscope/spectra/matrices/singular_values.hpp"
#include "support/allocation.hpp"
#include "support/footprint.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

template <class T>
struct Decomposed {
  Decomposed(std::size_t rows, std::size_t columns)
      : memory(SingularVectors<T>::footprint({rows, columns}).bytes),
        arena(memory),
        vectors({rows, columns}, arena) {}

  std::vector<std::byte> memory;
  Arena arena;
  SingularVectors<T> vectors;
};

template <class T>
std::vector<T> random_entries(std::size_t count) {
  const Philox source(91);
  std::vector<T> entries(count);
  for (std::size_t i = 0; i < count; ++i) entries[i] = static_cast<T>(source.normal(i));
  return entries;
}

double dot(VectorView<const double> a, VectorView<const double> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

struct Shape {
  std::size_t rows;
  std::size_t columns;
};
constexpr Shape kShapes[] = {{1, 1}, {1, 7}, {7, 1}, {2, 2}, {5, 9}, {9, 5}, {40, 40}, {13, 60}};

}  // namespace

TEST_CASE("singular vectors put the matrix together again, whatever its shape") {
  for (const Shape shape : kShapes) {
    const auto w = random_entries<double>(shape.rows * shape.columns);
    Decomposed<double> found(shape.rows, shape.columns);
    REQUIRE(found.vectors.compute({w.data(), shape.rows, shape.columns}).ok());
    for (std::size_t i = 0; i < shape.rows; ++i) {
      for (std::size_t j = 0; j < shape.columns; ++j) {
        double sum = 0;
        for (std::size_t k = 0; k < found.vectors.values().size(); ++k) {
          sum += found.vectors.values()[k] * found.vectors.left(k)[i] * found.vectors.right(k)[j];
        }
        REQUIRE(test::close(sum, w[i + j * shape.rows], 1e-12));
      }
    }
  }
}

TEST_CASE("singular vectors of either side are orthonormal") {
  for (const Shape shape : kShapes) {
    const auto w = random_entries<double>(shape.rows * shape.columns);
    Decomposed<double> found(shape.rows, shape.columns);
    REQUIRE(found.vectors.compute({w.data(), shape.rows, shape.columns}).ok());
    const std::size_t count = found.vectors.values().size();
    for (std::size_t a = 0; a < count; ++a) {
      REQUIRE(found.vectors.left(a).size() == shape.rows);
      REQUIRE(found.vectors.right(a).size() == shape.columns);
      for (std::size_t b = 0; b <= a; ++b) {
        const double expected = a == b ? 1 : 0;
        REQUIRE(std::fabs(dot(found.vectors.left(a), found.vectors.left(b)) - expected) < 1e-13);
        REQUIRE(std::fabs(dot(found.vectors.right(a), found.vectors.right(b)) - expected) < 1e-13);
      }
    }
  }
}

TEST_CASE("the values beside the vectors are those found without them") {
  const auto w = random_entries<double>(30 * 20);
  Decomposed<double> found(30, 20);
  REQUIRE(found.vectors.compute({w.data(), 30, 20}).ok());
  std::vector<std::byte> memory(SingularValues<double>::footprint({30, 20}).bytes);
  Arena arena(memory);
  SingularValues<double> alone({30, 20}, arena);
  REQUIRE(alone.compute({w.data(), 30, 20}).ok());
  for (std::size_t k = 0; k < 20; ++k) {
    REQUIRE(test::relatively_close(found.vectors.values()[k], alone.values()[k], 1e-12));
  }
}

TEST_CASE("singular vectors in float agree with those in double") {
  const auto w = random_entries<float>(12 * 18);
  const std::vector<double> wide(w.begin(), w.end());
  Decomposed<float> single(12, 18);
  Decomposed<double> twice(12, 18);
  REQUIRE(single.vectors.compute({w.data(), 12, 18}).ok());
  REQUIRE(twice.vectors.compute({wide.data(), 12, 18}).ok());
  const float sign = single.vectors.left(0)[0] * twice.vectors.left(0)[0] > 0 ? 1.0f : -1.0f;
  for (std::size_t i = 0; i < 12; ++i) {
    REQUIRE(std::fabs(sign * single.vectors.left(0)[i] - twice.vectors.left(0)[i]) < 1e-4);
  }
}

TEST_CASE("singular vectors of huge and tiny matrices are those of the matrix in between") {
  auto w = random_entries<double>(6 * 4);
  Decomposed<double> reference(6, 4);
  REQUIRE(reference.vectors.compute({w.data(), 6, 4}).ok());
  for (double& entry : w) entry *= 0x1p-1000;
  Decomposed<double> tiny(6, 4);
  REQUIRE(tiny.vectors.compute({w.data(), 6, 4}).ok());
  for (std::size_t i = 0; i < 6; ++i) {
    REQUIRE(tiny.vectors.left(1)[i] == reference.vectors.left(1)[i]);
  }
  REQUIRE(tiny.vectors.values()[0] == 0x1p-1000 * reference.vectors.values()[0]);
}

TEST_CASE("a smaller matrix has the vectors that an object of its own size finds") {
  const auto w = random_entries<double>(40);
  Decomposed<double> large(9, 7);
  for (const auto& [rows, columns] : {std::pair<std::size_t, std::size_t>{5, 4}, {4, 6}, {9, 2}}) {
    Decomposed<double> own(rows, columns);
    REQUIRE(own.vectors.compute({w.data(), rows, columns}).ok());
    REQUIRE(large.vectors.compute({w.data(), rows, columns}).ok());
    REQUIRE(large.vectors.values().size() == std::min(rows, columns));
    for (std::size_t k = 0; k < std::min(rows, columns); ++k) {
      REQUIRE(large.vectors.values()[k] == own.vectors.values()[k]);
      REQUIRE(std::ranges::equal(large.vectors.left(k), own.vectors.left(k)));
      REQUIRE(std::ranges::equal(large.vectors.right(k), own.vectors.right(k)));
    }
  }
}

TEST_CASE("a NaN or another shape leaves the last singular vectors") {
  auto w = random_entries<double>(20);
  Decomposed<double> found(5, 4);
  REQUIRE(found.vectors.compute({w.data(), 5, 4}).ok());
  const double before = found.vectors.values()[0];
  REQUIRE(found.vectors.compute({w.data(), 4, 5}).code == StatusCode::shape_mismatch);
  w[3] = std::numeric_limits<double>::quiet_NaN();
  REQUIRE(found.vectors.compute({w.data(), 5, 4}).code == StatusCode::not_finite);
  REQUIRE(found.vectors.values()[0] == before);
}

TEST_CASE("singular vectors live in exactly their footprint") {
  for (const Shape shape : {Shape{8, 8}, Shape{3, 11}, Shape{11, 3}}) {
    const auto w = random_entries<double>(shape.rows * shape.columns);
    test::check_footprint<SingularVectors<double>>(
        SingularVectors<double>::Config{shape.rows, shape.columns},
        [&](SingularVectors<double>& vectors) {
          REQUIRE(vectors.compute({w.data(), shape.rows, shape.columns}).ok());
        });
  }
}

TEST_CASE("decomposing into singular vectors allocates nothing") {
  const auto w = random_entries<double>(100 * 100);
  Decomposed<double> found(100, 100);
  Status status;
  REQUIRE(test::allocations_of([&] { status = found.vectors.compute({w.data(), 100, 100}); }) == 0);
  REQUIRE(status.ok());
}
