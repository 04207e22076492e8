#pragma once

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

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

/// Adds --seed, of whatever `what` says in the help: any number of 64 bits.
CLI::Option* add_seed(CLI::App& command, std::uint64_t& seed, const std::string& what);

/// Adds --threads; 0, as thread_count() understands it, where nothing is given.
CLI::Option* add_threads(CLI::App& command, std::size_t& threads);

/// The options that `add()` adds to the command.
template <class Add>
std::vector<CLI::Option*> added_by(CLI::App& command, Add&& add) {
  const std::vector<CLI::Option*> before = command.get_options();
  add();
  std::vector<CLI::Option*> added = command.get_options();
  std::erase_if(added, [&](CLI::Option* option) {
    return std::ranges::find(before, option) != before.end();
  });
  return added;
}

/// Lets all options that `add()` adds to the command be given only beside `needed`.
template <class Add>
void add_needing(CLI::App& command, CLI::Option* needed, Add&& add) {
  for (CLI::Option* option : added_by(command, add)) option->needs(needed);
}

}  // namespace pinnscope::apps
