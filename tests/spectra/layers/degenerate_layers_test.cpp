// Layers whose spectrum is in part zero, rounding or equal: what is left is described as if the
// rest were not there, and what cannot be said is NaN with its reason.

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <string_view>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "pinnscope/spectra/layers/layer_null.hpp"
#include "pinnscope/spectra/layers/layer_statistics.hpp"
#include "pinnscope/spectra/matrices/numerical_rank.hpp"
#include "pinnscope/spectra/random_matrices/spacing_ratios.hpp"
#include "spectra/layers/layer_values.hpp"
#include "support/allocation.hpp"
#include "support/footprint.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

/// A column-major matrix with its statistics.
struct Layer {
  Layer(std::size_t row_count, std::size_t column_count)
      : rows(row_count), columns(column_count), entries(rows * columns) {}

  double& operator()(std::size_t i, std::size_t j) { return entries[i + j * rows]; }
  MatrixView<const double> view() const { return {entries.data(), rows, columns}; }

  double value(std::size_t statistic) const { return numbers[statistic].value; }
  std::string_view reason(std::size_t statistic) const { return numbers[statistic].reason; }

  Status compute(double rounding = 0) {
    const LayerSpectra::Config config{rows, columns};
    std::vector<std::byte> memory(LayerSpectra::footprint(config).bytes);
    Arena arena(memory);
    LayerSpectra spectra(config, arena);
    const Status status = spectra.compute(view(), rounding);
    for (std::size_t k = 0; k < kLayerStatistics.size(); ++k) {
      numbers[k] = number_of(kLayerStatistics[k], spectra);
    }
    rank = spectra.numerical_rank();
    live_rows = spectra.live_rows();
    live_columns = spectra.live_columns();
    sigma = spectra.bulk().sigma * spectra.root_mean_square();
    real.assign(spectra.real().begin(), spectra.real().end());
    imaginary.assign(spectra.imaginary().begin(), spectra.imaginary().end());
    rms = spectra.root_mean_square();
    return status;
  }

  std::size_t rows, columns;
  std::vector<double> entries;
  std::array<LayerNumber, kLayerStatistics.size()> numbers{};
  std::size_t rank = 0, live_rows = 0, live_columns = 0;
  double sigma = 0, rms = 0;
  std::vector<double> real, imaginary;
};

Layer gaussian(std::size_t rows, std::size_t columns, std::uint64_t stream) {
  const Philox source(41, stream);
  Layer layer(rows, columns);
  for (std::size_t i = 0; i < layer.entries.size(); ++i) layer.entries[i] = source.normal(i);
  return layer;
}

/// The product of two Gaussian matrices: of this rank.
Layer product(std::size_t rows, std::size_t columns, std::size_t rank, std::uint64_t stream) {
  Layer left = gaussian(rows, rank, stream);
  Layer right = gaussian(rank, columns, stream + 1000);
  Layer layer(rows, columns);
  for (std::size_t j = 0; j < columns; ++j) {
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t k = 0; k < rank; ++k) layer(i, j) += left(i, k) * right(k, j);
    }
  }
  return layer;
}

double float_rounding(const Layer& layer) {
  double squares = 0;
  for (const double w : layer.entries) squares += w * w;
  return std::numeric_limits<float>::epsilon() *
         std::sqrt(squares / static_cast<double>(layer.entries.size()));
}

void round_to_float(Layer& layer) {
  for (double& w : layer.entries) w = static_cast<float>(w);
}

/// Q of a Gaussian matrix, by Gram and Schmidt, twice.
Layer orthogonal(std::size_t n) {
  Layer q = gaussian(n, n, 3);
  for (std::size_t j = 0; j < n; ++j) {
    double* column = &q(0, j);
    for (int pass = 0; pass < 2; ++pass) {
      for (std::size_t k = 0; k < j; ++k) {
        double dot = 0;
        for (std::size_t i = 0; i < n; ++i) dot += column[i] * q(i, k);
        for (std::size_t i = 0; i < n; ++i) column[i] -= dot * q(i, k);
      }
    }
    double squares = 0;
    for (std::size_t i = 0; i < n; ++i) squares += column[i] * column[i];
    for (std::size_t i = 0; i < n; ++i) column[i] /= std::sqrt(squares);
  }
  return q;
}

constexpr std::size_t kOfTheBulk[] = {
    statistic_named("smallest_singular_value"), statistic_named("energy_outside_bulk"),
    statistic_named("complex_spacing_ratio"), statistic_named("complex_spacing_cosine")};

}  // namespace

