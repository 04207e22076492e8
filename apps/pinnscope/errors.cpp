#include <algorithm>
#include <cstdio>
#include <map>

#include "commands.hpp"
#include "common/unknown_pass.hpp"
#include "pinnscope/io/armadillo.hpp"
#include "pinnscope/io/number_text.hpp"
#include "pinnscope/io/owned.hpp"
#include "pinnscope/io/saved_network.hpp"
#include "pinnscope/pde/error_norms.hpp"
#include "pinnscope/pde/problem.hpp"

namespace pinnscope::apps {
namespace {

/// The grid on which a network is compared with the exact solution: the same number of points along
/// each input, the first of which runs fastest.
class Grid {
 public:
  explicit Grid(const Problem& problem) : problem_(problem) {
    for (std::size_t i = 0; i < problem.inputs.size(); ++i) count_ *= side();
  }

  std::size_t side() const {
    const std::size_t inputs = problem_.inputs.size();
    return inputs <= 2 ? 101 : inputs == 3 ? 21 : inputs == 4 ? 11 : 6;
  }
  std::size_t count() const { return count_; }

  /// Where along `input` point p is.
  std::size_t index(std::size_t p, std::size_t input) const {
    for (std::size_t i = 0; i < input; ++i) p /= side();
    return p % side();
  }
  double coordinate(std::size_t p, std::size_t input) const {
    const auto [name, low, high] = problem_.inputs[input];
    const double part = static_cast<double>(index(p, input)) / static_cast<double>(side() - 1);
    return part == 1 ? high : low + (high - low) * part;
  }

  /// "x = 0.5, t = 0.1", for messages.
  std::string text(std::size_t p) const {
    std::string words;
    for (std::size_t i = 0; i < problem_.inputs.size(); ++i) {
      words += (i > 0 ? ", " : "") + std::string(problem_.inputs[i].name) + " = " +
               shortest_text(coordinate(p, i));
    }
    return words;
  }

