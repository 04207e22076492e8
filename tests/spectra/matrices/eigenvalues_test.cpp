#include "pinnscope/spectra/matrices/eigenvalues.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <vector>

#include "pinnscope/spectra/matrices/root_mean_square.hpp"
#include "pinnscope/spectra/random_matrices/circular_law.hpp"
#include "support/paper_weights.hpp"
#include "support/reference.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

template <class T>
struct Spectrum {
  explicit Spectrum(std::size_t order)
      : memory(Eigenvalues<T>::footprint({.order = order}).bytes),
        arena(memory),
        eigenvalues({.order = order}, arena) {}

  std::vector<std::byte> memory;
  Arena arena;
  Eigenvalues<T> eigenvalues;
};

/// The largest distance from an eigenvalue to the nearest one in `expected` not yet taken.
template <class T>
double mismatch(const Eigenvalues<T>& found, std::vector<std::complex<double>> expected) {
  double worst = 0;
  for (std::size_t i = 0; i < found.real().size(); ++i) {
    const std::complex<double> value(static_cast<double>(found.real()[i]),
                                     static_cast<double>(found.imaginary()[i]));
    const auto nearest = std::min_element(
        expected.begin(), expected.end(),
        [&](const auto& a, const auto& b) { return std::abs(a - value) < std::abs(b - value); });
    worst = std::max(worst, std::abs(*nearest - value));
    expected.erase(nearest);
  }
  return worst;
}

}  // namespace

TEST_CASE("a rotation has the eigenvalues exp(+-i angle)") {
  const double angle = 0.7;
  const std::vector<double> w{std::cos(angle), std::sin(angle), -std::sin(angle), std::cos(angle)};
  Spectrum<double> spectrum(2);
  REQUIRE(spectrum.eigenvalues.compute({w.data(), 2, 2}).ok());
  REQUIRE(mismatch(spectrum.eigenvalues, {std::polar(1.0, angle), std::polar(1.0, -angle)}) <
          1e-15);
  REQUIRE(spectrum.eigenvalues.imaginary()[0] > 0);
}

TEST_CASE("a cyclic permutation has the roots of unity as eigenvalues, in both precisions") {
  constexpr std::size_t kOrder = 5;
  std::vector<double> w(kOrder * kOrder);
  std::vector<std::complex<double>> roots;
  for (std::size_t i = 0; i < kOrder; ++i) {
    w[i + (i + 1) % kOrder * kOrder] = 1;
    roots.push_back(std::polar(1.0, 2 * 3.14159265358979323846 * static_cast<double>(i) / kOrder));
  }
  Spectrum<double> spectrum(kOrder);
  REQUIRE(spectrum.eigenvalues.compute({w.data(), kOrder, kOrder}).ok());
  REQUIRE(mismatch(spectrum.eigenvalues, roots) < 1e-14);
  const std::vector<float> single(w.begin(), w.end());
  Spectrum<float> spectrum_single(kOrder);
  REQUIRE(spectrum_single.eigenvalues.compute({single.data(), kOrder, kOrder}).ok());
  REQUIRE(mismatch(spectrum_single.eigenvalues, roots) < 1e-5);
}

TEST_CASE("scaling divides the eigenvalues, and the matrix stays as it is") {
  const std::vector<double> w{2, 0, 0, -6};
  const std::vector<double> before = w;
  Spectrum<double> spectrum(2);
  REQUIRE(spectrum.eigenvalues.compute({w.data(), 2, 2}, 2).ok());
  REQUIRE(mismatch(spectrum.eigenvalues, {1, -3}) == 0);
  REQUIRE(w == before);
}

TEST_CASE("a matrix with a stride gives the eigenvalues of its own rows alone") {
  const std::vector<double> w{1, 0, 99, 0, 4, 99};
  Spectrum<double> spectrum(2);
  REQUIRE(spectrum.eigenvalues.compute({w.data(), 2, 2, 3}).ok());
  REQUIRE(mismatch(spectrum.eigenvalues, {1, 4}) == 0);
}

TEST_CASE("eigenvalues refuse wrong shapes, wrong scales and numbers that are not finite") {
  std::vector<double> w{1, 0, 0, 1};
  Spectrum<double> spectrum(2);
  REQUIRE(spectrum.eigenvalues.compute({w.data(), 2, 1}).code == StatusCode::shape_mismatch);
  REQUIRE(spectrum.eigenvalues.compute({w.data(), 2, 2}, 0).code == StatusCode::out_of_range);
  w[2] = std::numeric_limits<double>::quiet_NaN();
  REQUIRE(spectrum.eigenvalues.compute({w.data(), 2, 2}).code == StatusCode::not_finite);
}

TEST_CASE("an empty matrix has no eigenvalues") {
  Spectrum<double> spectrum(0);
  REQUIRE(spectrum.eigenvalues.compute({nullptr, 0, 0}).ok());
  REQUIRE(spectrum.eigenvalues.real().empty());
}

TEST_CASE("the eigenvalues of the published layers meet the reference to 1e-10") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  for (int network = 0; network < 2; ++network) {
    const auto rows = test::reference_rows(
        directory, network == 0 ? "eigenvalues_sine.txt" : "eigenvalues_riemann.txt");
    for (int layer = 1; layer <= 7; ++layer) {
      std::vector<std::complex<double>> expected;
      for (const auto& row : rows) {
        if (row[0] == layer) expected.emplace_back(row[1], row[2]);
      }
      REQUIRE(expected.size() == 100);
      const auto matrix = test::paper_matrix(directory, "weights", network, layer);
      Spectrum<double> spectrum(100);
      REQUIRE(
          spectrum.eigenvalues.compute(matrix.view(), root_mean_square(matrix.view()) * 10).ok());
      CAPTURE(network, layer);
      REQUIRE(mismatch(spectrum.eigenvalues, expected) < 1e-10);
    }
  }
}