TEST_CASE("the numerical rank of a product is that of its factors, as doubles and as floats") {
  for (const std::size_t rank : {1u, 2u, 5u, 17u}) {
    for (const bool single : {false, true}) {
      for (const auto& [rows, columns] :
           {std::pair<std::size_t, std::size_t>{100, 100}, {20, 70}}) {
        Layer layer = product(rows, columns, rank, rank);
        if (single) round_to_float(layer);
        REQUIRE(layer.compute(single ? float_rounding(layer) : 0).ok());
        INFO(rows << " x " << columns << ", rank " << rank << (single ? ", float" : ""));
        REQUIRE(layer.rank == rank);
        for (const std::size_t statistic : kOfTheBulk) {
          REQUIRE(std::isnan(layer.value(statistic)));
        }
        REQUIRE(layer.reason(statistic_named("energy_outside_bulk")) ==
                text(Absence::rank_deficient));
        REQUIRE(layer.reason(statistic_named("bulk_distance")) == text(Absence::rank_deficient));
        REQUIRE(layer.value(statistic_named("effective_rank")) < static_cast<double>(rank) + 1e-12);
        if (rank < kSmallestSpectrum) {
          REQUIRE(layer.reason(statistic_named("tail_exponent")) == text(Absence::few_values));
        }
      }
    }
  }
}

TEST_CASE("noise kept as floats has full rank, and a small singular value of it is no rounding") {
  for (std::uint64_t stream = 0; stream < 20; ++stream) {
    Layer layer = gaussian(60, 60, 100 + stream);
    round_to_float(layer);
    REQUIRE(layer.compute(float_rounding(layer)).ok());
    REQUIRE(layer.rank == 60);
  }
  // diag(1, ..., 1, 1e-5): numpy.linalg.matrix_rank, at 100 eps_float, says 99.
  Layer layer(100, 100);
  for (std::size_t i = 0; i < 100; ++i) layer(i, i) = i + 1 < 100 ? 1 : 1e-5;
  REQUIRE(layer.compute(float_rounding(layer)).ok());
  REQUIRE(layer.rank == 100);
}

TEST_CASE("the rank tolerance is that of Golub and Van Loan, or of rounded entries") {
  REQUIRE(rank_tolerance(3, 100, 40) == 300 * std::numeric_limits<double>::epsilon());
  REQUIRE(rank_tolerance(3, 100, 36, 1e-6) == 16e-6);
  // Of doubles, rounding of the entries changes nothing: rms <= s_1 / sqrt(max(rows, columns)).
  const double eps = std::numeric_limits<double>::epsilon();
  REQUIRE(rank_tolerance(1, 4, 4, eps / 2) == 4 * eps);
  const std::vector<double> values{5, 2, 1e-3, 0};
  REQUIRE(numerical_rank(values, 1e-2) == 2);
  REQUIRE(numerical_rank(values, 0) == 3);
  REQUIRE(numerical_rank({}, 0) == 0);
}

TEST_CASE("rows and columns that are zero change no statistic of what is left") {
  const Layer dense = [] {
    Layer layer = gaussian(60, 60, 7);
    REQUIRE(layer.compute().ok());
    return layer;
  }();
  // The same matrix with eleven dead indices woven in, on both sides: also its eigenvalues stay.
  constexpr std::size_t kSide = 71;
  const auto dead = [](std::size_t index) { return index % 7 == 3 || index == 0; };
  Layer wide(kSide, kSide);
  std::size_t next = 0;
  for (std::size_t j = 0; j < kSide; ++j) {
    for (std::size_t i = 0; i < kSide; ++i) {
      if (!dead(i) && !dead(j)) wide(i, j) = dense.entries[next++];
    }
  }
  REQUIRE(next == dense.entries.size());
  REQUIRE(wide.compute().ok());
  REQUIRE(wide.live_rows == 60);
  REQUIRE(wide.live_columns == 60);
  REQUIRE(wide.real.size() == 60);
  for (std::size_t k = 0; k < kLayerStatistics.size(); ++k) {
    INFO(kLayerStatistics[k].name);
    if (k == statistic_named("kurtosis")) continue;  // of all entries, the zeros among them
    REQUIRE(wide.reason(k).empty());
    REQUIRE(test::close(wide.value(k), dense.value(k), 1e-9));
  }
  REQUIRE(test::relatively_close(wide.sigma, dense.sigma, 1e-12));
  REQUIRE(test::relatively_close(wide.rms, dense.rms, 1e-12));
}

