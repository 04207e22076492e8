#include <cstdio>

#include "commands.hpp"
#include "common/network_solution.hpp"
#include "common/owned.hpp"
#include "pinnscope/io/armadillo.hpp"
#include "pinnscope/io/saved_network.hpp"
#include "pinnscope/nn/forward.hpp"
#include "pinnscope/pde/error_norms.hpp"
#include "pinnscope/pde/training_problem.hpp"

namespace pinnscope::apps {
namespace {

constexpr std::size_t kSide = 101;  // points along x and along t
constexpr std::size_t kLater = 30;  // the row of t = 0.3

double grid(std::size_t i) { return static_cast<double>(i) / (kSide - 1); }

/// u of the network and of the exact solution on the square, a column a time.
struct Solutions {
  arma::mat network = arma::mat(kSide, kSide);
  arma::mat exact = arma::mat(kSide, kSide);
};

Status solve_exactly(ProblemKind kind, arma::mat& exact) {
  for (std::size_t j = 0; j < kSide; ++j) {
    for (std::size_t i = 0; i < kSide; ++i) {
      const Status status = exact_solution(kind, grid(i), grid(j), exact(i, j));
      if (!status.ok()) return status;
    }
  }
  return {};
}

FileStatus evaluate(const Mlp<double>& network, const std::string& path, arma::mat& values) {
  arma::mat points(kSide * kSide, 2);
  for (std::size_t p = 0; p < points.n_rows; ++p) {
    points(p, 0) = grid(p % kSide);
    points(p, 1) = grid(p / kSide);
  }
  Owned<ForwardPass<double>> pass({.widths = network.widths()});
  const Status status = pass->evaluate(network, view(points), {values.memptr(), values.n_elem, 1});
  if (status.code == StatusCode::not_finite) {
    const auto p = static_cast<arma::uword>(status.info);
    return file_failure(status.code, path,
                        "at " + point_text(points(p, 0), points(p, 1)) + " u is not finite");
  }
  return status.ok() ? FileStatus{} : file_failure(status.code, path, status.text());
}

Status print_norms(const char* where, VectorView<const double> u, VectorView<const double> exact) {
  ErrorNorms norms;
  const Status status = error_norms(u, exact, norms);
  if (!status.ok()) return status;
  std::printf("%-22s %11.3e %11.3e %11.3e %11.3e\n", where, norms.relative_l2, norms.l1,
              norms.l2 * norms.l2, norms.l_infinity);
  return {};
}

}  // namespace

std::string problem_names() {
  std::string names;
  for (std::size_t k = 0; k < kProblemKinds.size(); ++k) {
    if (k > 0) names += k + 1 < kProblemKinds.size() ? ", " : " or ";
    names += text(kProblemKinds[k]);
  }
  return names;
}

FileStatus show_errors(const std::string& problem, const std::string& path,
                       const NetworkOptions& options) {
  ProblemKind kind{};
  if (!parse(problem, kind)) {
    return {StatusCode::out_of_range,
            "expected the problem " + problem_names() + ", found " + in_quotes(problem)};
  }
  NetworkWeights weights;
  FileStatus status = read_network(path, options, weights);
  return status.ok() ? show_errors(kind, weights, path) : status;
}

FileStatus show_errors(ProblemKind kind, const NetworkWeights& weights, const std::string& path) {
  const std::vector<std::size_t> widths = weights.widths();
  if (widths.front() != 2 || widths.back() != 1) {
    return file_failure(StatusCode::shape_mismatch, path, "expected 2 inputs (x, t) and 1 output");
  }
  std::unique_ptr<SavedNetwork<double>> network;
  const FileStatus made = make_network(weights, path, network);
  if (!made.ok()) return made;
  Solutions u;
  const FileStatus evaluated = evaluate(**network, path, u.network);
  if (!evaluated.ok()) return evaluated;
  Status status = solve_exactly(kind, u.exact);
  const auto column = [](const arma::mat& matrix, std::size_t j) {
    return VectorView<const double>(matrix.colptr(j), kSide);
  };
  std::printf("error, 101 x 101        relative L2    mean |e|    mean e^2 largest |e|\n");
  if (status.ok()) {
    status = print_norms("on the whole square", {u.network.memptr(), u.network.n_elem},
                         {u.exact.memptr(), u.exact.n_elem});
  }
  if (status.ok()) status = print_norms("at t = 0", column(u.network, 0), column(u.exact, 0));
  if (status.ok()) {
    status = print_norms("at t = 0.3", column(u.network, kLater), column(u.exact, kLater));
  }
  return status.ok() ? FileStatus{} : file_failure(status.code, path, status.text());
}

}  // namespace pinnscope::apps
