#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

namespace pinnscope::apps {

inline constexpr int kWrongCommandLine = 2;  // exit code; 1 is for what fails later

/// Parses the command line of a program with its --help and --version. Nothing where the program is
/// to go on; else its exit code: 0 where help or version were asked for, kWrongCommandLine where
/// something is wrong, which one line on stderr says: "program: what, what was expected, what was
/// found". Commands and options that are not there are named beside the nearest that is; no value
/// may be empty. A program of commands that is given nothing prints its help to stderr.
std::optional<int> parse_command_line(CLI::App& app, int argc, char** argv);

/// For CLI::Option::check: one of these words, a hyphen for an underscore.
CLI::Validator one_of(std::vector<std::string> words);

/// "a, b or c".
std::string list_of(const std::vector<std::string>& words, const char* conjunction);

/// The word that takes the fewest letters put in, left out, exchanged or swapped with their
/// neighbour to become `text`, where those are at most a third of its letters; else empty.
std::string nearest(const std::string& text, const std::vector<std::string>& words);

}  // namespace pinnscope::apps