TEST_CASE("dead columns leave the sigma of the bulk and the disc of the eigenvalues") {
  for (const std::size_t dead : {10u, 45u, 60u}) {
    Layer layer = gaussian(100, 100, 8 + dead);
    std::fill(layer.entries.end() - static_cast<std::ptrdiff_t>(100 * dead), layer.entries.end(),
              0);
    REQUIRE(layer.compute().ok());
    REQUIRE(layer.live_rows == 100);
    REQUIRE(layer.live_columns == 100 - dead);
    REQUIRE(layer.rank == 100 - dead);
    INFO(dead << " dead columns");
    REQUIRE(std::fabs(layer.sigma - 1) < 0.05);
    REQUIRE(std::fabs(layer.value(statistic_named("energy_outside_bulk"))) < 0.1);
    REQUIRE(layer.real.size() == 100 - dead);
    REQUIRE(std::fabs(layer.value(statistic_named("spectral_radius")) - 1) < 0.25);
    // Of Gaussian 100 x 100 matrices one in a hundred is further off than 0.113; it is their edge,
    // which is as wide as 1 / sqrt(n).
    const double edge = 0.113 * std::sqrt(100 / static_cast<double>(layer.real.size()));
    REQUIRE(layer.value(statistic_named("circular_distance")) < edge);
  }
}

TEST_CASE("draws under a null keep dead rows and columns where they are") {
  Layer layer = gaussian(30, 24, 9);
  for (std::size_t j = 0; j < 24; ++j) layer(4, j) = layer(29, j) = 0;
  for (std::size_t i = 0; i < 30; ++i) layer(i, 0) = layer(i, 11) = layer(i, 23) = 0;
  Layer live(28, 21);
  std::size_t next = 0;
  for (std::size_t j = 0; j < 24; ++j) {
    for (std::size_t i = 0; i < 30; ++i) {
      if (j != 0 && j != 11 && j != 23 && i != 4 && i != 29) live.entries[next++] = layer(i, j);
    }
  }
  const auto draw = [](const Layer& observed, const NullModel& model) {
    const LayerNull::Config config{observed.rows, observed.columns, false, 1};
    const NullDistribution::Config table{kLayerStatistics.size(), 5};
    std::vector<std::byte> memory(LayerNull::footprint(config).bytes +
                                  NullDistribution::footprint(table).bytes);
    Arena arena(memory);
    LayerNull null(config, arena);
    NullDistribution drawn(table, arena);
    Workers alone(1);
    Status status;
    REQUIRE(test::allocations_of(
                [&] { status = null.fill(model, observed.view(), 3, 1, alone, drawn); }) == 0);
    REQUIRE(status.ok());
    std::vector<double> values;
    for (std::size_t i = 0; i < 5; ++i) {
      for (std::size_t k = 1; k < kLayerStatistics.size(); ++k) {
        if (test::of_eigenvalues(k)) continue;
        values.push_back(drawn.value(k, i));
      }
    }
    return values;
  };
  for (const NullKind kind : {NullKind::permutation, NullKind::gaussian, NullKind::initialiser}) {
    const auto within = draw(layer, {.kind = kind});
    const auto alone = draw(live, {.kind = kind});
    for (std::size_t k = 0; k < within.size(); ++k) {
      REQUIRE(test::close(within[k], alone[k], 1e-9));
    }
  }
}

TEST_CASE("singular values that are all equal have neither spacings, tail nor bulk") {
  Layer identity(40, 40);
  for (std::size_t i = 0; i < 40; ++i) identity(i, i) = 0.3;
  Layer turned = orthogonal(50);
  Layer single = orthogonal(50);
  round_to_float(single);
  for (Layer* layer : {&identity, &turned, &single}) {
    REQUIRE(layer->compute(layer == &single ? float_rounding(single) : 0).ok());
    REQUIRE(layer->rank == layer->rows);
    REQUIRE(layer->reason(statistic_named("spacing_ratio")) == text(Absence::equal_values));
    REQUIRE(layer->reason(statistic_named("tail_exponent")) == text(Absence::equal_values));
    REQUIRE(layer->reason(statistic_named("energy_outside_bulk")) == text(Absence::no_bulk));
    REQUIRE(test::close(layer->value(statistic_named("stable_rank")),
                        static_cast<double>(layer->rows), 1e-5));
  }
}

TEST_CASE("singular values that are equal in part have no ratios of spacings") {
  Layer clusters(30, 30);  // diag(1, ..., 1, 0.001, ..., 0.001): two ratios are not 0 / 0, but 0
  for (std::size_t i = 0; i < 30; ++i) clusters(i, i) = i < 15 ? 1 : 1e-3;
  Layer skew = gaussian(30, 30, 10);  // singular values in pairs
  for (std::size_t j = 0; j < 30; ++j) {
    for (std::size_t i = 0; i <= j; ++i) skew(i, j) = i == j ? 0 : -skew(j, i);
  }
  for (Layer* layer : {&clusters, &skew}) {
    REQUIRE(layer->compute().ok());
    REQUIRE(layer->reason(statistic_named("spacing_ratio")) == text(Absence::equal_values));
  }
}

