#include "pinnscope/spectra/matrices/singular_values.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "pinnscope/spectra/matrices/root_mean_square.hpp"
#include "pinnscope/spectra/matrices/spectral_entropy.hpp"
#include "support/paper_weights.hpp"
#include "support/reference.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

template <class T>
struct Decomposition {
  Decomposition(std::size_t rows, std::size_t columns)
      : memory(SingularValues<T>::footprint({.rows = rows, .columns = columns}).bytes),
        arena(memory),
        singular_values({.rows = rows, .columns = columns}, arena) {}

  std::vector<std::byte> memory;
  Arena arena;
  SingularValues<T> singular_values;
};

}  // namespace

TEST_CASE("singular values of a rectangular matrix come in descending order, in both precisions") {
  // Rows of length 3 and 5, orthogonal to each other.
  const std::vector<double> w{0, 3, 3, 0, 0, 4};
  Decomposition<double> tall(2, 3);
  REQUIRE(tall.singular_values.compute({w.data(), 2, 3}).ok());
  REQUIRE(tall.singular_values.values().size() == 2);
  REQUIRE(test::close(tall.singular_values.values()[0], 5, 1e-14));
  REQUIRE(test::close(tall.singular_values.values()[1], 3, 1e-14));
  const std::vector<float> single(w.begin(), w.end());
  Decomposition<float> wide(2, 3);
  REQUIRE(wide.singular_values.compute({single.data(), 2, 3}).ok());
  REQUIRE(test::close(wide.singular_values.values()[0], 5, 1e-6));
}

TEST_CASE("a matrix of rank one has one singular value, the product of the norms") {
  std::vector<double> w;
  for (int j = 1; j <= 4; ++j) {
    for (int i = 1; i <= 3; ++i) w.push_back(i * j);
  }
  Decomposition<double> decomposition(3, 4);
  REQUIRE(decomposition.singular_values.compute({w.data(), 3, 4}).ok());
  REQUIRE(test::relatively_close(decomposition.singular_values.values()[0],
                                 std::sqrt(14.0) * std::sqrt(30.0), 1e-14));
  REQUIRE(decomposition.singular_values.values()[1] < 1e-14);
}

TEST_CASE("singular values refuse wrong shapes and numbers that are not finite") {
  std::vector<double> w{1, 0, 0, std::numeric_limits<double>::infinity()};
  Decomposition<double> decomposition(2, 2);
  REQUIRE(decomposition.singular_values.compute({w.data(), 1, 2}).code ==
          StatusCode::shape_mismatch);
  REQUIRE(decomposition.singular_values.compute({w.data(), 2, 2}).code == StatusCode::not_finite);
}

TEST_CASE("the singular values of the published layers meet the reference to 1e-10") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  for (int network = 0; network < 2; ++network) {
    const auto rows = test::reference_rows(
        directory, network == 0 ? "singular_values_sine.txt" : "singular_values_riemann.txt");
    REQUIRE(rows.size() == 7);
    for (const auto& row : rows) {
      const int layer = static_cast<int>(row[0]);
      const auto matrix = test::paper_matrix(directory, "weights", network, layer);
      Decomposition<double> decomposition(100, 100);
      REQUIRE(decomposition.singular_values.compute(matrix.view(), root_mean_square(matrix.view()))
                  .ok());
      double worst = 0;
      for (std::size_t k = 0; k < 100; ++k) {
        worst = std::max(worst, std::fabs(decomposition.singular_values.values()[k] - row[k + 1]));
      }
      CAPTURE(network, layer);
      REQUIRE(worst < 1e-10);
    }
  }
}

TEST_CASE("equal singular values have the largest entropy and full rank") {
  const std::vector<double> values(8, 3.0);
  SpectralEntropy result;
  REQUIRE(spectral_entropy(values, result).ok());
  REQUIRE(test::close(result.entropy, std::log(8.0), 1e-15));
  REQUIRE(test::close(result.effective_rank, 8, 1e-14));
  REQUIRE(test::close(result.stable_rank, 8, 1e-14));
}

