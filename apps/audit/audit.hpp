#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "common/layer_report.hpp"
#include "pinnscope/io/file_status.hpp"
#include "pinnscope/io/network_weights.hpp"

namespace pinnscope::apps {

enum class Verdict : std::uint8_t {
  holds,            // the same number, or the claim as stated
  differs,          // another number, or the claim fails
  artefact,         // the number holds, and says what it seems to say only by how it was made
  needs_originals,  // comes from weights that this run has not
};

const char* text(Verdict verdict);

inline constexpr std::array kVerdicts{Verdict::holds, Verdict::differs, Verdict::artefact,
                                      Verdict::needs_originals};

/// A number or claim of the paper, judged. Cells without a number are empty.
struct AuditRow {
  std::string group;
  std::string item;
  std::string published;
  std::string as_published;  // recomputed the published way
  std::string properly;      // recomputed without the published way's faults
  Verdict verdict = Verdict::holds;
  std::string reason;  // a sentence
};

struct AuditOptions {
  std::array<std::string, 2> weights{"datasets/viscous-1.safetensors",
                                     "datasets/inviscid-1.safetensors"};
  std::string activation = "tanh";  // of hidden layers, where a file does not say it
  std::string published = "datasets/published";
  std::string out = "figures";
  std::size_t draws = 1000;
  std::uint64_t seed = 1;
  std::size_t threads = 0;
  bool claims_alone = false;
};

inline constexpr std::array<const char*, 2> kProblemNames{"viscous", "inviscid"};
inline constexpr std::array<std::size_t, 3> kPublishedLayers{1, 4, 7};

/// What the groups read and write: both networks, and the rows so far. Row after row is added; the
/// first failure sticks and the caller looks at it between groups.
struct Audit {
  explicit Audit(const AuditOptions& asked);

  void add(AuditRow row) { rows.push_back(std::move(row)); }
  void fail(const FileStatus& failure) {
    if (status.ok()) status = failure;
  }
  void fail(const Status& failure, const std::string& what);

  /// The weights or biases of a layer in the order of the files, row after row.
  std::vector<double> sample(std::size_t network, bool biases, std::size_t layer) const;

  AuditOptions options;
  std::array<NetworkWeights, 2> networks;
  std::array<bool, 2> original{};                  // whether a network is the published one
  std::array<std::vector<arma::mat>, 2> hidden;    // the square layers
  std::array<std::vector<LayerReport>, 2> layers;  // their reports
  NullTables tables;
  std::vector<AuditRow> rows;
  FileStatus status;
};

/// The groups of rows, in the order of the table.
void audit_kurtosis(Audit& audit);
void audit_densities(Audit& audit);
void audit_beta_scan(Audit& audit);
void audit_continuous_fits(Audit& audit);
void audit_marchenko_pastur(Audit& audit);
void audit_stability(Audit& audit);
void audit_solutions(Audit& audit);
void audit_memory(Audit& audit);
void audit_claims(Audit& audit);

/// A table of published numbers, without its line of names.
arma::mat read_published(Audit& audit, const char* name, std::size_t columns);

/// %.*g
std::string number(double value, int digits = 6);

/// "viscous layer 4", "viscous biases 4"
std::string layer_name(std::size_t network, std::size_t layer, bool biases = false);

}  // namespace pinnscope::apps
