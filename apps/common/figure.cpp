#include "common/figure.hpp"

#include <spawn.h>
#include <sys/wait.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "common/command_line.hpp"
#include "common/network_file.hpp"
#include "pinnscope/io/atomic_file.hpp"
#include "pinnscope/io/network_weights.hpp"
#include "style.hpp"

extern char** environ;

namespace pinnscope::apps {
namespace {

enum class Drawn { yes, no_gnuplot, failed };

/// Changes into a directory for as long as it lives: scripts name their data without a path.
class WorkingDirectory {
 public:
  explicit WorkingDirectory(const std::filesystem::path& path)
      : previous_(std::filesystem::current_path()) {
    std::filesystem::current_path(path);
  }
  ~WorkingDirectory() { std::filesystem::current_path(previous_); }
  WorkingDirectory(const WorkingDirectory&) = delete;
  WorkingDirectory& operator=(const WorkingDirectory&) = delete;

 private:
  std::filesystem::path previous_;
};

/// Runs gnuplot on `script` in the current directory; the picture appears under `output`.
Drawn run_gnuplot(const std::string& script, const std::string& format, const std::string& output) {
  const std::string part = output + ".part";
  std::string settings = "format='" + format + "'; output='" + part + "'";
  std::string program = "gnuplot";
  std::string flag = "-e";
  std::string file = script;
  std::array<char*, 5> arguments{program.data(), flag.data(), settings.data(), file.data(),
                                 nullptr};
  pid_t process = 0;
  if (posix_spawnp(&process, "gnuplot", nullptr, nullptr, arguments.data(), environ) != 0) {
    return Drawn::no_gnuplot;
  }
  int outcome = 0;
  waitpid(process, &outcome, 0);
  if (WIFEXITED(outcome) && WEXITSTATUS(outcome) == 127) return Drawn::no_gnuplot;
  std::error_code error;
  if (outcome != 0) {
    std::filesystem::remove(part, error);
    return Drawn::failed;
  }
  std::filesystem::rename(part, output, error);
  return error ? Drawn::failed : Drawn::yes;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

/// Makes an SVG of gnuplot look alike where its font is not installed (Arial has the same widths)
/// and where spaces at a change of font would be dropped.
FileStatus polish_svg(const std::string& sheet) {
  const std::string path = sheet + ".svg";
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  replace_all(text, "font-family=\"Liberation Sans\"",
              "font-family=\"Liberation Sans, Arial, Helvetica, sans-serif\"");
  replace_all(text, "<title>Gnuplot</title>", "<title>" + sheet + "</title>");
  replace_all(text, "<text>", "<text xml:space=\"preserve\">");
  return write_file(path, text);
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
  const WorkingDirectory here(options_.out);
  for (const char* format : {"svg", "png", "pdf"}) {
    const Drawn drawn = run_gnuplot(name + ".gp", format, name + "." + format);
    if (drawn == Drawn::no_gnuplot) {
      std::printf("%s: gnuplot is not installed: wrote the data and %s.gp\n", name.c_str(),
                  path(name).c_str());
      return;
    }
    if (drawn == Drawn::failed) {
      return fail({StatusCode::bad_file,
                   path(name + ".gp") + ": gnuplot could not draw it as " + std::string(format)});
    }
    if (std::string_view(format) == "svg") {
      fail(polish_svg(name));
      if (!status_.ok()) return;
    }
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
