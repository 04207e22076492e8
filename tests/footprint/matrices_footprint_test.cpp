#include <vector>

#include "pinnscope/spectra/matrices/eigenvalues.hpp"
#include "pinnscope/spectra/matrices/root_mean_square.hpp"
#include "pinnscope/spectra/matrices/scaled_copy.hpp"
#include "pinnscope/spectra/matrices/singular_values.hpp"
#include "pinnscope/spectra/matrices/spectral_entropy.hpp"
#include "pinnscope/spectra/random_matrices/circular_law.hpp"
#include "pinnscope/spectra/random_matrices/marchenko_pastur.hpp"
#include "support/allocation.hpp"
#include "support/footprint.hpp"
#include "support/test.hpp"

using namespace pinnscope;

static_assert(CircularLaw<double>::footprint({.capacity = 100}).payload == 832);

namespace {

template <class T>
std::vector<T> generic_matrix(std::size_t rows, std::size_t columns) {
  std::vector<T> entries(rows * columns);
  fill_generic(MatrixView<T>{entries.data(), rows, columns});
  return entries;
}

}  // namespace

TEMPLATE_TEST_CASE("eigenvalues allocate nothing, from the first call on", "", float, double) {
  constexpr std::size_t kOrder = 150;  // above the sizes from which BLAS uses threads and buffers
  const auto w = generic_matrix<TestType>(kOrder, kOrder);
  std::vector<std::byte> memory(Eigenvalues<TestType>::footprint({.order = kOrder}).bytes);
  Arena arena(memory);
  Eigenvalues<TestType> eigenvalues({.order = kOrder}, arena);
  Status status{StatusCode::unsupported};
  const auto allocations = test::allocations_of([&] {
    status = eigenvalues.compute({w.data(), kOrder, kOrder}, 2);
  });
  REQUIRE(status.ok());
  REQUIRE(allocations == 0);
}

TEMPLATE_TEST_CASE("singular values allocate nothing, from the first call on", "", float, double) {
  const auto w = generic_matrix<TestType>(200, 150);
  const typename SingularValues<TestType>::Config config{.rows = 200, .columns = 150};
  std::vector<std::byte> memory(SingularValues<TestType>::footprint(config).bytes);
  Arena arena(memory);
  SingularValues<TestType> singular_values(config, arena);
  Status status{StatusCode::unsupported};
  const auto allocations = test::allocations_of([&] {
    status = singular_values.compute({w.data(), 200, 150});
  });
  REQUIRE(status.ok());
  REQUIRE(allocations == 0);
}

TEST_CASE("what compares spectra with their laws allocates nothing") {
  const auto w = generic_matrix<double>(40, 40);
  std::vector<std::byte> memory((Eigenvalues<double>::footprint({.order = 40}) +
                                 SingularValues<double>::footprint({.rows = 40, .columns = 40}) +
                                 CircularLaw<double>::footprint({.capacity = 40}))
                                    .bytes);
  Arena arena(memory);
  Eigenvalues<double> eigenvalues({.order = 40}, arena);
  SingularValues<double> singular_values({.rows = 40, .columns = 40}, arena);
  CircularLaw<double> law({.capacity = 40}, arena);
  REQUIRE(arena.status().ok());
  REQUIRE(arena.remaining() < kBlockAlignment);
  const MatrixView<const double> view{w.data(), 40, 40};
  CircularLawFit circular;
  MarchenkoPasturFit fit;
  SpectralEntropy entropy;
  bool ok = true;
  const auto allocations = test::allocations_of([&] {
    const double scale = root_mean_square(view);
    ok = eigenvalues.compute(view, scale).ok() && singular_values.compute(view, scale).ok() &&
         law.compare(eigenvalues.real(), eigenvalues.imaginary(), circular).ok() &&
         compare_with_marchenko_pastur(singular_values.values(), 40, 40, 1, fit).ok() &&
         spectral_entropy(singular_values.values(), entropy).ok();
    ok = ok && MarchenkoPastur(0.5).quantile(0.3) > 0;
  });
  REQUIRE(ok);
  REQUIRE(allocations == 0);
}

TEMPLATE_TEST_CASE("matrix statistics use what their footprint says", "", float, double) {
  const auto w = generic_matrix<TestType>(12, 12);
  const MatrixView<const TestType> view{w.data(), 12, 12};
  test::check_footprint<Eigenvalues<TestType>>(
      typename Eigenvalues<TestType>::Config{.order = 12},
      [&](Eigenvalues<TestType>& object) { REQUIRE(object.compute(view).ok()); });
  test::check_footprint<SingularValues<TestType>>(
      typename SingularValues<TestType>::Config{.rows = 12, .columns = 12},
      [&](SingularValues<TestType>& object) { REQUIRE(object.compute(view).ok()); });
  test::check_footprint<CircularLaw<TestType>>(
      typename CircularLaw<TestType>::Config{.capacity = 12}, [&](CircularLaw<TestType>& object) {
        CircularLawFit fit;
        const VectorView<const TestType> column = view.column(0);
        REQUIRE(object.compare(column, column, fit).ok());
      });
}