TEST_CASE("a single singular value has no entropy and rank one, zeros beside it or not") {
  SpectralEntropy result;
  REQUIRE(spectral_entropy(std::vector<double>{2, 0, 0}, result).ok());
  REQUIRE(result.entropy == 0);
  REQUIRE(result.effective_rank == 1);
  REQUIRE(result.stable_rank == 1);
}

TEST_CASE("the entropy of singular values 2, 1, 1 is the one computed by hand") {
  SpectralEntropy result;
  REQUIRE(spectral_entropy(std::vector<float>{1, 2, 1}, result).ok());
  const double by_squares = 2.0 / 3 * std::log(1.5) + 1.0 / 3 * std::log(6.0);
  const double by_values = 0.5 * std::log(2.0) + 0.5 * std::log(4.0);
  REQUIRE(test::close(result.entropy, by_squares, 1e-15));
  REQUIRE(test::close(result.effective_rank, std::exp(by_values), 1e-14));
  REQUIRE(test::close(result.stable_rank, 1.5, 1e-15));
}

TEST_CASE("the spectral entropy does not overflow, and refuses what has none") {
  SpectralEntropy result;
  REQUIRE(spectral_entropy(std::vector<double>{1e300, 1e300}, result).ok());
  REQUIRE(test::close(result.entropy, std::log(2.0), 1e-15));
  REQUIRE(spectral_entropy(std::vector<double>{}, result).code == StatusCode::empty_input);
  REQUIRE(spectral_entropy(std::vector<double>{0, 0}, result).code == StatusCode::degenerate);
  REQUIRE(spectral_entropy(std::vector<double>{1, -1}, result) ==
          Status{StatusCode::out_of_range, 1});
  REQUIRE(spectral_entropy(std::vector<double>{NAN}, result).code == StatusCode::not_finite);
}

TEST_CASE("entropies and effective ranks of the published layers are the known ones") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  // Computed with NumPy from the same files, to the digits shown.
  constexpr double kEntropy[2][7] = {{3.886, 3.840, 3.784, 3.849, 3.905, 3.913, 4.075},
                                     {3.244, 3.184, 3.182, 3.442, 3.664, 3.853, 4.051}};
  constexpr double kRank[2][7] = {{77.64, 76.85, 75.77, 76.52, 77.11, 77.88, 80.05},
                                  {71.39, 69.81, 68.04, 70.20, 73.59, 76.61, 78.92}};
  for (int network = 0; network < 2; ++network) {
    for (int layer = 1; layer <= 7; ++layer) {
      const auto matrix = test::paper_matrix(directory, "weights", network, layer);
      Decomposition<double> decomposition(100, 100);
      REQUIRE(decomposition.singular_values.compute(matrix.view()).ok());
      SpectralEntropy result;
      REQUIRE(spectral_entropy(decomposition.singular_values.values(), result).ok());
      CAPTURE(network, layer);
      REQUIRE(std::fabs(result.entropy - kEntropy[network][layer - 1]) < 5.01e-4);
      REQUIRE(std::fabs(result.effective_rank - kRank[network][layer - 1]) < 5.01e-3);
    }
  }
}

TEST_CASE("a singular value that overflows is told") {
  const std::vector<float> w{3e38f, 3e38f, 3e38f, 3e38f};
  std::vector<std::byte> memory(SingularValues<float>::footprint({.rows = 2, .columns = 2}).bytes);
  Arena arena(memory);
  SingularValues<float> spectrum({.rows = 2, .columns = 2}, arena);
  REQUIRE(spectrum.compute({w.data(), 2, 2}).code == StatusCode::not_finite);
  REQUIRE(spectrum.compute({w.data(), 2, 2}, 10).ok());
}
