#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pinnscope/io/csv.hpp"
#include "pinnscope/io/file_status.hpp"
#include "pinnscope/io/owned.hpp"
#include "pinnscope/nn/activation.hpp"

namespace pinnscope {
struct NetworkWeights;
}

namespace pinnscope::apps {

/// What the command line of a figure app says. The networks are those of this project where it is
/// run from the root of its sources.
struct FigureOptions {
  std::string out = "figures";
  std::string weights_viscous = "datasets/viscous-1.safetensors";
  std::string weights_inviscid = "datasets/inviscid-1.safetensors";
  Activation activation = Activation::tanh;  // of hidden layers, where a file does not say it
  bool as_published = false;
};

/// What an app is, for its --help.
struct FigureApp {
  const char* name;
  const char* description;
  bool needs_networks = false;
};

/// A figure in the making: files go into the output directory, each written whole or not at all.
/// The first failure sticks and turns the calls after it into no-ops, so that an app reads straight
/// down and run_figure() reports once.
class Figure {
 public:
  explicit Figure(FigureOptions options);

  const FigureOptions& options() const { return options_; }
  bool as_published() const { return options_.as_published; }

  /// Writes `name`.csv, 17 significant digits a number.
  void write(std::string_view name, const std::vector<Column>& columns);

  /// Writes `sheet`.gp, which redraws the sheet by `gnuplot -e "format='svg'" sheet.gp`, and draws
  /// it as SVG, PNG and PDF where gnuplot is installed: all three, or none where one of them does
  /// not come out whole. `variables` are gnuplot assignments that the script reads, one a line.
  void draw(std::string_view sheet, std::string_view variables, std::string_view script);

  /// Prints what the sheet shows, a line of plain words for whoever shows it.
  void caption(std::string_view sheet, std::string_view words);

  /// Prints a line of the table of checked numbers: a value beside what it should be (from
  /// `source`) and whether they agree within `tolerance`, an absolute one.
  void check(std::string_view what, double value, double expected, double tolerance);

  /// Prints a number that has nothing to be compared with.
  void report(std::string_view what, double value);

  /// Makes the app end with `status` unless it failed before; ok changes nothing.
  void fail(const FileStatus& status);
  void fail(Status status, std::string_view what);

  /// Reads a network, or fails.
  NetworkWeights read(const std::string& path);

  const FileStatus& status() const { return status_; }

 private:
  std::string path(std::string_view file) const;

  FigureOptions options_;
  FileStatus status_;
};

/// What draw() writes for a sheet, the style that sheets share aside.
std::vector<std::string> sheet_files(const std::string& sheet);

/// Parses the command line, draws, prints one line about a failure. Returns the exit code.
int run_figure(int argc, char** argv, const FigureApp& app, void (*draw)(Figure&));

/// A gnuplot assignment, `name = 'text'` or `name = number`. No text ends the string or runs a
/// command: its quotes become typographic ones, and it is printable(). Markup as {/:Italic x}
/// stays.
std::string assignment(std::string_view name, std::string_view text);
std::string assignment(std::string_view name, double number);

/// A gnuplot list of words that may hold spaces, each in quotes: word(name, k) is the k-th.
std::string word_list(std::string_view name, const std::vector<std::string>& words);

/// `count` points from `first` to `last`, both included.
std::vector<double> linspace(double first, double last, std::size_t count);

}  // namespace pinnscope::apps
