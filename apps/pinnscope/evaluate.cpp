#include <array>
#include <cmath>
#include <utility>

#include "commands.hpp"
#include "common/network_solution.hpp"
#include "common/unknown_pass.hpp"
#include "pinnscope/io/armadillo.hpp"
#include "pinnscope/io/atomic_file.hpp"
#include "pinnscope/io/csv.hpp"
#include "pinnscope/io/owned.hpp"
#include "pinnscope/io/points.hpp"
#include "pinnscope/io/saved_network.hpp"

namespace pinnscope::apps {
namespace {

constexpr std::array kNames{"u", "u_x", "u_t", "u_xx"};

constexpr std::size_t kBlock = 1024;  // points that are in memory at once

/// Points on their way through a network into a CSV file, a block at a time.
template <class T>
class Evaluation {
 public:
  explicit Evaluation(const EvaluateOptions& options)
      : options_(options),
        derivatives_(options.derivatives ? Derivatives{partial::dx, partial::dt, partial::dxx}
                                         : Derivatives{}),
        points_(kBlock, 2),
        input_(kBlock, 2),
        output_(kBlock, derivatives_.count()) {}

  FileStatus run(const NetworkWeights& weights, PointReader& reader) {
    SavedNetwork<T> network;
    FileStatus status = network.take(weights, options_.weights);
    if (!status.ok()) return status;
    const Recipe recipe = recipe_of(weights.metadata);
    UnknownPass<T> pass(weights.widths(), derivatives_, recipe.problem, recipe.ansatz);
    CsvWriter csv;
    status = csv.open(options_.out);
    if (!status.ok()) return status;
    write_headings(csv);
    while (csv.ok()) {
      const std::size_t count = read(reader);
      if (!reader.status().ok()) return reader.status();
      if (count == 0) return csv.finish();
      const auto rows = [&](auto matrix) { return matrix.block(0, 0, count, matrix.columns); };
      const Status outcome =
          pass.evaluate(*network, rows(view(std::as_const(input_))), rows(view(output_)));
      if (outcome.code == StatusCode::not_finite) {
        return not_finite(static_cast<arma::uword>(outcome.info));
      }
      if (!outcome.ok()) return file_failure(outcome.code, options_.weights, outcome.text());
      write(csv, count);
      before_ += count;
    }
    return csv.status();
  }

 private:
  /// The next points, in the precision of the file and in T. Returns their number.
  std::size_t read(PointReader& reader) {
    std::size_t count = 0;
    VectorView<const double> point;
    for (; count < kBlock && reader.next(point); ++count) {
      for (const arma::uword j : {0u, 1u}) {
        points_(count, j) = point[j];
        input_(count, j) = static_cast<T>(point[j]);
      }
    }
    return count;
  }

  void write_headings(CsvWriter& csv) const {
    for (const char* name : {"x", "t"}) csv.text(name);
    for (std::size_t k = 0; k < derivatives_.count(); ++k) csv.text(kNames[k]);
    csv.end_row();
  }

  void write(CsvWriter& csv, std::size_t count) const {
    for (std::size_t i = 0; i < count; ++i) {
      for (const arma::uword j : {0u, 1u}) csv.number(points_(i, j));
      for (arma::uword k = 0; k < output_.n_cols; ++k) {
        csv.number(static_cast<double>(output_(i, k)));
      }
      csv.end_row();
    }
  }

  /// Which point, and which of its numbers, T cannot hold.
  FileStatus not_finite(arma::uword row) const {
    const std::string point = "point " + std::to_string(before_ + row + 1) + " (" +
                              point_text(points_(row, 0), points_(row, 1)) + ")";
    std::string what = std::string(": it is beyond ") + text(options_.precision);
    if (input_.row(row).is_finite()) {
      std::size_t column = 0;
      while (column + 1 < output_.n_cols && std::isfinite(output_(row, column))) ++column;
      what = std::string(": ") + kNames[column] + " of " + options_.weights +
             " is not a finite number in " + text(options_.precision);
    }
    return file_failure(StatusCode::not_finite, input_name(options_.points), point + what);
  }

  const EvaluateOptions& options_;
  Derivatives derivatives_;
  arma::mat points_;
  arma::Mat<T> input_;
  arma::Mat<T> output_;
  std::size_t before_ = 0;  // points of the blocks that are written
};

}  // namespace

FileStatus evaluate(const EvaluateOptions& options) {
  NetworkWeights weights;
  FileStatus status = check_writable(options.out);
  if (status.ok()) status = read_network(options.weights, options.network, weights);
  if (!status.ok()) return status;
  const std::vector<std::size_t> widths = weights.widths();
  if (recipe_of(weights.metadata).coordinates(widths.front()) != 2 || widths.back() != 1) {
    return file_failure(StatusCode::shape_mismatch, options.weights,
                        "expected 2 inputs (x, t) and 1 output, found " +
                            std::to_string(widths.front()) + " and " +
                            std::to_string(widths.back()));
  }
  PointReader reader(options.points, {"x", "t"});
  return options.precision == Precision::float32 ? Evaluation<float>(options).run(weights, reader)
                                                 : Evaluation<double>(options).run(weights, reader);
}

}  // namespace pinnscope::apps
