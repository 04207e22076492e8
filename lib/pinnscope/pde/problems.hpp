#pragma once

#include <span>
#include <string_view>

#include "pinnscope/pde/problem.hpp"

namespace pinnscope {

/// The problems that come with the library, in the order in which command lines list them. One more
/// is a file in pde/problems/, an include and a row of problems.cpp; a program needs neither for
/// its own.
std::span<const Problem> problems() noexcept;

/// The one called `name`, a hyphen for an underscore, or nullptr.
const Problem* find_problem(std::string_view name) noexcept;

}  // namespace pinnscope
