#include <array>
#include <cmath>

#include "commands.hpp"
#include "common/network_solution.hpp"
#include "common/owned.hpp"
#include "pinnscope/io/armadillo.hpp"
#include "pinnscope/io/atomic_file.hpp"
#include "pinnscope/io/csv.hpp"
#include "pinnscope/io/points.hpp"
#include "pinnscope/io/saved_network.hpp"
#include "pinnscope/nn/forward.hpp"

namespace pinnscope::apps {
namespace {

constexpr std::array kNames{"u", "u_x", "u_t", "u_xx"};

/// Which point, and which of its numbers, T cannot hold.
template <class T>
FileStatus not_finite(const EvaluateOptions& options, const arma::mat& points,
                      const arma::Mat<T>& input, const arma::Mat<T>& output, arma::uword row) {
  const std::string point =
      "point " + std::to_string(row + 1) + " (" + point_text(points(row, 0), points(row, 1)) + ")";
  std::string what = ": it is beyond " + options.precision;
  if (input.row(row).is_finite()) {
    std::size_t column = 0;
    while (column + 1 < output.n_cols && std::isfinite(output(row, column))) ++column;
    what = std::string(": ") + kNames[column] + " of " + options.weights +
           " is not a finite number in " + options.precision;
  }
  return file_failure(StatusCode::not_finite, options.points, point + what);
}

/// Columns u, u_x, u_t, u_xx (or u alone) at the points, computed in T.
template <class T>
FileStatus evaluate_in(const NetworkWeights& weights, const EvaluateOptions& options,
                       const arma::mat& points, arma::mat& values) {
  using namespace partial;
  std::unique_ptr<SavedNetwork<T>> network;
  const FileStatus status = make_network(weights, options.weights, network);
  if (!status.ok()) return status;
  const Derivatives derivatives = options.derivatives ? Derivatives{dx, dt, dxx} : Derivatives{};
  Owned<ForwardPass<T>> pass({.widths = (*network)->widths(), .derivatives = derivatives});
  const arma::Mat<T> input = arma::conv_to<arma::Mat<T>>::from(points);
  arma::Mat<T> output(points.n_rows, derivatives.count());
  const Status outcome = pass->evaluate(**network, view(input), view(output));
  if (outcome.code == StatusCode::not_finite) {
    return not_finite(options, points, input, output, static_cast<arma::uword>(outcome.info));
  }
  if (!outcome.ok()) return file_failure(outcome.code, options.weights, outcome.text());
  values = arma::conv_to<arma::mat>::from(output);
  return {};
}

std::vector<double> column(const arma::mat& matrix, arma::uword index) {
  return {matrix.begin_col(index), matrix.end_col(index)};
}

}  // namespace

FileStatus evaluate(const EvaluateOptions& options) {
  NetworkWeights weights;
  FileStatus status = check_writable(options.out);
  if (status.ok()) status = read_network(options.weights, options.network, weights);
  if (!status.ok()) return status;
  const std::vector<std::size_t> widths = weights.widths();
  if (widths.front() != 2 || widths.back() != 1) {
    return file_failure(StatusCode::shape_mismatch, options.weights,
                        "expected 2 inputs (x, t) and 1 output, found " +
                            std::to_string(widths.front()) + " and " +
                            std::to_string(widths.back()));
  }
  Points points;
  status = read_points(options.points, {"x", "t"}, points);
  if (!status.ok()) return status;
  arma::mat values;
  status = options.precision == "float"
               ? evaluate_in<float>(weights, options, points.values, values)
               : evaluate_in<double>(weights, options, points.values, values);
  if (!status.ok()) return status;
  std::vector<Column> columns{{"x", column(points.values, 0)}, {"t", column(points.values, 1)}};
  for (arma::uword k = 0; k < values.n_cols; ++k) columns.push_back({kNames[k], column(values, k)});
  return write_csv(options.out, columns);
}

}  // namespace pinnscope::apps
