#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <limits>
#include <string>

namespace pinnscope::apps {

inline constexpr std::uint64_t kLargestSeed = std::numeric_limits<std::uint64_t>::max();

/// Reads a whole number without sign, in decimal, also as 3e4 or 2.5e3: exactly, so that 1.5, 1e30
/// and -1 are none. Returns whether it is one that fits; `number` is unchanged if not.
bool parse_whole_number(const std::string& text, std::uint64_t& number);

/// For CLI::Option::transform: takes a whole number in [least, most] and hands its plain digits on;
/// anything else is refused in one line. No CLI::Range beside it, which knows no 3e4.
CLI::Validator whole_number(std::uint64_t least, std::uint64_t most);

/// For CLI::Option::check: a number in [least, most]. Unlike CLI::Range it refuses what is not a
/// number at all.
CLI::Validator real_number(double least, double most);

}  // namespace pinnscope::apps