TEST_CASE("Cauchy entries have no bulk, those of other laws have one") {
  constexpr std::size_t kSide = 64;
  for (std::uint64_t stream = 0; stream < 20; ++stream) {
    const Philox source(43, stream);
    Layer cauchy(kSide, kSide), uniform(kSide, kSide), laplace(kSide, kSide);
    for (std::size_t i = 0; i < cauchy.entries.size(); ++i) {
      const double u = source.uniform(i);
      cauchy.entries[i] = std::tan(std::numbers::pi * (u - 0.5));
      uniform.entries[i] = u - 0.5;
      laplace.entries[i] = u < 0.5 ? std::log(2 * u) : -std::log(2 - 2 * u);
    }
    REQUIRE(cauchy.compute().ok());
    REQUIRE(cauchy.reason(statistic_named("energy_outside_bulk")) == text(Absence::no_bulk));
    REQUIRE(cauchy.value(statistic_named("bulk_distance")) > largest_bulk_distance(kSide));
    for (Layer* layer : {&uniform, &laplace}) {
      REQUIRE(layer->compute().ok());
      REQUIRE(layer->reason(statistic_named("energy_outside_bulk")) == text(Absence::none));
      REQUIRE(std::fabs(layer->value(statistic_named("energy_outside_bulk"))) < 0.15);
    }
  }
}

TEST_CASE("a number is NaN exactly where an absence says why") {
  std::vector<Layer> layers{gaussian(1, 1, 1),      gaussian(1, 40, 2),  gaussian(40, 1, 3),
                            gaussian(3, 3, 4),      gaussian(12, 12, 5), gaussian(9, 30, 6),
                            product(30, 30, 12, 7), orthogonal(20)};
  Layer constant(15, 15);
  std::fill(constant.entries.begin(), constant.entries.end(), -2.5);
  layers.push_back(constant);
  Layer shift(20, 20);  // nilpotent: every eigenvalue is zero
  for (std::size_t i = 0; i + 1 < 20; ++i) shift(i, i + 1) = 1;
  layers.push_back(shift);
  Layer corner(20, 20);  // no index has both its row and its column
  corner(0, 19) = 3;
  layers.push_back(corner);
  for (Layer& layer : layers) {
    REQUIRE(layer.compute().ok());
    for (std::size_t k = 0; k < kLayerStatistics.size(); ++k) {
      INFO(layer.rows << " x " << layer.columns << ", " << kLayerStatistics[k].name);
      REQUIRE(std::isnan(layer.value(k)) != layer.reason(k).empty());
    }
  }
  REQUIRE(constant.compute().ok());
  REQUIRE(constant.rank == 1);
  REQUIRE(constant.reason(statistic_named("kurtosis")) == text(Absence::constant_entries));
}

TEST_CASE("ratios of complex spacings are of eigenvalues within the disc of the bulk") {
  Layer layer = gaussian(100, 100, 11);
  // A direction whose vectors are orthogonal moves no eigenvalue far, and raises the rms by half.
  for (std::size_t j = 0; j < 100; ++j) {
    for (std::size_t i = 0; i < 100; ++i) layer(i, j) += i % 2 == 0 ? 1.1 : -1.1;
  }
  REQUIRE(layer.compute().ok());
  REQUIRE(layer.rms > 1.3 * layer.sigma);
  std::vector<double> real = layer.real, imaginary = layer.imaginary;
  ComplexSpacingRatio at_rms, at_sigma;
  REQUIRE(complex_spacing_ratio(VectorView<const double>(real), imaginary, at_rms).ok());
  for (double& x : real) x *= layer.rms / layer.sigma;
  for (double& y : imaginary) y *= layer.rms / layer.sigma;
  REQUIRE(complex_spacing_ratio(VectorView<const double>(real), imaginary, at_sigma).ok());
  REQUIRE(at_rms.count != at_sigma.count);
  REQUIRE(test::close(layer.value(statistic_named("complex_spacing_ratio")), at_sigma.mean_modulus,
                      1e-12));
  REQUIRE(test::close(layer.value(statistic_named("complex_spacing_cosine")), at_sigma.minus_cosine,
                      1e-12));
}

TEST_CASE("a live block lives in exactly its footprint") {
  const Layer layer = gaussian(6, 9, 12);
  test::check_footprint<LiveBlock>(LiveBlock::Config{6, 9}, [&](LiveBlock& live) {
    live.find(layer.view());
    REQUIRE(live.whole());
  });
}