 private:
  const Problem& problem_;
  std::size_t count_ = 1;
};

/// Of the network and of the exact solution, a row a point and a column an output.
struct Solutions {
  arma::mat network;
  arma::mat exact;
};

/// What a network of this file stands for in a problem.
AnsatzKind ansatz_of(const Problem& problem, const std::map<std::string, std::string>& metadata) {
  const AnsatzKind kind = recipe_of(metadata).ansatz;
  return problem.find_ansatz(kind) == nullptr ? AnsatzKind::none : kind;
}

Status solve_exactly(const Problem& problem, const Grid& grid, arma::mat& exact) {
  std::vector<double> x(problem.inputs.size());
  std::vector<double> u(problem.outputs.size());
  for (std::size_t p = 0; p < grid.count(); ++p) {
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = grid.coordinate(p, i);
    const Status status = exact_solution(problem, x, u);
    if (!status.ok()) return status;
    for (std::size_t k = 0; k < u.size(); ++k) exact(p, k) = u[k];
  }
  return {};
}

FileStatus evaluate(const Problem& problem, const Grid& grid, const SavedNetwork<double>& network,
                    const std::string& path, arma::mat& values) {
  arma::mat points(grid.count(), problem.inputs.size());
  for (std::size_t p = 0; p < points.n_rows; ++p) {
    for (std::size_t i = 0; i < points.n_cols; ++i) points(p, i) = grid.coordinate(p, i);
  }
  const auto widths = network->widths();
  UnknownPass<double> pass({widths.begin(), widths.end()}, {}, &problem,
                           ansatz_of(problem, network.metadata()));
  const Status status = pass.evaluate(*network, view(points), view(values));
  if (status.code == StatusCode::not_finite) {
    const auto p = static_cast<std::size_t>(status.info);
    std::size_t k = 0;
    while (k + 1 < values.n_cols && std::isfinite(values(p, k))) ++k;
    return file_failure(status.code, path,
                        "at " + grid.text(p) + " " + problem.outputs[k] + " is not finite");
  }
  return status.ok() ? FileStatus{} : file_failure(status.code, path, status.text());
}

Status print_norms(const std::string& where, const std::vector<double>& u,
                   const std::vector<double>& exact) {
  ErrorNorms norms;
  const Status status = error_norms(u, exact, norms);
  if (!status.ok()) return status;
  std::printf("%-22s %11.3e %11.3e %11.3e %11.3e\n", where.c_str(), norms.relative_l2, norms.l1,
              norms.l2 * norms.l2, norms.l_infinity);
  return {};
}

/// Output `k` at the points that `takes`.
template <class Takes>
Status compare(const Grid& grid, const Solutions& u, std::size_t k, const std::string& where,
               Takes&& takes) {
  std::vector<double> found;
  std::vector<double> exact;
  for (std::size_t p = 0; p < grid.count(); ++p) {
    if (!takes(p)) continue;
    found.push_back(u.network(p, k));
    exact.push_back(u.exact(p, k));
  }
  return print_norms(where, found, exact);
}

/// On the whole box and, where there is time, at its start and after three tenths of it.
Status print_errors(const Problem& problem, const Grid& grid, const Solutions& u) {
  std::string size = std::to_string(grid.side());
  for (std::size_t i = 1; i < problem.inputs.size(); ++i)
    size += " x " + std::to_string(grid.side());
  std::printf("%-23s relative L2    mean |e|    mean e^2 largest |e|\n",
              ("error, " + size).c_str());
  const std::size_t time = problem.time();
  Status status;
  for (std::size_t k = 0; k < problem.outputs.size() && status.ok(); ++k) {
    const std::string output =
        problem.outputs.size() == 1 ? "" : std::string(problem.outputs[k]) + " ";
    status = compare(grid, u, k,
                     output + "on the whole " + (problem.inputs.size() == 2 ? "square" : "box"),
                     [](std::size_t) { return true; });
    if (time == problem.inputs.size()) continue;
    for (const std::size_t row : {std::size_t{0}, (grid.side() - 1) * 3 / 10}) {
      const auto [name, low, high] = problem.inputs[time];
      const double when =
          low + (high - low) * static_cast<double>(row) / static_cast<double>(grid.side() - 1);
      if (status.ok()) {
        status = compare(grid, u, k, output + "at t = " + shortest_text(when),
                         [&](std::size_t p) { return grid.index(p, time) == row; });
      }
    }
  }
  return status;
}

}  // namespace

FileStatus show_errors(const Problem& problem, const std::string& path,
                       const NetworkOptions& options) {
  NetworkWeights weights;
  FileStatus status = read_network(path, options, weights);
  return status.ok() ? show_errors(problem, weights, path) : status;
}

FileStatus show_errors(const Problem& problem, const NetworkWeights& weights,
                       const std::string& path) {
  if (problem.exact == nullptr) {
    std::printf("%s: no exact solution is known, so there are no errors\n", problem.name);
    return {};
  }
  const std::vector<std::size_t> widths = weights.widths();
  const std::size_t expected = problem.network_inputs(ansatz_of(problem, weights.metadata));
  if (widths.front() != expected || widths.back() != problem.outputs.size()) {
    std::string inputs;
    for (const Input& input : problem.inputs) {
      inputs += (inputs.empty() ? " (" : ", ") + std::string(input.name);
    }
    inputs += ")";
    if (expected != problem.inputs.size()) inputs.clear();
    const std::size_t outputs = problem.outputs.size();
    return file_failure(StatusCode::shape_mismatch, path,
                        "expected " + std::to_string(expected) + " inputs" + inputs + " and " +
                            std::to_string(outputs) + (outputs == 1 ? " output" : " outputs"));
  }
  SavedNetwork<double> network;
  const FileStatus taken = network.take(weights, path);
  if (!taken.ok()) return taken;
  const Grid grid(problem);
  Solutions u{arma::mat(grid.count(), problem.outputs.size()),
              arma::mat(grid.count(), problem.outputs.size())};
  const FileStatus evaluated = evaluate(problem, grid, network, path, u.network);
  if (!evaluated.ok()) return evaluated;
  Status status = solve_exactly(problem, grid, u.exact);
  if (status.ok()) status = print_errors(problem, grid, u);
  return status.ok() ? FileStatus{} : file_failure(status.code, path, status.text());
}

}  // namespace pinnscope::apps
