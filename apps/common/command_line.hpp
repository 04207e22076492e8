#pragma once

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pinnscope/core/named.hpp"
#include "pinnscope/io/file_status.hpp"
#include "pinnscope/io/memory.hpp"

namespace pinnscope::apps {

inline constexpr int kWrongCommandLine = 2;  // exit code; 1 is for what fails later

/// Parses the command line of a program with its --help and --version. Nothing where the program is
/// to go on; else its exit code: 0 where help or version were asked for, kWrongCommandLine where
/// something is wrong, which one line on stderr says: "program: what, what was expected, what was
/// found". Commands and options that are not there are named beside the nearest that is; no value
/// may be empty. A program of commands that is given nothing prints its help to stderr.
std::optional<int> parse_command_line(CLI::App& app, int argc, char** argv);

/// Prints "program: text" as one line on stderr, the text printable().
void complain(const char* program, std::string text);

/// Opens standard input, output and error where the caller closed them, so that no file that is
/// opened later takes their place. What is written to them then fails, and so does what is beyond
/// a limit of file sizes, in place of SIGXFSZ.
void open_standard_streams();

/// The exit code; where it is 0 and what was printed did not reach its place, 1 and one line on
/// stderr.
int finish_output(const char* program, int code);

/// The exit code of `body`; what it throws, for want of memory say, and output that is lost become
/// one line on stderr and exit code 1.
template <class Body>
int run_program(const char* program, Body&& body) {
  open_standard_streams();
  try {
    return finish_output(program, body());
  } catch (const OutOfMemory& lack) {
    complain(program, lack.what());
  } catch (const std::bad_alloc&) {
    complain(program, "expected more memory than there is");
  } catch (const std::exception& error) {
    complain(program, error.what());
  }
  return 1;
}

/// For CLI::Option::check: one of these words, a hyphen for an underscore.
CLI::Validator one_of(std::vector<std::string> words);

/// The names of a list of rows.
template <class Rows>
std::vector<std::string> names_of(const Rows& rows) {
  std::vector<std::string> names;
  for (const auto& row : rows) names.emplace_back(row.name);
  return names;
}

/// Adds an option that takes the name of a row, a hyphen for an underscore; the help lists the
/// names behind `what`, and anything else is refused. `take(row)` gets the row that was named.
template <class Rows, class Take>
CLI::Option* add_choice(CLI::App& command, const std::string& name, const Rows& rows,
                        const std::string& what, Take&& take) {
  const std::vector<std::string> names = names_of(rows);
  const auto found = [rows, take](const std::string& given) { take(*find_row(rows, given)); };
  return command
      .add_option_function<std::string>(name, found,
                                        what + (what.empty() ? "" : ": ") + list_of(names, "or"))
      ->check(one_of(names));
}

/// The same for a value of an enumeration.
template <Listed V>
CLI::Option* add_named(CLI::App& command, const std::string& name, V& value,
                       const std::string& what = "") {
  return add_choice(command, name, named<V>(), what,
                    [&value](const auto& row) { value = row.value; })
      ->default_str(text(value));
}
template <Listed V>
CLI::Option* add_named(CLI::App& command, const std::string& name, std::optional<V>& value,
                       const std::string& what) {
  return add_choice(command, name, named<V>(), what,
                    [&value](const auto& row) { value = row.value; });
}

/// A line for each row of a list under `heading`, its name and what it means: for the end of a
/// help.
template <class Rows>
std::string meanings_of(const char* heading, const Rows& rows) {
  std::size_t width = 0;
  for (const auto& row : rows) width = std::max(width, std::string_view(row.name).size());
  std::string lines = heading;
  for (const auto& row : rows) {
    std::string name = row.name;
    name.resize(width, ' ');
    lines += "\n  " + name + "  " + row.meaning;
  }
  return lines;
}

/// The word that takes the fewest letters put in, left out, exchanged or swapped with their
/// neighbour to become `text`, where those are at most a third of its letters; else empty.
std::string nearest(const std::string& text, const std::vector<std::string>& words);

}  // namespace pinnscope::apps
