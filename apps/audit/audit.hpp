#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "evidence.hpp"
#include "pinnscope/core/workers.hpp"
#include "pinnscope/io/file_status.hpp"
#include "pinnscope/io/network_weights.hpp"

namespace pinnscope::apps {

/// A claim about a network, or a number that was printed, judged. Cells without a number are empty.
struct AuditRow {
  std::string group{};
  std::string item{};
  std::string network{};                // the file it is about, or what else
  std::string published{};              // a printed number
  std::string as_published{};           // recomputed the published way
  std::string properly{};               // recomputed without the published way's faults
  std::string measure{};                // what the departure of a claim is a number of
  std::optional<Interval> departure{};  // from what a claim says
  double margin = kUnknown;
  std::string beyond{};  // how many layers reject their null by more than the margin, of how many
  Verdict verdict = Verdict::cannot_tell;
  std::string reason{};  // sentences made of numbers of this run
};

/// Numbers of this run that are not judged.
struct RunTable {
  std::string title;
  std::vector<std::string> headings;
  std::vector<std::vector<std::string>> rows;
};

struct AuditOptions {
  std::array<std::string, 2> weights{"datasets/viscous-1.safetensors",
                                     "datasets/inviscid-1.safetensors"};
  Activation activation = Activation::tanh;  // of hidden layers, where a file does not say it
  std::string published = "datasets/published";
  std::string out = "figures";
  std::size_t draws = 0;  // 0: kDraws, or more where Holm's correction needs them
  std::uint64_t seed = 1;
  std::size_t threads = 0;
  bool claims_alone = false;
};

inline constexpr std::size_t kDraws = 1000;
inline constexpr std::array<const char*, 2> kProblemNames{"viscous", "inviscid"};
inline constexpr std::array<std::size_t, 3> kPublishedLayers{1, 4, 7};

/// Points of the grid on which networks are compared with exact solutions, along x and along t.
inline constexpr std::size_t kGridSide = 101;
inline double grid_point(std::size_t i) { return static_cast<double>(i) / (kGridSide - 1); }

struct AuditNetwork {
  std::string path;  // as it was given
  std::string name;  // in the report: the last of the path
  NetworkWeights weights;
  std::vector<arma::mat> hidden;  // the square layers, of which the first is layer 1
  arma::mat u;                    // on the grid, a column a time
  bool original = false;          // whether it is the one that the paper's authors published
};

/// What the groups read and write: both networks, and the rows so far. Row after row is added; the
/// first failure sticks and the caller looks at it between groups.
struct Audit {
  explicit Audit(const AuditOptions& asked);

  void add(AuditRow row) { rows.push_back(std::move(row)); }
  void fail(const FileStatus& failure) {
    if (status.ok()) status = failure;
  }
  void fail(const Status& failure, const std::string& what);

  /// Adds a claim with its verdict. Streams of the bootstraps are counted in the order of claims.
  void claim(const std::string& item, const std::string& network, const std::string& measure,
             const Evidence& evidence, const std::string& reason);
  std::uint64_t next_stream() { return streams++; }

  AuditOptions options;
  Workers workers;
  std::array<AuditNetwork, 2> networks;
  std::array<arma::mat, 2> exact;  // solutions of both problems on the grid, a column a time
  std::vector<AuditRow> rows;
  std::vector<RunTable> tables;
  std::vector<std::string> not_judged;  // what this run could not recompute, and why
  std::uint64_t streams = 0;
  FileStatus status;
};

/// Whether its neurons may change their signs without a change of its function.
bool signs_are_labels(const AuditNetwork& network);

/// Reads both networks, and refuses those that solve the other problem rather than their own.
void read_networks(Audit& audit);

/// The groups of rows, in the order of the table.
void audit_weights(Audit& audit);
void audit_discretisations(Audit& audit);
void audit_laws_of_entries(Audit& audit);
void audit_schemes(Audit& audit);
void audit_solutions(Audit& audit);
void audit_printed_grid(Audit& audit);
void audit_originals(Audit& audit);

/// A table of published numbers, without its line of names; with `networks`, its first column says
/// which network and the column called layer which layer.
arma::mat read_published(Audit& audit, const char* name, std::size_t columns, bool networks = true);

/// %.*g
std::string number(double value, int digits = 6);

/// "0.012 [0.01, 0.02]"
std::string text(const Interval& interval, int digits = 2);

/// "3 of 7"
std::string of(std::size_t count, std::size_t total);

/// What a report shows of where a file is: as it was given, but of an absolute path the last name
/// alone.
std::string shown_path(const std::string& path);

/// The last name of a path.
std::string last_name(const std::string& path);

}  // namespace pinnscope::apps
