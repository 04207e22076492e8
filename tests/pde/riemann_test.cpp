#include "pinnscope/pde/riemann.hpp"

#include <cmath>
#include <vector>

#include "support/reference.hpp"
#include "support/test.hpp"

using namespace pinnscope;

TEST_CASE("a shock moves with the mean of its sides") {
  const RiemannProblem problem{.left = 1, .right = 0, .jump = 0.5};
  REQUIRE(riemann_solution(problem, 0.3, 0.649) == 1);
  REQUIRE(riemann_solution(problem, 0.3, 0.651) == 0);
}

TEST_CASE("a fan opens where the left side is slower") {
  const RiemannProblem problem{.left = -1, .right = 2, .jump = 0.25};
  REQUIRE(riemann_solution(problem, 0.5, -0.3) == -1);
  REQUIRE(riemann_solution(problem, 0.5, 0.5) == 0.5);
  REQUIRE(riemann_solution(problem, 0.5, 1.3) == 2);
}

TEST_CASE("at the start the solution is the step, and equal sides stay equal") {
  REQUIRE(riemann_solution({.left = 0, .right = 1, .jump = 0.5}, 0, 0.4) == 0);
  REQUIRE(riemann_solution({.left = 0, .right = 1, .jump = 0.5}, 0, 0.6) == 1);
  REQUIRE(riemann_solution({.left = 3, .right = 3, .jump = 0.5}, 1, 0.6) == 3);
}

TEST_CASE("NaN gives NaN") { REQUIRE(std::isnan(riemann_solution({}, 0.3, NAN))); }

TEST_CASE("the Riemann solution is the reference's exact column") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  for (const auto& row : test::reference_rows(directory, "burgers_inviscid_t03.txt")) {
    const std::vector<double> x{row[0]};
    std::vector<double> u(1);
    riemann_solution({}, 0.3, x, u);
    REQUIRE(u[0] == row[1]);
  }
}
