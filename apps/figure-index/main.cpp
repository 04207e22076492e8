// The page of a directory of figures: index.html shows them with what their programs said of them,
// which comes on standard input, and links the data; checks.csv has the checked numbers, which are
// printed as a table too.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "common/command_line.hpp"
#include "common/html.hpp"
#include "pinnscope/io/atomic_file.hpp"
#include "pinnscope/io/csv.hpp"
#include "pinnscope/io/line_reader.hpp"

namespace pinnscope::apps {
namespace {

namespace fs = std::filesystem;

constexpr std::array kSheets{"fig-solutions",        "fig-densities", "fig-spectra-viscous",
                             "fig-spectra-inviscid", "fig-stability", "fig-growth",
                             "fig-propagation"};

/// Lines of words between tabs, as Figure::caption() and Figure::check() print them.
using Lines = std::vector<std::vector<std::string>>;

FileStatus read_lines(Lines& lines) {
  LineReader reader;
  FileStatus status = reader.open_stream("-");
  std::string_view line;
  while (status.ok() && reader.next(line)) {
    std::vector<std::string>& words = lines.emplace_back();
    for (std::size_t start = 0; start <= line.size();) {
      const std::size_t end = std::min(line.find('\t', start), line.size());
      words.emplace_back(line.substr(start, end - start));
      start = end + 1;
    }
  }
  return status.ok() ? reader.status() : status;
}

/// Name, value, expected value and verdict of each number that was checked.
Lines checks_in(const Lines& lines) {
  Lines checks;
  for (const std::vector<std::string>& words : lines) {
    if (words.size() == 5 && words[0] == "check")
      checks.push_back({words.begin() + 1, words.end()});
  }
  return checks;
}

void print_table(Lines checks) {
  checks.insert(checks.begin(), {"checked number", "value", "expected", "verdict"});
  std::array<int, 4> widths{};
  for (const std::vector<std::string>& check : checks) {
    for (std::size_t k = 0; k < widths.size(); ++k) {
      widths[k] = std::max(widths[k], static_cast<int>(check[k].size()));
    }
  }
  for (const std::vector<std::string>& check : checks) {
    std::printf("%-*s  %*s  %*s  %s\n", widths[0], check[0].c_str(), widths[1], check[1].c_str(),
                widths[2], check[2].c_str(), check[3].c_str());
  }
}

FileStatus write_checks(const std::string& path, const Lines& checks) {
  CsvWriter csv;
  const FileStatus status = csv.open(path);
  if (!status.ok()) return status;
  for (const char* heading : {"name", "value", "expected", "verdict"}) csv.text(heading);
  csv.end_row();
  for (const std::vector<std::string>& check : checks) {
    csv.text(check[0], Quotes::always);
    for (std::size_t k = 1; k < check.size(); ++k) csv.text(check[k]);
    csv.end_row();
  }
  return csv.finish();
}

constexpr const char* kStyle = R"(  figure { margin: 0 0 3rem; }
  figure img { width: 100%; }
  figcaption { border-top: 1px solid #ccc; padding-top: .5rem; }
  a { color: #0b5394; margin-right: .8rem; }
  td, th { padding: .15rem 1rem .15rem 0; text-align: left; border-bottom: 1px solid #eee; }
  .differs { color: #b00020; }
)";

/// The page of one directory in the making.
class Page {
 public:
  Page(fs::path directory, const Lines& lines)
      : directory_(std::move(directory)), lines_(lines), files_(csv_files()) {}

  std::string text() {
    text_ = html_head("figures", "Figures", 64, kStyle);
    for (const char* sheet : kSheets) {
      if (is_there(sheet + std::string(".svg"))) add_sheet(sheet);
    }
    text_ += "<h2>More data</h2>\n<p>\n";
    for (const std::string& file : files_) {
      if (!shown_.contains(file)) link(file, file);
    }
    if (is_there("audit.html")) {
      text_ += "<h2>The audit</h2>\n<p><a href=\"audit.html\">What was published, judged</a></p>\n";
    }
    add_checks();
    return text_ + "</html>\n";
  }

 private:
  bool is_there(const std::string& file) const { return fs::is_regular_file(directory_ / file); }

  std::set<std::string> csv_files() const {
    std::set<std::string> files;
    for (const fs::directory_entry& entry : fs::directory_iterator(directory_)) {
      const std::string file = entry.path().filename().string();
      if (file.ends_with(".csv") && !file.starts_with('.')) files.insert(file);
    }
    files.insert("checks.csv");
    return files;
  }

  void link(const std::string& file, const std::string& words) {
    text_ += "<a href=\"" + escaped(file) + "\">" + escaped(words) + "</a>\n";
  }

  void add_sheet(const std::string& sheet) {
    std::string captions;
    for (const std::vector<std::string>& words : lines_) {
      if (words.size() != 3 || words[0] != "caption" || words[1] != sheet) continue;
      captions += (captions.empty() ? "" : "\n") + escaped(words[2]);
    }
    text_ += "<figure>\n<img src=\"" + sheet + ".svg\" alt=\"" + sheet + "\">\n<figcaption>" +
             captions + "<br>\n";
    constexpr std::array<std::pair<const char*, const char*>, 4> kKinds{
        {{".svg", "SVG"}, {".png", "PNG"}, {".pdf", "PDF"}, {".gp", "gnuplot"}}};
    for (const auto& [ending, words] : kKinds) {
      if (is_there(sheet + ending)) link(sheet + ending, words);
    }
    for (const std::string& file : files_) {
      if (!file.starts_with(sheet)) continue;
      const bool is_part = file.starts_with(sheet + "-");
      link(file, is_part ? file.substr(sheet.size() + 1) : file);
      shown_.insert(file);
    }
    text_ += "</figcaption>\n</figure>\n";
  }

  void add_checks() {
    const Lines checks = checks_in(lines_);
    if (checks.empty()) return;
    text_ += "<h2>Checked numbers</h2>\n<table>\n<tr><th>number<th>value<th>expected<th>verdict\n";
    for (const std::vector<std::string>& check : checks) {
      text_ += "<tr class=\"" + escaped(check[3]) + "\">";
      for (const std::string& cell : check) text_ += "<td>" + escaped(cell);
      text_ += '\n';
    }
    text_ += "</table>\n";
  }

  fs::path directory_;
  const Lines& lines_;
  std::set<std::string> files_;
  std::set<std::string> shown_;
  std::string text_;
};

int run(int argc, char** argv) {
  CLI::App command("Writes index.html and checks.csv for a directory of figures", "figure-index");
  std::string out = "figures";
  command.add_option("--out", out, "the directory")->capture_default_str();
  if (const auto code = parse_command_line(command, argc, argv)) return *code;
  Lines lines;
  FileStatus status = read_lines(lines);
  const fs::path directory(out);
  const Lines checks = checks_in(lines);
  if (status.ok()) status = write_checks((directory / "checks.csv").string(), checks);
  if (status.ok()) {
    status = write_file((directory / "index.html").string(), Page(directory, lines).text());
  }
  print_table(checks);
  if (status.ok()) return 0;
  complain("figure-index", status.message);
  return 1;
}

}  // namespace
}  // namespace pinnscope::apps

int main(int argc, char** argv) {
  using namespace pinnscope::apps;
  return run_program("figure-index", [&] { return run(argc, argv); });
}
