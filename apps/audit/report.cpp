#include "report.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>

#include "common/html.hpp"
#include "pinnscope/io/atomic_file.hpp"
#include "pinnscope/io/csv.hpp"
#include "pinnscope/io/printable.hpp"

namespace pinnscope::apps {
namespace {

constexpr std::array kHeadings{"group",    "item",    "network",   "published", "as published",
                               "properly", "measure", "departure", "lower",     "upper",
                               "margin",   "verdict", "reason"};
using Cells = std::array<std::string, kHeadings.size()>;

std::string cell(double value) { return std::isnan(value) ? std::string() : number(value, 6); }

Cells cells(const AuditRow& row) {
  const Interval departure = row.departure.value_or(Interval{kUnknown, kUnknown, kUnknown});
  return {row.group,
          row.item,
          row.network,
          row.published,
          row.as_published,
          row.properly,
          row.measure,
          cell(departure.value),
          cell(departure.lower),
          cell(departure.upper),
          cell(row.margin),
          apps::text(row.verdict),
          row.reason};
}

std::vector<std::string> groups(const Audit& audit) {
  std::vector<std::string> names;
  for (const AuditRow& row : audit.rows) {
    if (std::find(names.begin(), names.end(), row.group) == names.end()) names.push_back(row.group);
  }
  return names;
}

std::size_t count(const Audit& audit, const std::string& group, Verdict verdict) {
  return static_cast<std::size_t>(std::count_if(
      audit.rows.begin(), audit.rows.end(),
      [&](const AuditRow& row) { return row.group == group && row.verdict == verdict; }));
}

/// Every cell is one line in quotes, so that it is text whatever it holds.
FileStatus write_rows(const std::string& path, const Audit& audit) {
  CsvWriter csv;
  const FileStatus status = csv.open(path);
  if (!status.ok()) return status;
  for (const char* heading : kHeadings) csv.text(heading);
  csv.end_row();
  for (const AuditRow& row : audit.rows) {
    for (const std::string& content : cells(row)) csv.text(printable(content), Quotes::always);
    csv.end_row();
  }
  return csv.finish();
}

/// A cell of a table in Markdown.
std::string in_markdown(const std::string& cell) {
  std::string text;
  for (const char letter : cell) {
    if (letter == '|' || letter == '`') text += '\\';
    text += letter;
  }
  return text;
}

std::string departure_of(const AuditRow& row) {
  return row.departure ? apps::text(*row.departure) : std::string();
}

/// "**differs** 0.2 [0.1, 0.3], 3 of 7"
std::string verdict_in_markdown(const AuditRow& row) {
  return std::string("**") + text(row.verdict) + "** " + departure_of(row) +
         (row.beyond.empty() ? "" : ", ") + row.beyond;
}

/// The claim about the other network where there is one.
const AuditRow* twin_of(const Audit& audit, const AuditRow& row) {
  for (const AuditRow& other : audit.rows) {
    if (&other != &row && other.group == row.group && other.item == row.item &&
        other.network == audit.networks[1].name && row.network == audit.networks[0].name) {
      return &other;
    }
  }
  return nullptr;
}

/// The claims for docs/audit.md: those about each network, then the others.
std::string claims(const Audit& audit) {
  const auto name = [&](std::size_t k) { return in_markdown(escaped(audit.networks[k].name)); };
  std::string about_both =
      "| claim | " + name(0) + " | " + name(1) + " | margin, of |\n|---|---|---|---|\n";
  std::string about_one = "| claim | about | verdict | margin, of |\n|---|---|---|---|\n";
  for (const AuditRow& row : audit.rows) {
    if (row.group != "claims") continue;
    const std::string of = number(row.margin, 2) + ", " + in_markdown(row.measure) + " |\n";
    if (const AuditRow* twin = twin_of(audit, row)) {
      about_both += "| " + in_markdown(row.item) + " | " + verdict_in_markdown(row) + " | " +
                    verdict_in_markdown(*twin) + " | " + of;
    } else if (row.network != audit.networks[1].name) {
      about_one += "| " + in_markdown(row.item) + " | " + in_markdown(escaped(row.network)) +
                   " | " + verdict_in_markdown(row) + " | " + of;
    }
  }
  return about_both + '\n' + about_one;
}

constexpr const char* kStyle =
    R"(  td, th { padding: .2rem 1rem .2rem 0; text-align: left; vertical-align: top;
           border-bottom: 1px solid #eee; }
  .holds { color: #00664b; } .differs { color: #a63c00; font-weight: bold; }
  .cannot { color: #7a4a9e; } .holds, .differs, .cannot { white-space: nowrap; }
  img { width: 100%; max-width: 56rem; display: block; margin: 1rem 0; }
  summary { cursor: pointer; font-size: 1.2rem; margin: 1rem 0 .5rem; }
)";

/// The first word of a verdict is its class.
std::string style(Verdict verdict) {
  const std::string words = text(verdict);
  return words.substr(0, words.find(' '));
}

std::string html_summary(const Audit& audit, const std::string& group) {
  std::string text = "<summary>" + escaped(group) + ": ";
  for (const Verdict verdict : kVerdicts) {
    const std::size_t found = count(audit, group, verdict);
    if (found > 0) text += std::to_string(found) + ' ' + apps::text(verdict) + ' ';
  }
  return text + "</summary>\n";
}

/// Claims have a departure, numbers a published one: columns that a group does not use are left
/// out.
std::string html_group(const Audit& audit, const std::string& group) {
  const bool are_claims = group == "claims";
  std::string text = std::string("<details") + (are_claims ? " open" : "") + ">" +
                     html_summary(audit, group) + "<table>\n<tr>" +
                     (are_claims ? "<th>claim<th>about<th>verdict<th>departure [95 % interval]"
                                   "<th>margin<th>of<th>evidence\n"
                                 : "<th>number<th>of<th>verdict<th>published<th>as published"
                                   "<th>properly<th>reason\n");
  for (const AuditRow& row : audit.rows) {
    if (row.group != group) continue;
    text += "<tr><td>" + escaped(row.item) + "<td>" + escaped(row.network) + "<td class=\"" +
            style(row.verdict) + "\">" + apps::text(row.verdict);
    if (are_claims) {
      text += "<td>" + departure_of(row) + "<td>" + number(row.margin, 2) + "<td>" +
              escaped(row.measure);
    } else {
      text += "<td>" + escaped(row.published) + "<td>" + escaped(row.as_published) + "<td>" +
              escaped(row.properly);
    }
    text += "<td>" + escaped(row.reason) + '\n';
  }
  return text + "</table></details>\n";
}

std::string html_table(const RunTable& table) {
  std::string text = "<details><summary>" + escaped(table.title) + "</summary>\n<table>\n<tr>";
  for (const std::string& heading : table.headings) text += "<th>" + escaped(heading);
  text += '\n';
  for (const std::vector<std::string>& row : table.rows) {
    text += "<tr>";
    for (const std::string& content : row) text += "<td>" + escaped(content);
    text += '\n';
  }
  return text + "</table></details>\n";
}

/// What verdicts and intervals mean, with the numbers of this run.
std::string html_preface(const Audit& audit) {
  std::string text;
  for (std::size_t k = 0; k < 2; ++k) {
    const AuditNetwork& network = audit.networks[k];
    text += "<p>" + std::string(kProblemNames[k]) +
            " network: " + escaped(shown_path(network.path)) +
            (network.original ? ", with the weights that the paper's authors published"
                              : ", not the published one") +
            "</p>\n";
  }
  return text +
         "<p>A claim <b>holds</b> where the 95 % interval of what departs from it lies within the "
         "margin, and <b>differs</b> where a layer rejects its null (" +
         std::to_string(audit.options.draws) +
         " draws, Holm's correction over the layers of both networks, 5 %) and departs by more "
         "than the margin, or, without tests, where the interval lies beyond it; otherwise one "
         "<b>cannot tell</b>. Eigenvalues are those of a numbering of the neurons that nobody "
         "chose: one cannot tell, either, where more than a tenth of relabellings of the same "
         "function say the opposite, or fewer than half of them the same. Intervals, of " +
         std::to_string(kResamples) + " resamples from seed " + std::to_string(audit.options.seed) +
         ": over layers and draws for spectra, over layers for laws of entries, over times or "
         "points for solutions, over starting signals for schemes. A number "
         "<b>holds</b> where its own way gives it again to the digits printed.</p>\n";
}

std::string html(const Audit& audit) {
  std::string text =
      html_head("the audit", "What was published, judged", 80, kStyle) + html_preface(audit);
  for (const std::string& group : groups(audit)) text += html_group(audit, group);
  for (const RunTable& table : audit.tables) text += html_table(table);
  if (!audit.not_judged.empty()) {
    text += "<details open><summary>Not judged</summary>\n<ul>\n";
    for (const std::string& line : audit.not_judged) text += "<li>" + escaped(line) + '\n';
    text += "</ul></details>\n";
  }
  for (const char* figure :
       {"solutions", "densities", "spectra-viscous", "spectra-inviscid", "stability"}) {
    const std::string file = std::string("fig-") + figure + ".svg";
    if (std::filesystem::exists(std::filesystem::path(audit.options.out) / file)) {
      text += "<img src=\"" + file + "\" alt=\"" + figure + "\">\n";
    }
  }
  return text + "</html>\n";
}

}  // namespace

void print_report(const Audit& audit) {
  std::printf("%-24s", "");
  for (const Verdict verdict : kVerdicts) std::printf(" %12s", text(verdict));
  std::printf("\n");
  for (const std::string& group : groups(audit)) {
    std::printf("%-24s", group.c_str());
    for (const Verdict verdict : kVerdicts) std::printf(" %12zu", count(audit, group, verdict));
    std::printf("\n");
  }
  for (const AuditRow& row : audit.rows) {
    if (row.group != "claims") continue;
    std::printf("\n%s: %s (%s)\n  %s: %s, margin %s\n  %s\n", printable(row.item).c_str(),
                text(row.verdict), printable(row.network).c_str(), row.measure.c_str(),
                departure_of(row).c_str(), number(row.margin, 2).c_str(),
                printable(row.reason).c_str());
  }
  for (const std::string& line : audit.not_judged) {
    std::printf("\nnot judged: %s\n", printable(line).c_str());
  }
}

FileStatus write_report(const Audit& audit) {
  const std::filesystem::path directory(audit.options.out);
  FileStatus status = make_directory(audit.options.out);
  if (status.ok()) status = write_rows((directory / "audit.csv").string(), audit);
  if (status.ok()) status = write_file((directory / "audit.html").string(), html(audit));
  if (status.ok()) status = write_file((directory / "claims.md").string(), claims(audit));
  return status;
}

}  // namespace pinnscope::apps
