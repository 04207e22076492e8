#include "audit.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "common/command_line.hpp"
#include "common/machine.hpp"
#include "common/network_file.hpp"
#include "common/options.hpp"
#include "report.hpp"
#include "run_audit.hpp"

namespace pinnscope::apps {
namespace {

constexpr std::size_t kHiddenLayers = 7;

void read_networks(Audit& audit) {
  for (std::size_t k = 0; k < 2 && audit.status.ok(); ++k) {
    NetworkWeights& network = audit.networks[k];
    audit.fail(read_network_or(audit.options.weights[k], audit.options.activation, network));
    if (!audit.status.ok()) return;
    if (network.layers.size() < kHiddenLayers + 1) {
      audit.fail({StatusCode::shape_mismatch, audit.options.weights[k] +
                                                  ": expected at least 8 layers, found " +
                                                  std::to_string(network.layers.size())});
      return;
    }
    audit.original[k] = !network.metadata.contains("seed");
    for (std::size_t l = 1; l <= kHiddenLayers && audit.status.ok(); ++l) {
      const arma::mat& weights = network.layers[l].weights;
      if (weights.n_rows != weights.n_cols || weights.n_rows < 20) {
        audit.fail({StatusCode::shape_mismatch,
                    audit.options.weights[k] + ": layer " + std::to_string(l) +
                        ": expected a square matrix of at least 20 x 20, found " +
                        std::to_string(weights.n_rows) + " x " + std::to_string(weights.n_cols)});
        return;
      }
      audit.hidden[k].push_back(weights);
      LayerReport report;
      report.run = k;
      audit.fail(report_layer(audit.options.weights[k], l, weights, report));
      audit.layers[k].push_back(report);
    }
  }
}

void run(Audit& audit) {
  read_networks(audit);
  using Group = void (*)(Audit&);
  const std::vector<Group> numbers{
      audit_kurtosis,         audit_densities, audit_beta_scan, audit_continuous_fits,
      audit_marchenko_pastur, audit_stability, audit_solutions, audit_memory};
  for (const Group group : numbers) {
    if (audit.status.ok() && !audit.options.claims_alone) group(audit);
  }
  if (audit.status.ok()) audit_claims(audit);
  if (audit.status.ok()) audit.fail(write_report(audit));
  if (audit.status.ok()) print_report(audit);
}

void add_options(CLI::App& command, AuditOptions& options) {
  const char* what = "a directory of text files, an .h5 or a .safetensors file";
  command.add_option("--weights-viscous", options.weights[0], what)->capture_default_str();
  command.add_option("--weights-inviscid", options.weights[1], what)->capture_default_str();
  command
      .add_option("--activation", options.activation,
                  "of hidden layers, where a file does not say it; the paper's are tanh")
      ->capture_default_str();
  command.add_option("--published", options.published, "directory of the published numbers")
      ->capture_default_str();
  command.add_option("--out", options.out, "directory to write into; figures there are shown")
      ->capture_default_str();
  command.add_option("--draws", options.draws, "under each null")
      ->transform(whole_number(20, 1000000))
      ->capture_default_str();
  command.add_option("--seed", options.seed, "of the draws")
      ->transform(whole_number(0, kLargestSeed))
      ->capture_default_str();
  command.add_option("--threads", options.threads, "default: what the machine has, 8 at most")
      ->transform(whole_number(1, 64));
  command.add_flag("--claims", options.claims_alone, "judge the claims, leave the numbers out");
}

}  // namespace

const char* text(Verdict verdict) {
  switch (verdict) {
    case Verdict::holds: return "holds";
    case Verdict::differs: return "differs";
    case Verdict::artefact: return "artefact";
    case Verdict::needs_originals: return "needs the originals";
  }
  return "unknown verdict";
}

Audit::Audit(const AuditOptions& asked)
    : options(asked), tables(asked.draws, asked.seed, thread_count(asked.threads)) {}

void Audit::fail(const Status& failure, const std::string& what) {
  if (!failure.ok()) fail(FileStatus{failure.code, what + ": " + failure.text()});
}

std::vector<double> Audit::sample(std::size_t network, bool biases, std::size_t layer) const {
  const LayerWeights& weights = networks[network].layers[layer];
  if (biases) return {weights.biases.begin(), weights.biases.end()};
  const arma::mat transposed = weights.weights.t();  // column-major: row after row of the layer
  return {transposed.begin(), transposed.end()};
}

arma::mat read_published(Audit& audit, const char* name, std::size_t columns) {
  const std::string path = (std::filesystem::path(audit.options.published) / name).string();
  arma::mat table;
  arma::field<std::string> header;
  if (!table.load(arma::csv_name(path, header)) || table.n_cols != columns || table.empty()) {
    audit.fail(file_failure(StatusCode::bad_file, path,
                            "expected a CSV table of " + std::to_string(columns) + " columns"));
    return {};
  }
  const bool known = table.col(0).max() < 2 && table.col(0).min() >= 0;
  const std::size_t layer_column = columns == 4 || columns == 5 ? 2 : 1;
  if (!known || table.col(layer_column).max() > 7 || table.col(layer_column).min() < 1) {
    audit.fail(
        file_failure(StatusCode::bad_file, path, "expected networks 0, 1 and layers 1 to 7"));
    return {};
  }
  return table;
}

std::string number(double value, int digits) {
  std::array<char, 40> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.*g", digits, value);
  return buffer.data();
}

std::string layer_name(std::size_t network, std::size_t layer, bool biases) {
  return std::string(kProblemNames[network]) + (biases ? " biases " : " layer ") +
         std::to_string(layer);
}

int run_audit(int argc, char** argv) {
  CLI::App command("Recomputes every published number and judges every claim", "audit");
  AuditOptions options;
  add_options(command, options);
  if (const auto code = parse_command_line(command, argc, argv)) return *code;
  Audit audit(options);
  run(audit);
  if (audit.status.ok()) return 0;
  std::fprintf(stderr, "audit: %s\n", audit.status.message.c_str());
  return 1;
}

}  // namespace pinnscope::apps
