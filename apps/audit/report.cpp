#include "report.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "pinnscope/io/atomic_file.hpp"

namespace pinnscope::apps {
namespace {

using Cells = std::array<const std::string*, 7>;

const std::array<const char*, 7> kHeadings{"group",    "item",    "published", "as published",
                                           "properly", "verdict", "reason"};

Cells cells(const AuditRow& row, const std::string& verdict) {
  return {&row.group,    &row.item, &row.published, &row.as_published,
          &row.properly, &verdict,  &row.reason};
}

std::string quoted(const std::string& cell) {
  std::string text = "\"";
  for (const char letter : cell) {
    if (letter == '"') text += '"';
    text += letter;
  }
  return text + '"';
}

std::string escaped(const std::string& cell) {
  std::string text;
  for (const char letter : cell) {
    switch (letter) {
      case '<': text += "&lt;"; break;
      case '>': text += "&gt;"; break;
      case '&': text += "&amp;"; break;
      default: text += letter;
    }
  }
  return text;
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

std::string csv(const Audit& audit) {
  std::string text;
  for (std::size_t k = 0; k < kHeadings.size(); ++k) {
    if (k > 0) text += ',';
    text += kHeadings[k];
  }
  text += '\n';
  for (const AuditRow& row : audit.rows) {
    const std::string verdict = apps::text(row.verdict);
    std::size_t k = 0;
    for (const std::string* cell : cells(row, verdict)) {
      if (k++ > 0) text += ',';
      text += quoted(*cell);
    }
    text += '\n';
  }
  return text;
}

std::string claims(const Audit& audit) {
  std::string text = "| claim | verdict | evidence |\n|---|---|---|\n";
  for (const AuditRow& row : audit.rows) {
    if (row.group != "claims") continue;
    text += "| " + row.item + " | " + apps::text(row.verdict) + " | ";
    for (const char letter : row.reason) {
      if (letter == '|') text += '\\';
      text += letter;
    }
    text += " |\n";
  }
  return text;
}

constexpr const char* kPageHead = R"(<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>pinnscope: the audit</title>
<style>
  body { font: 16px/1.5 "Liberation Sans", Arial, sans-serif; color: #222; background: #fff;
         max-width: 80rem; margin: 2rem auto; padding: 0 1rem; }
  table { border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; }
  td, th { padding: .2rem 1rem .2rem 0; text-align: left; vertical-align: top;
           border-bottom: 1px solid #eee; }
  td:nth-child(5) { white-space: nowrap; }
  .holds { color: #00664b; } .differs { color: #a63c00; font-weight: bold; }
  .artefact { color: #7a4a9e; font-weight: bold; } .needs { color: #777; }
  img { width: 100%; max-width: 56rem; display: block; margin: 1rem 0; }
  summary { cursor: pointer; font-size: 1.2rem; margin: 1rem 0 .5rem; }
</style>
<h1>Every published number, recomputed</h1>
)";

const char* style(Verdict verdict) {
  return verdict == Verdict::needs_originals ? "needs" : text(verdict);
}

std::string html_group(const Audit& audit, const std::string& group) {
  const bool open = group == "claims";
  std::string text =
      std::string("<details") + (open ? " open" : "") + "><summary>" + escaped(group) + ": ";
  for (const Verdict verdict : kVerdicts) {
    const std::size_t found = count(audit, group, verdict);
    if (found > 0) text += std::to_string(found) + ' ' + apps::text(verdict) + ' ';
  }
  text +=
      "</summary>\n<table>\n<tr><th>item<th>published<th>as published<th>properly<th>verdict"
      "<th>reason\n";
  for (const AuditRow& row : audit.rows) {
    if (row.group != group) continue;
    text += "<tr><td>" + escaped(row.item) + "<td>" + escaped(row.published) + "<td>" +
            escaped(row.as_published) + "<td>" + escaped(row.properly) + "<td class=\"" +
            style(row.verdict) + "\">" + apps::text(row.verdict) + "<td>" + escaped(row.reason) +
            '\n';
  }
  return text + "</table></details>\n";
}

std::string html(const Audit& audit) {
  std::string text = kPageHead;
  for (std::size_t k = 0; k < 2; ++k) {
    text += "<p>" + std::string(kProblemNames[k]) +
            " network: " + escaped(audit.options.weights[k]) +
            (audit.original[k] ? ", the published one" : ", trained by this project") + "</p>\n";
  }
  std::vector<std::string> names = groups(audit);
  std::rotate(names.begin(), std::find(names.begin(), names.end(), "claims"), names.end());
  for (const std::string& group : names) text += html_group(audit, group);
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
  for (const Verdict verdict : kVerdicts) std::printf(" %19s", text(verdict));
  std::printf("\n");
  for (const std::string& group : groups(audit)) {
    std::printf("%-24s", group.c_str());
    for (const Verdict verdict : kVerdicts) std::printf(" %19zu", count(audit, group, verdict));
    std::printf("\n");
  }
  for (const AuditRow& row : audit.rows) {
    if (row.group != "claims") continue;
    std::printf("\n%s: %s\n  %s\n", row.item.c_str(), text(row.verdict), row.reason.c_str());
  }
}

FileStatus write_report(const Audit& audit) {
  std::error_code error;
  const std::filesystem::path directory(audit.options.out);
  std::filesystem::create_directories(directory, error);
  if (error) {
    return file_failure(StatusCode::bad_file, audit.options.out,
                        "cannot create: " + error.message());
  }
  FileStatus status = write_file((directory / "audit.csv").string(), csv(audit));
  if (status.ok()) status = write_file((directory / "audit.html").string(), html(audit));
  if (status.ok()) status = write_file((directory / "claims.md").string(), claims(audit));
  return status;
}

}  // namespace pinnscope::apps
