#include "common/figure.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <string_view>

#include "common/command_line.hpp"
#include "common/network_file.hpp"
#include "pinnscope/io/atomic_file.hpp"
#include "pinnscope/io/network_weights.hpp"
#include "style.hpp"

extern char** environ;

namespace pinnscope::apps {
namespace {

enum class Drawn { yes, no_gnuplot, failed };

/// By how it starts and ends: gnuplot's exit code does not say whether all was drawn.
bool is_whole_picture(std::string_view format, std::string_view picture) {
  using namespace std::string_view_literals;
  const std::size_t end = picture.find_last_not_of("\r\n ");
  const std::string_view text = picture.substr(0, end == std::string_view::npos ? 0 : end + 1);
  if (format == "svg") return text.starts_with("<?xml") && text.ends_with("</svg>");
  if (format == "pdf") return text.starts_with("%PDF-") && text.ends_with("%%EOF");
  return picture.starts_with("\x89PNG\r\n\x1a\n"sv) &&
         picture.ends_with("\0\0\0\0IEND\xae\x42\x60\x82"sv);
}

/// A new process's standard output goes into a pipe, and its work is done in `directory`.
pid_t spawn(const std::string& directory, char* const* arguments, int standard_output) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addchdir_np(&actions, directory.c_str());
  posix_spawn_file_actions_adddup2(&actions, standard_output, STDOUT_FILENO);
  pid_t process = 0;
  const int error = posix_spawnp(&process, arguments[0], &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  return error == 0 ? process : -1;
}

/// Runs gnuplot on `script` in `directory`. The picture comes back through a pipe, so that what is
/// at its place stays until there is a whole one.
Drawn run_gnuplot(const std::string& directory, const std::string& script,
                  const std::string& format, std::string& picture) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return Drawn::failed;
  std::string program = "gnuplot";
  std::string flag = "-e";
  std::string settings = "format='" + format + "'; output='/dev/stdout'";
  std::string file = script;
  const std::array<char*, 5> arguments{program.data(), flag.data(), settings.data(), file.data(),
                                       nullptr};
  const pid_t process = spawn(directory, arguments.data(), ends[1]);
  ::close(ends[1]);
  std::array<char, 65536> piece{};
  for (;;) {
    const ssize_t count = process < 0 ? 0 : ::read(ends[0], piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    picture.append(piece.data(), static_cast<std::size_t>(count));
  }
  ::close(ends[0]);
  int outcome = 0;
  if (process < 0) return Drawn::no_gnuplot;
  while (::waitpid(process, &outcome, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(outcome) && WEXITSTATUS(outcome) == 127) return Drawn::no_gnuplot;
  return outcome == 0 && is_whole_picture(format, picture) ? Drawn::yes : Drawn::failed;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

/// Makes an SVG of gnuplot look alike where its font is not installed (Arial has the same widths)
/// and where spaces at a change of font would be dropped.
void polish_svg(const std::string& sheet, std::string& text) {
  replace_all(text, "font-family=\"Liberation Sans\"",
              "font-family=\"Liberation Sans, Arial, Helvetica, sans-serif\"");
  replace_all(text, "<title>Gnuplot</title>", "<title>" + sheet + "</title>");
  replace_all(text, "<text>", "<text xml:space=\"preserve\">");
}

}  // namespace

Figure::Figure(FigureOptions options) : options_(std::move(options)) {
  std::error_code error;
  std::filesystem::create_directories(options_.out, error);
  if (error) {
    fail({StatusCode::bad_file,
          "cannot create the directory " + options_.out + ": " + error.message()});
  }
}

std::string Figure::path(std::string_view file) const {
  return (std::filesystem::path(options_.out) / file).string();
}

void Figure::write(std::string_view name, const std::vector<Column>& columns) {
  if (!status_.ok()) return;
  status_ = write_csv(path(std::string(name) + ".csv"), columns);
}

void Figure::draw(std::string_view sheet, std::string_view variables, std::string_view script) {
  const std::string name(sheet);
  const std::string head =
      "if (!exists('format')) format = 'svg'\n"
      "if (!exists('output')) output = '" +
      name + ".'.format\n";
  if (status_.ok()) status_ = write_file(path("style.gp"), kPlotStyle);
  if (status_.ok()) {
    status_ = write_file(path(name + ".gp"), head + std::string(variables) + std::string(script));
  }
  if (!status_.ok()) return;
  for (const char* format : {"svg", "png", "pdf"}) {
    std::string picture;
    const Drawn drawn = run_gnuplot(options_.out, name + ".gp", format, picture);
    if (drawn == Drawn::no_gnuplot) {
      std::printf("%s: gnuplot is not installed: wrote the data and %s.gp\n", name.c_str(),
                  path(name).c_str());
      return;
    }
    if (drawn == Drawn::failed) {
      return fail({StatusCode::bad_file,
                   path(name + ".gp") + ": gnuplot could not draw it as " + std::string(format)});
    }
    if (std::string_view(format) == "svg") polish_svg(name, picture);
    fail(write_file(path(name + "." + format), picture));
    if (!status_.ok()) return;
  }
}

void Figure::caption(std::string_view sheet, std::string_view words) {
  if (!status_.ok()) return;
  std::printf("caption\t%s\t%s\n", std::string(sheet).c_str(), std::string(words).c_str());
}

void Figure::check(std::string_view what, double value, double expected, double tolerance) {
  if (!status_.ok()) return;
  const bool agrees = std::fabs(value - expected) <= tolerance;
  std::printf("check\t%s\t%.6g\t%.6g\t%s\n", std::string(what).c_str(), value, expected,
              agrees ? "ok" : "differs");
}

void Figure::report(std::string_view what, double value) {
  if (!status_.ok()) return;
  std::printf("check\t%s\t%.6g\t-\t-\n", std::string(what).c_str(), value);
}

void Figure::fail(const FileStatus& status) {
  if (status_.ok()) status_ = status;
}

void Figure::fail(Status status, std::string_view what) {
  if (!status.ok()) fail({status.code, std::string(what) + ": " + status.text()});
}

NetworkWeights Figure::read(const std::string& path) {
  NetworkWeights network;
  if (status_.ok()) status_ = read_network_or(path, options_.activation, network);
  return network;
}

int run_figure(int argc, char** argv, const FigureApp& app, void (*draw)(Figure&)) {
  FigureOptions options;
  CLI::App command(app.description, app.name);
  command.add_option("--out", options.out, "directory that the files go into")
      ->capture_default_str();
  command.add_flag("--as-published", options.as_published,
                   "draw the figure as it was published, its mistakes included");
  if (app.needs_networks) {
    const char* what = "a directory of text files, an .h5 or a .safetensors file";
    command.add_option("--weights-viscous", options.weights_viscous, what)->capture_default_str();
    command.add_option("--weights-inviscid", options.weights_inviscid, what)->capture_default_str();
    command
        .add_option("--activation", options.activation,
                    "of hidden layers, where a file does not say it; the paper's are tanh")
        ->capture_default_str();
  }
  return run_program(app.name, [&] {
    if (const auto code = parse_command_line(command, argc, argv)) return *code;
    Figure figure(options);
    if (figure.status().ok()) draw(figure);
    if (figure.status().ok()) return 0;
    complain(app.name, figure.status().message);
    return 1;
  });
}

std::string assignment(std::string_view name, std::string_view text) {
  return std::string(name) + " = '" + std::string(text) + "'\n";
}

std::string assignment(std::string_view name, double number) {
  std::array<char, 64> digits{};
  std::snprintf(digits.data(), digits.size(), "%.17g", number);
  return std::string(name) + " = " + digits.data() + "\n";
}

std::string word_list(std::string_view name, const std::vector<std::string>& words) {
  std::string list;
  for (const std::string& word : words) list += '"' + word + "\" ";
  return assignment(name, list);
}

std::vector<double> linspace(double first, double last, std::size_t count) {
  std::vector<double> points(count);
  const double step = count > 1 ? (last - first) / static_cast<double>(count - 1) : 0;
  for (std::size_t i = 0; i < count; ++i) points[i] = first + static_cast<double>(i) * step;
  if (count > 1) points.back() = last;
  return points;
}

}  // namespace pinnscope::apps
