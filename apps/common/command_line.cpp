#include "common/command_line.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <system_error>
#include <utility>

#include "pinnscope/core/named.hpp"
#include "pinnscope/io/destination.hpp"
#include "pinnscope/io/file_status.hpp"
#include "pinnscope/io/printable.hpp"
#include "pinnscope/version.hpp"

// OpenBLAS asks this name of its own how many threads to start as the program does, and finds the
// answer here: none beside the caller's, which is the only one that calls it. Each would map
// 128 MiB at once, and one that cannot keeps the program from ending. Other versions and libraries
// do not ask.
extern "C" __attribute__((weak, visibility("default"))) int openblas_num_threads_env() { return 1; }

namespace pinnscope::apps {
namespace {

int refuse(const CLI::App& app, std::string text) {
  complain(app.get_name().c_str(), std::move(text));
  return kWrongCommandLine;
}

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  return names;
}

/// "--seed" and the like; a number below zero is none.
bool is_option(const std::string& text) {
  return text.size() > 1 && text[0] == '-' && (text[1] < '0' || text[1] > '9') && text[1] != '.';
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

/// The command that was given, or the program itself.
const CLI::App& active(const CLI::App& app) {
  const std::vector<const CLI::App*> given =
      app.get_subcommands([](const CLI::App* command) { return command->count() > 0; });
  return given.empty() ? app : *given.front();
}

/// "train" where the program has commands, to stand in front of what is said of one.
std::string prefix(const CLI::App& app, const CLI::App& command) {
  return &command == &app ? std::string() : command.get_name() + ": ";
}

std::string suggestion(const std::string& text, const std::vector<std::string>& words) {
  const std::string near = nearest(text, words);
  return near.empty() ? std::string() : "; did you mean " + near + "?";
}

std::string unknown_command(const CLI::App& app, const std::string& name) {
  const std::vector<std::string> names = command_names(app);
  return "no command " + in_quotes(name) + suggestion(name, names) +
         (nearest(name, names).empty() ? "; the commands are " : " The commands are ") +
         list_of(names, "and");
}

/// What was given and belongs to no option or command.
std::string unexpected(const CLI::App& app, const std::string& argument) {
  const CLI::App& command = active(app);
  if (!is_option(argument)) {
    return prefix(app, command) + "expected no more arguments, found " + in_quotes(argument);
  }
  const std::string name = argument.substr(0, argument.find('='));
  const std::string near = suggestion(name, option_names(command));
  const std::string help =
      app.get_name() + (&command == &app ? "" : ' ' + command.get_name()) + " --help";
  return prefix(app, command) + "no option " + in_quotes(name) +
         (near.empty() ? "; see " + help : near);
}

/// An option with more or fewer values than it takes.
std::string wrong_count(const CLI::App& app, const std::string& words) {
  if (words.ends_with(" missing")) {
    return words.substr(0, words.find(": ")) + ": expected a value, found none";
  }
  for (const CLI::Option* option : active(app).get_options()) {
    const int found = static_cast<int>(option->count());
    const int most = option->get_expected_max();
    if (found > most) {
      return option->get_name() + ": expected " + (most == 1 ? "one value" : "no value") +
             ", found " + std::to_string(found);
    }
  }
  return words;
}

/// A value that is not of the type of its option: what is whole or one of some words is refused
/// by its own validator, so that numbers and flags are left.
std::string wrong_type(const CLI::App& app, const std::string& words) {
  const std::string could_not = "Could not convert: ";
  const std::size_t equals = words.find(" = ");
  if (!words.starts_with(could_not) || equals == std::string::npos) return words;
  const std::string name = words.substr(could_not.size(), equals - could_not.size());
  const CLI::Option* option = active(app).get_option_no_throw(name);
  const bool flag = option != nullptr && option->get_expected_max() == 0;
  return name + ": expected " + (flag ? "no value" : "a number") + ", found " +
         in_quotes(words.substr(equals + 3));
}

/// The words of CLI11 on what is wrong, in the form of the rest.
std::string reworded(const CLI::App& app, const CLI::ParseError& error) {
  const std::string words = error.what();
  const int code = error.get_exit_code();
  if (code == static_cast<int>(CLI::ExitCodes::ConversionError)) return wrong_type(app, words);
  if (code == static_cast<int>(CLI::ExitCodes::ArgumentMismatch)) return wrong_count(app, words);
  if (code == static_cast<int>(CLI::ExitCodes::RequiredError)) {
    const std::string required = words.substr(0, words.find(" is required"));
    return prefix(app, active(app)) + "expected " + required + ", found none";
  }
  const std::vector<std::string> left = app.remaining(true);
  const bool extra = code == static_cast<int>(CLI::ExitCodes::ExtrasError) && !left.empty();
  return extra ? unexpected(app, left.front()) : words;
}

/// The first option with an empty value, which names nothing.
std::string empty_value(const CLI::App& app) {
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& value : option->results()) {
      if (value.empty()) return option->get_name() + ": expected a value, found " + in_quotes("");
    }
  }
  return {};
}

}  // namespace

