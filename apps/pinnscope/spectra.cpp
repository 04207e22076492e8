#include <cmath>
#include <filesystem>
#include <limits>

#include "commands.hpp"
#include "common/owned.hpp"
#include "pinnscope/io/armadillo.hpp"
#include "pinnscope/io/csv.hpp"
#include "pinnscope/io/read_network.hpp"
#include "pinnscope/spectra/circular_law.hpp"
#include "pinnscope/spectra/eigenvalues.hpp"
#include "pinnscope/spectra/marchenko_pastur.hpp"
#include "pinnscope/spectra/moments.hpp"
#include "pinnscope/spectra/root_mean_square.hpp"
#include "pinnscope/spectra/singular_values.hpp"
#include "pinnscope/spectra/spectral_entropy.hpp"

namespace pinnscope::apps {
namespace {

/// Rows of the three tables in the making. Numbers that a layer does not have are NaN.
struct Tables {
  std::vector<Column> layers{{"layer", {}},
                             {"rows", {}},
                             {"columns", {}},
                             {"mean", {}},
                             {"standard_deviation", {}},
                             {"skewness", {}},
                             {"kurtosis", {}},
                             {"minimum", {}},
                             {"maximum", {}},
                             {"rms", {}},
                             {"spectral_radius", {}},
                             {"share_inside_disc", {}},
                             {"circular_distance", {}},
                             {"real_eigenvalues", {}},
                             {"largest_singular_value", {}},
                             {"spectral_entropy", {}},
                             {"effective_rank", {}},
                             {"stable_rank", {}},
                             {"marchenko_pastur_distance", {}},
                             {"singular_values_beyond_edge", {}}};
  std::vector<Column> eigenvalues{{"layer", {}}, {"real", {}}, {"imaginary", {}}};
  std::vector<Column> singular_values{{"layer", {}}, {"index", {}}, {"value", {}}};
};

void append(std::vector<Column>& table, const std::vector<double>& row) {
  for (std::size_t k = 0; k < row.size(); ++k) table[k].values.push_back(row[k]);
}

Status add_layer(double index, const arma::mat& w, Tables& tables) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  const std::size_t rows = w.n_rows;
  const std::size_t columns = w.n_cols;
  const double scale = root_mean_square(view(w));
  Moments sample;
  Status status = moments(VectorView<const double>(w.memptr(), w.n_elem), sample);
  if (!status.ok() && status.code != StatusCode::degenerate) return status;
  if (scale == 0) return {StatusCode::degenerate};

  CircularLawFit disc{kNone, kNone, kNone, 0};
  double real_count = kNone;
  if (rows == columns) {
    Owned<Eigenvalues<double>> eigenvalues({.order = rows});
    Owned<CircularLaw<double>> law({.capacity = rows});
    status = eigenvalues->compute(view(w), scale * std::sqrt(static_cast<double>(rows)));
    if (!status.ok()) return status;
    status = law->compare(eigenvalues->real(), eigenvalues->imaginary(), disc);
    if (!status.ok()) return status;
    real_count = static_cast<double>(disc.real_count);
    for (std::size_t k = 0; k < rows; ++k) {
      append(tables.eigenvalues, {index, eigenvalues->real()[k], eigenvalues->imaginary()[k]});
    }
  }

  Owned<SingularValues<double>> singular({.rows = rows, .columns = columns});
  SpectralEntropy entropy;
  MarchenkoPasturFit law;
  status = singular->compute(view(w), scale);
  if (status.ok()) status = spectral_entropy(singular->values(), entropy);
  if (status.ok()) {
    status = compare_with_marchenko_pastur(singular->values(), rows, columns, 1, law);
  }
  if (!status.ok()) return status;
  double rank = 0;
  for (const double value : singular->values()) {
    append(tables.singular_values, {index, ++rank, value});
  }
  append(tables.layers, {index,
                         static_cast<double>(rows),
                         static_cast<double>(columns),
                         sample.mean,
                         sample.standard_deviation,
                         sample.skewness,
                         sample.kurtosis,
                         sample.minimum,
                         sample.maximum,
                         scale,
                         disc.radius,
                         disc.share_inside,
                         disc.distance,
                         real_count,
                         singular->values().front() * scale,
                         entropy.entropy,
                         entropy.effective_rank,
                         entropy.stable_rank,
                         law.distance,
                         static_cast<double>(law.beyond_edge)});
  return {};
}

}  // namespace

FileStatus write_spectra(const std::string& weights, const std::string& out) {
  NetworkWeights network;
  FileStatus status = read_network(weights, network);
  if (!status.ok()) return status;
  Tables tables;
  for (std::size_t l = 0; l < network.layers.size(); ++l) {
    const Status outcome = add_layer(static_cast<double>(l), network.layers[l].weights, tables);
    if (!outcome.ok()) {
      return file_failure(outcome.code, weights,
                          "layer " + std::to_string(l) + ": " + outcome.text());
    }
  }
  std::error_code error;
  std::filesystem::create_directories(out, error);
  if (error) return file_failure(StatusCode::bad_file, out, "cannot create: " + error.message());
  const std::filesystem::path directory(out);
  status = write_csv((directory / "layers.csv").string(), tables.layers);
  if (status.ok()) {
    status = write_csv((directory / "eigenvalues.csv").string(), tables.eigenvalues);
  }
  if (status.ok()) {
    status = write_csv((directory / "singular_values.csv").string(), tables.singular_values);
  }
  return status;
}

}  // namespace pinnscope::apps