TEST_CASE("the circular law of points spread evenly over the disc is met up to the grid") {
  // Radii sqrt((i - 1/2) / n) put equal numbers into rings of equal area.
  constexpr std::size_t kCount = 200;
  std::vector<double> real(kCount);
  std::vector<double> imaginary(kCount);
  for (std::size_t i = 0; i < kCount; ++i) {
    const double radius = std::sqrt((static_cast<double>(i) + 0.5) / kCount);
    real[i] = radius * std::cos(static_cast<double>(i));
    imaginary[i] = radius * std::sin(static_cast<double>(i));
  }
  std::vector<std::byte> memory(CircularLaw<double>::footprint({.capacity = kCount}).bytes);
  Arena arena(memory);
  CircularLaw<double> law({.capacity = kCount}, arena);
  CircularLawFit fit;
  REQUIRE(law.compare(real, imaginary, fit).ok());
  REQUIRE(fit.share_inside == 1);
  REQUIRE(test::close(fit.distance, 0.5 / kCount, 1e-12));
  REQUIRE(fit.real_count == 1);
  REQUIRE(test::close(fit.radius, std::sqrt(199.5 / 200), 1e-14));
}

TEST_CASE("the circular law counts eigenvalues on the real axis and outside of the disc") {
  const std::vector<double> real{0.5, 0, 0, 2};
  const std::vector<double> imaginary{0, 0.5, -0.5, 0};
  std::vector<std::byte> memory(CircularLaw<double>::footprint({.capacity = 4}).bytes);
  Arena arena(memory);
  CircularLaw<double> law({.capacity = 4}, arena);
  CircularLawFit fit;
  REQUIRE(law.compare(real, imaginary, fit).ok());
  REQUIRE(fit.share_inside == 0.75);
  REQUIRE(fit.real_count == 2);
  REQUIRE(fit.radius == 2);
  REQUIRE(fit.distance == 0.5);  // three of four radii lie at 1/2, where the law has 1/4
}

TEST_CASE("the circular law refuses empty input, lengths that differ and NaN") {
  std::vector<std::byte> memory(CircularLaw<double>::footprint({.capacity = 2}).bytes);
  Arena arena(memory);
  CircularLaw<double> law({.capacity = 2}, arena);
  CircularLawFit fit;
  const std::vector<double> one{1};
  const std::vector<double> two{1, std::numeric_limits<double>::quiet_NaN()};
  const std::vector<double> three{1, 2, 3};
  REQUIRE(law.compare({}, {}, fit).code == StatusCode::empty_input);
  REQUIRE(law.compare(one, two, fit).code == StatusCode::shape_mismatch);
  REQUIRE(law.compare(three, three, fit).code == StatusCode::shape_mismatch);
  REQUIRE(law.compare(two, two, fit) == Status{StatusCode::not_finite, 1});
}

TEST_CASE("real eigenvalues and spectral radii of the published layers are the known ones") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  // Computed with NumPy from the same files, to the digits shown.
  constexpr int kReal[2][7] = {{12, 10, 8, 8, 10, 8, 8}, {8, 6, 6, 12, 14, 6, 10}};
  constexpr double kRadius[2][7] = {{1.080, 1.010, 1.031, .996, 1.035, 1.061, 1.011},
                                    {.941, .946, 1.128, 1.037, 1.060, 1.025, 1.055}};
  for (int network = 0; network < 2; ++network) {
    for (int layer = 1; layer <= 7; ++layer) {
      const auto matrix = test::paper_matrix(directory, "weights", network, layer);
      Spectrum<double> spectrum(100);
      REQUIRE(
          spectrum.eigenvalues.compute(matrix.view(), root_mean_square(matrix.view()) * 10).ok());
      std::vector<std::byte> memory(CircularLaw<double>::footprint({.capacity = 100}).bytes);
      Arena arena(memory);
      CircularLaw<double> law({.capacity = 100}, arena);
      CircularLawFit fit;
      REQUIRE(law.compare(spectrum.eigenvalues.real(), spectrum.eigenvalues.imaginary(), fit).ok());
      CAPTURE(network, layer);
      REQUIRE(fit.real_count == static_cast<std::size_t>(kReal[network][layer - 1]));
      REQUIRE(std::fabs(fit.radius - kRadius[network][layer - 1]) < 5.01e-4);
    }
  }
}

TEST_CASE("the root mean square neither overflows nor underflows") {
  const std::vector<double> huge{3e300, -4e300};
  const std::vector<double> tiny{3e-310, -4e-310};
  REQUIRE(test::relatively_close(root_mean_square(MatrixView<const double>{huge.data(), 1, 2}),
                                 std::sqrt(12.5) * 1e300, 1e-15));
  REQUIRE(test::relatively_close(root_mean_square(MatrixView<const double>{tiny.data(), 2, 1}),
                                 std::sqrt(12.5) * 1e-310, 1e-12));
  REQUIRE(root_mean_square(MatrixView<const double>{}) == 0);
}

TEST_CASE("an eigenvalue that overflows is told") {
  const std::vector<double> w{1e308, 1e308, 1e308, 1e308};
  Spectrum<double> spectrum(2);
  REQUIRE(spectrum.eigenvalues.compute({w.data(), 2, 2}).code == StatusCode::not_finite);
  REQUIRE(spectrum.eigenvalues.compute({w.data(), 2, 2}, 10).ok());
}
