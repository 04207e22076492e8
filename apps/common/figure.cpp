#include "common/figure.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <filesystem>

#include "common/command_line.hpp"
#include "common/network_file.hpp"
#include "pinnscope/io/atomic_file.hpp"
#include "pinnscope/io/descriptor.hpp"
#include "pinnscope/io/network_file.hpp"
#include "pinnscope/io/network_weights.hpp"
#include "pinnscope/io/number_text.hpp"
#include "pinnscope/io/printable.hpp"
#include "style.hpp"

extern char** environ;

namespace pinnscope::apps {
namespace {

enum class Drawn { yes, no_gnuplot, failed };

/// A format of pictures, and how a whole one starts and ends but for blanks.
struct PictureFormat {
  const char* name;
  std::string_view start;
  std::string_view ending;
};
constexpr std::array kFormats{
    PictureFormat{"svg", "<?xml", "</svg>"},
    // The last chunk: its length 0, its name and its checksum (PNG specification, section 11.2.5).
    PictureFormat{"png", "\x89PNG\r\n\x1a\n", {"\0\0\0\0IEND\xae\x42\x60\x82", 12}},
    PictureFormat{"pdf", "%PDF-", "%%EOF"}};
constexpr std::size_t kLargestPicture = std::size_t{256} << 20;

/// What gnuplot made of a script: the bytes of the picture, or why there is none.
struct Drawing {
  Drawn drawn = Drawn::failed;
  std::string picture;
  std::string reason;
};

/// Reads until the writers are gone. Returns whether that was all.
bool read_to_end(int descriptor, std::string& bytes) {
  std::array<char, 65536> part{};
  while (bytes.size() <= kLargestPicture) {
    const ssize_t count = ::read(descriptor, part.data(), part.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return count == 0;
    bytes.append(part.data(), static_cast<std::size_t>(count));
  }
  return false;
}

/// The last line of what was said that holds anything.
std::string last_line(std::string_view said) {
  said = said.substr(0, said.find_last_not_of(" \t\r\n") + 1);
  return std::string(said.substr(said.find_last_of("\r\n") + 1));  // npos + 1 is 0
}

/// The process that draws: its standard output is the picture. It starts in `directory`, reads no
/// settings of the user and gets no input.
int start_gnuplot(const std::string& directory, const std::string& script,
                  const std::string& format, int picture, int messages, pid_t& process) {
  std::string settings = "format='" + format + "'; output='/dev/stdout'";
  std::string program = "gnuplot";
  std::string flag = "-e";
  std::string plain = "-d";
  std::string file = script;
  std::array<char*, 6> arguments{program.data(), flag.data(),  settings.data(),
                                 file.data(),    plain.data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, picture, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, messages, STDERR_FILENO);
  posix_spawn_file_actions_addchdir_np(&actions, directory.c_str());
  const int error = posix_spawnp(&process, "gnuplot", &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

/// Why these bytes are no whole picture; empty where they are one.
std::string defect(const PictureFormat& format, std::string_view picture) {
  if (picture.empty()) return "it wrote nothing";
  const std::string_view content = picture.substr(0, picture.find_last_not_of(" \t\r\n") + 1);
  if (content.starts_with(format.start) && content.ends_with(format.ending)) return {};
  return "what it wrote ends after " + std::to_string(picture.size()) +
         " bytes, which are no whole picture";
}

/// Runs gnuplot on `script` in `directory`. Its exit code alone says nothing: it is 0 where the
/// picture could not be written.
Drawing run_gnuplot(const std::string& directory, const std::string& script,
                    const PictureFormat& format) {
  Drawing drawing;
  std::array<int, 2> ends{-1, -1};
  const Descriptor messages(::memfd_create("messages", MFD_CLOEXEC));
  if (!messages.open() || ::pipe2(ends.data(), O_CLOEXEC) != 0) {
    drawing.reason = std::generic_category().message(errno);
    return drawing;
  }
  pid_t process = 0;
  const int error =
      start_gnuplot(directory, script, format.name, ends[1], messages.number(), process);
  ::close(ends[1]);
  const bool complete = error == 0 && read_to_end(ends[0], drawing.picture);
  ::close(ends[0]);
  if (error != 0) {
    drawing.drawn = error == ENOENT ? Drawn::no_gnuplot : Drawn::failed;
    drawing.reason = std::generic_category().message(error);
    return drawing;
  }
  if (!complete) ::kill(process, SIGKILL);
  int outcome = 0;
  while (::waitpid(process, &outcome, 0) < 0 && errno == EINTR) {
  }
  std::string said;
  ::lseek(messages.number(), 0, SEEK_SET);
  static_cast<void>(read_to_end(messages.number(), said));
  if (outcome != 0) {
    drawing.drawn =
        WIFEXITED(outcome) && WEXITSTATUS(outcome) == 127 ? Drawn::no_gnuplot : Drawn::failed;
    drawing.reason = last_line(said);
    if (WIFSIGNALED(outcome)) drawing.reason = "signal " + std::to_string(WTERMSIG(outcome));
    return drawing;
  }
  drawing.reason = complete ? defect(format, drawing.picture) : "its picture has no end";
  if (!drawing.reason.empty()) return drawing;
  drawing.drawn = Drawn::yes;
  std::fprintf(stderr, "%s", said.c_str());
  return drawing;
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

/// Text for a string of gnuplot that no text can end, in single or double quotes, in a string that
/// a string is made of, or as a command in backquotes: its quotes are typographic ones, and what is
/// not printable, as the end of a line, is spelled out.
std::string harmless(std::string_view text) {
  std::string result = printable(text);
  replace_all(result, "'", "\u2019");
  replace_all(result, "\"", "\u201D");
  replace_all(result, "`", "\u2018");
  return result;
}

}  // namespace

std::vector<std::string> sheet_files(const std::string& sheet) {
  std::vector<std::string> files{sheet + ".gp"};
  for (const PictureFormat& format : kFormats) files.push_back(sheet + '.' + format.name);
  return files;
}

Figure::Figure(FigureOptions options) : options_(std::move(options)) {
  fail(make_directory(options_.out));
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
  std::array<std::string, kFormats.size()> pictures;
  for (std::size_t k = 0; k < kFormats.size(); ++k) {
    Drawing drawing = run_gnuplot(options_.out, name + ".gp", kFormats[k]);
    if (drawing.drawn == Drawn::no_gnuplot) {
      std::printf("%s: gnuplot is not installed: wrote the data and %s.gp\n", name.c_str(),
                  printable(path(name)).c_str());
      return;
    }
    if (drawing.drawn == Drawn::failed) {
      return fail(file_failure(
          StatusCode::bad_file, path(name + ".gp"),
          std::string("gnuplot could not draw it as ") + kFormats[k].name + ": " + drawing.reason));
    }
    pictures[k] = std::move(drawing.picture);
  }
  polish_svg(name, pictures[0]);
  for (std::size_t k = 0; k < kFormats.size() && status_.ok(); ++k) {
    status_ = write_file(path(name + "." + kFormats[k].name), pictures[k]);
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
    const std::string what = readable_networks();
    command.add_option("--weights-viscous", options.weights_viscous, what)->capture_default_str();
    command.add_option("--weights-inviscid", options.weights_inviscid, what)->capture_default_str();
    add_named(command, "--activation", options.activation,
              "of hidden layers, where a file does not say it; the paper's are tanh");
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
  return std::string(name) + " = '" + harmless(text) + "'\n";
}

std::string assignment(std::string_view name, double number) {
  std::string text = std::string(name) + " = ";
  append_number(text, number);
  return text + "\n";
}

std::string word_list(std::string_view name, const std::vector<std::string>& words) {
  std::string list;
  for (const std::string& word : words) list += '"' + harmless(word) + "\" ";
  return std::string(name) + " = '" + list + "'\n";
}

std::vector<double> linspace(double first, double last, std::size_t count) {
  std::vector<double> points(count);
  const double step = count > 1 ? (last - first) / static_cast<double>(count - 1) : 0;
  for (std::size_t i = 0; i < count; ++i) points[i] = first + static_cast<double>(i) * step;
  if (count > 1) points.back() = last;
  return points;
}

}  // namespace pinnscope::apps