void complain(const char* program, std::string text) {
  std::ranges::replace(text, '\n', ' ');
  std::fprintf(stderr, "%s: %s\n", program, printable(text).c_str());
}

void open_standard_streams() {
  // A limit of file sizes is a failure of the write that meets it, not the end of the program.
  std::signal(SIGXFSZ, SIG_IGN);
  for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(number, F_GETFD) >= 0) continue;
    // The lowest free number is this one. Opened the wrong way round, it fails as if closed.
    static_cast<void>(::open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY));
  }
}

int finish_output(const char* program, int code) {
  const bool lost = std::fflush(stdout) != 0 || std::ferror(stdout) != 0;
  // What failed before has said so.
  if (code != 0 || !lost || messages_are_apart()) return code;
  complain(program, std::string("standard output: cannot write to it: ") +
                        std::generic_category().message(errno));
  return 1;
}

CLI::Validator one_of(std::vector<std::string> words) {
  return CLI::Validator(
      [words = std::move(words)](std::string& text) {
        const auto is_meant = [&](const std::string& word) { return is_name_of(text, word); };
        if (std::ranges::any_of(words, is_meant)) return std::string();
        return "expected " + list_of(words, "or") + ", found " + in_quotes(text) +
               suggestion(text, words);
      },
      "");
}

std::string nearest(const std::string& text, const std::vector<std::string>& words) {
  std::string best;
  std::size_t least = text.size() / 3 + 1;
  for (const std::string& word : words) {
    // Distances of the first i letters of text to the first j of word, with swaps of neighbours
    // (Damerau 1964; the restricted form).
    std::vector<std::vector<std::size_t>> distance(text.size() + 1);
    for (std::size_t i = 0; i <= text.size(); ++i) {
      distance[i].resize(word.size() + 1);
      for (std::size_t j = 0; j <= word.size(); ++j) {
        if (i == 0 || j == 0) {
          distance[i][j] = i + j;
          continue;
        }
        const std::size_t exchanged = distance[i - 1][j - 1] + (text[i - 1] != word[j - 1]);
        distance[i][j] = std::min({distance[i - 1][j] + 1, distance[i][j - 1] + 1, exchanged});
        if (i > 1 && j > 1 && text[i - 1] == word[j - 2] && text[i - 2] == word[j - 1]) {
          distance[i][j] = std::min(distance[i][j], distance[i - 2][j - 2] + 1);
        }
      }
    }
    if (distance[text.size()][word.size()] < least) {
      least = distance[text.size()][word.size()];
      best = word;
    }
  }
  return best;
}

std::optional<int> parse_command_line(CLI::App& app, int argc, char** argv) {
  app.set_version_flag("--version", app.get_name() + ' ' + kVersion);
  const std::vector<std::string> commands = command_names(app);
  if (!commands.empty()) {
    if (argc < 2) {
      std::fputs(app.help().c_str(), stderr);
      return kWrongCommandLine;
    }
    const std::string first = argv[1];
    const bool known = is_option(first) ? app.get_option_no_throw(first) != nullptr
                                        : std::ranges::find(commands, first) != commands.end();
    if (!known) {
      return refuse(app, is_option(first) ? "expected a command, found " + in_quotes(first)
                                          : unknown_command(app, first));
    }
  }
  std::string wrong;
  try {
    app.parse(argc, argv);
    wrong = empty_value(active(app));
  } catch (const CLI::Success& asked) {
    return app.exit(asked);
  } catch (const CLI::ParseError& error) {
    const std::vector<std::string> left = app.remaining(true);
    const auto option = std::ranges::find_if(left, is_option);
    wrong = option != left.end() ? unexpected(app, *option) : reworded(app, error);
  }
  if (wrong.empty()) return std::nullopt;
  return refuse(app, wrong);
}

}  // namespace pinnscope::apps
