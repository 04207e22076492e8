#include <vector>

#include "pinnscope/pde/cole_hopf.hpp"
#include "pinnscope/pde/error_norms.hpp"
#include "pinnscope/pde/problems.hpp"
#include "pinnscope/pde/pseudo_spectral.hpp"
#include "pinnscope/pde/riemann.hpp"
#include "pinnscope/pde/training_problem.hpp"
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

TEST_CASE("problems are set up and solved without allocating") {
  for (const Problem& problem : problems()) {
    INFO(problem.name);
    const std::vector<std::size_t> widths{problem.inputs.size(), 4, problem.outputs.size()};
    const TrainingProblem<float>::Config config{
        .problem = &problem, .widths = widths, .points = 20};
    std::vector<std::byte> memory(TrainingProblem<float>::footprint(config).bytes);
    std::vector<double> x;
    for (const Input& input : problem.inputs) x.push_back(0.4 * input.low + 0.6 * input.high);
    std::vector<double> u(problem.outputs.size());
    bool ok = false;
    const auto allocations = test::allocations_of([&] {
      Arena arena(memory);
      const TrainingProblem<float> training(config, arena);
      ok = find_problem(problem.name) == &problem && training.status().ok() &&
           exact_solution(problem, x, u).ok();
    });
    CHECK(ok);
    CHECK(allocations == 0);
    test::check_footprint<TrainingProblem<float>>(
        config, [](TrainingProblem<float>& training) { REQUIRE(training.status().ok()); });
  }
}

TEST_CASE("the pseudo-spectral solver uses what its footprint says") {
  test::check_footprint<PseudoSpectral>(PseudoSpectral::Config{.modes = 7},
                                        [](PseudoSpectral& solver) {
                                          std::vector<double> u(9);
                                          REQUIRE(solver.solve(kUnitSine, 0.01, u).ok());
                                        });
}
