#include "pinnscope/pde/problems.hpp"

#include <array>

#include "pinnscope/core/named.hpp"
#include "pinnscope/pde/problems/advection.hpp"
#include "pinnscope/pde/problems/heat.hpp"
#include "pinnscope/pde/problems/helmholtz.hpp"
#include "pinnscope/pde/problems/inviscid.hpp"
#include "pinnscope/pde/problems/kovasznay.hpp"
#include "pinnscope/pde/problems/raissi.hpp"
#include "pinnscope/pde/problems/viscous.hpp"

namespace pinnscope {
namespace {

constexpr std::array kProblems{
    pde::viscous::kProblem,   pde::inviscid::kProblem,     pde::heat::kProblem,
    pde::advection::kProblem, pde::helmholtz::kProblem,    pde::kovasznay::kProblem,
    pde::raissi::kProblem,    pde::raissi::kSmoothProblem,
};

constexpr bool are_problems() noexcept {
  for (const Problem& problem : kProblems) {
    if (!problem.check().ok() || find_row(kProblems, problem.name) != &problem) return false;
  }
  return true;
}
static_assert(are_problems(), "a problem is none, or has the name of another");

}  // namespace

std::span<const Problem> problems() noexcept { return kProblems; }

const Problem* find_problem(std::string_view name) noexcept { return find_row(kProblems, name); }

}  // namespace pinnscope
