#include <vector>

#include "pinnscope/pde/cole_hopf.hpp"
#include "pinnscope/pde/error_norms.hpp"
#include "pinnscope/pde/pseudo_spectral.hpp"
#include "pinnscope/pde/riemann.hpp"
#include "support/allocation.hpp"
#include "support/footprint.hpp"
#include "support/test.hpp"

using namespace pinnscope;

static_assert(PseudoSpectral::footprint({.modes = 8}).payload ==
              8 * 8 * 8 + 2 * 8 * 12 * 8 + 4 * 64 + 128);

TEST_CASE("exact solutions and the pseudo-spectral solver allocate nothing") {
  const PseudoSpectral::Config config{.modes = 20};
  std::vector<std::byte> memory(PseudoSpectral::footprint(config).bytes);
  Arena arena(memory);
  PseudoSpectral solver(config, arena);
  std::vector<double> x(22, 0.3);
  std::vector<double> u(22);
  std::vector<double> v(22);
  ErrorNorms norms;
  bool ok = true;
  const auto allocations = test::allocations_of([&] {
    ok = solver.solve(kUnitSine, 0.1, u).ok() &&
         cole_hopf(kUnitSine, kBurgersViscosity, 0.1, x, v).ok() && error_norms(u, v, norms).ok();
    riemann_solution({}, 0.1, x, v);
  });
  REQUIRE(ok);
  REQUIRE(allocations == 0);
}

TEST_CASE("the pseudo-spectral solver uses what its footprint says") {
  test::check_footprint<PseudoSpectral>(PseudoSpectral::Config{.modes = 7},
                                        [](PseudoSpectral& solver) {
                                          std::vector<double> u(9);
                                          REQUIRE(solver.solve(kUnitSine, 0.01, u).ok());
                                        });
}
