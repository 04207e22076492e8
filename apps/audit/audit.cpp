#include "audit.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>

#include "common/command_line.hpp"
#include "common/formatted.hpp"
#include "common/machine.hpp"
#include "common/options.hpp"
#include "pinnscope/io/atomic_file.hpp"
#include "pinnscope/io/network_file.hpp"
#include "pinnscope/io/number_text.hpp"
#include "report.hpp"
#include "run_audit.hpp"

namespace pinnscope::apps {
namespace {

void run(Audit& audit) {
  audit.fail(check_directory(audit.options.out));
  if (audit.status.ok()) read_networks(audit);
  using Group = void (*)(Audit&);
  const std::vector<Group> claims{audit_weights, audit_discretisations, audit_laws_of_entries,
                                  audit_schemes, audit_solutions};
  const std::vector<Group> numbers{audit_printed_grid, audit_originals};
  for (const Group group : claims) {
    if (audit.status.ok()) group(audit);
  }
  for (const Group group : numbers) {
    if (audit.status.ok() && !audit.options.claims_alone) group(audit);
  }
  if (audit.status.ok()) audit.fail(write_report(audit));
  if (audit.status.ok()) print_report(audit);
}

void add_options(CLI::App& command, AuditOptions& options) {
  const std::string what = readable_networks();
  command.add_option("--weights-viscous", options.weights[0], what)->capture_default_str();
  command.add_option("--weights-inviscid", options.weights[1], what)->capture_default_str();
  add_named(command, "--activation", options.activation,
            "of hidden layers, where a file does not say it; the paper's are tanh");
  command.add_option("--published", options.published, "directory of the published numbers")
      ->capture_default_str();
  command.add_option("--out", options.out, "directory to write into; figures there are shown")
      ->capture_default_str();
  command
      .add_option("--draws", options.draws,
                  "under each null (default: 1000, or what Holm's correction needs)")
      ->transform(whole_number(20, 1000000));
  add_seed(command, options.seed, "of the draws");
  add_threads(command, options.threads);
  command.add_flag("--claims", options.claims_alone, "judge the claims, leave the numbers out");
}

}  // namespace

Audit::Audit(const AuditOptions& asked) : options(asked), workers(thread_count(asked.threads)) {
  require_blas(workers.threads());
}

void Audit::fail(const Status& failure, const std::string& what) {
  if (!failure.ok()) fail(FileStatus{failure.code, what + ": " + failure.text()});
}

void Audit::claim(const std::string& item, const std::string& network, const std::string& measure,
                  const Evidence& evidence, const std::string& reason) {
  const Judgement judgement = judge(evidence);
  AuditRow row{.group = "claims",
               .item = item,
               .network = network,
               .measure = measure,
               .departure = evidence.departure,
               .margin = evidence.margin,
               .beyond = evidence.tests > 0 ? of(evidence.beyond, evidence.members) : "",
               .verdict = judgement.verdict,
               .reason = reason};
  if (!judgement.reason.empty()) row.reason += (reason.empty() ? "" : "; ") + judgement.reason;
  add(std::move(row));
}

arma::mat read_published(Audit& audit, const char* name, std::size_t columns, bool networks) {
  const std::string path = (std::filesystem::path(audit.options.published) / name).string();
  NumberTable file;
  audit.fail(read_number_table(path, NameLine::allowed, file, Numbers::any));
  const arma::mat& table = file.values;
  if (audit.status.ok() && table.n_cols != columns) {
    audit.fail(file_failure(
        StatusCode::shape_mismatch, path,
        "expected " + std::to_string(columns) + " columns, found " + std::to_string(table.n_cols)));
  }
  if (!audit.status.ok()) return {};
  if (!networks) return table;
  const std::size_t layer_column = columns == 4 || columns == 5 ? 2 : 1;
  const bool known = table.col(0).is_finite() && table.col(layer_column).is_finite() &&
                     table.col(0).max() < 2 && table.col(0).min() >= 0;
  if (!known || table.col(layer_column).max() > 7 || table.col(layer_column).min() < 1) {
    audit.fail(
        file_failure(StatusCode::bad_file, path, "expected networks 0, 1 and layers 1 to 7"));
    return {};
  }
  return table;
}

std::string number(double value, int digits) { return formatted("%.*g", digits, value); }

std::string text(const Interval& interval, int digits) {
  const auto rounded = [&](double value) {
    // Three digits before the point are better read than an exponent.
    const bool hundreds = std::fabs(value) >= 100 && std::fabs(value) < 1000;
    return number(value, hundreds ? std::max(digits, 3) : digits);
  };
  return rounded(interval.value) + " [" + rounded(interval.lower) + ", " + rounded(interval.upper) +
         "]";
}

std::string of(std::size_t count, std::size_t total) {
  return std::to_string(count) + " of " + std::to_string(total);
}

std::string last_name(const std::string& path) {
  const std::filesystem::path given(path);
  const std::filesystem::path name =
      given.has_filename() ? given.filename() : given.parent_path().filename();
  return name.empty() ? path : name.string();
}

std::string shown_path(const std::string& path) {
  return std::filesystem::path(path).is_absolute() ? last_name(path) : path;
}

int run_audit(int argc, char** argv) {
  CLI::App command("Recomputes published numbers and judges claims", "audit");
  AuditOptions options;
  add_options(command, options);
  if (const auto code = parse_command_line(command, argc, argv)) return *code;
  Audit audit(options);
  run(audit);
  if (audit.status.ok()) return 0;
  complain("audit", audit.status.message);
  return 1;
}

}  // namespace pinnscope::apps
