#include "commands.hpp"
#include "common/owned.hpp"
#include "pinnscope/io/armadillo.hpp"
#include "pinnscope/io/csv.hpp"
#include "pinnscope/io/points.hpp"
#include "pinnscope/io/saved_network.hpp"
#include "pinnscope/nn/forward.hpp"

namespace pinnscope::apps {
namespace {

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
  FileStatus status = read_network(options.weights, options.network, weights);
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
  const char* names[] = {"u", "u_x", "u_t", "u_xx"};
  for (arma::uword k = 0; k < values.n_cols; ++k) columns.push_back({names[k], column(values, k)});
  return write_csv(options.out, columns);
}

}  // namespace pinnscope::apps
