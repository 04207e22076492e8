// Reading both networks: which problem each one solves, and whether it is a published one.

#include <algorithm>
#include <cmath>

#include "audit.hpp"
#include "common/network_file.hpp"
#include "common/network_solution.hpp"
#include "pinnscope/nn/relabelling.hpp"
#include "pinnscope/pde/error_norms.hpp"
#include "pinnscope/pde/problems.hpp"
#include "pinnscope/spectra/nulls/null_distribution.hpp"
#include "pinnscope/spectra/samples/moments.hpp"

namespace pinnscope::apps {
namespace {

constexpr std::size_t kLeastOrder = 20;  // of a hidden layer
constexpr std::size_t kLeastLayers = 2;  // square ones
constexpr double kNear = 0.5;            // a relative error below which a network has a solution
constexpr double kKurtosisDigit = 1e-4;  // the last one printed

void read(Audit& audit, AuditNetwork& network) {
  audit.fail(read_network_or(network.path, audit.options.activation, network.weights));
  if (!audit.status.ok()) return;
  const std::vector<LayerWeights>& layers = network.weights.layers;
  for (std::size_t l = 1; l + 1 < layers.size(); ++l) {
    const arma::mat& weights = layers[l].weights;
    if (weights.n_rows != weights.n_cols || weights.n_rows < kLeastOrder) {
      audit.fail(file_failure(
          StatusCode::shape_mismatch, network.path,
          "layer " + std::to_string(l) + ": expected a square matrix of at least 20 x 20, found " +
              std::to_string(weights.n_rows) + " x " + std::to_string(weights.n_cols)));
      return;
    }
    network.hidden.push_back(weights);
  }
  if (network.hidden.size() < kLeastLayers) {
    audit.fail(file_failure(StatusCode::shape_mismatch, network.path,
                            "expected at least 2 square hidden layers, found " +
                                std::to_string(network.hidden.size())));
  }
}

void refuse_other_problem_by_name(Audit& audit, std::size_t k) {
  const AuditNetwork& network = audit.networks[k];
  const auto found = network.weights.metadata.find("problem");
  if (found == network.weights.metadata.end() || found->second == kProblemNames[k]) return;
  audit.fail(file_failure(StatusCode::bad_file, network.path,
                          std::string("expected a network of the ") + kProblemNames[k] +
                              " problem, its metadata says " + in_quotes(found->second)));
}

void solve(Audit& audit) {
  for (std::size_t k = 0; k < 2; ++k) {
    const Problem& problem = *find_problem(kProblemNames[k]);
    audit.exact[k].set_size(kGridSide, kGridSide);
    for (std::size_t j = 0; j < kGridSide; ++j) {
      for (std::size_t i = 0; i < kGridSide; ++i) {
        const std::array<double, 2> point{grid_point(i), grid_point(j)};
        audit.fail(exact_solution(problem, point, {&audit.exact[k](i, j), 1}),
                   "the exact solution");
      }
    }
  }
}

void evaluate(Audit& audit, AuditNetwork& network) {
  network.u.set_size(kGridSide, kGridSide);
  std::vector<double> x(kGridSide);
  for (std::size_t i = 0; i < kGridSide; ++i) x[i] = grid_point(i);
  for (std::size_t j = 0; j < kGridSide && audit.status.ok(); ++j) {
    std::vector<double> u;
    audit.fail(network_solution(network.weights, network.path, x, grid_point(j), u));
    if (audit.status.ok()) network.u.col(j) = arma::vec(u);
  }
}

double relative_error(const arma::mat& u, const arma::mat& exact) {
  ErrorNorms norms;
  const Status status = error_norms({u.memptr(), u.n_elem}, {exact.memptr(), exact.n_elem}, norms);
  return status.ok() ? norms.relative_l2 : std::nan("");
}

/// A network that solves neither problem is what it is said to be; one that is near the other
/// problem's solution, and twice as near as to its own, is not.
void refuse_other_problem_by_errors(Audit& audit, std::size_t k) {
  const AuditNetwork& network = audit.networks[k];
  const double own = relative_error(network.u, audit.exact[k]);
  const double other = relative_error(network.u, audit.exact[1 - k]);
  if (!(other < kNear && other < own / 2)) return;
  audit.fail(file_failure(
      StatusCode::bad_file, network.path,
      std::string("expected a network of the ") + kProblemNames[k] + " problem, found one of the " +
          kProblemNames[1 - k] + " problem: relative L2 error " + number(other, 2) +
          " from its solution, " + number(own, 2) + " from the " + kProblemNames[k] + " one"));
}

/// Whether at least half of the six kurtoses that were printed for a network are this one's, to a
/// unit of the last digit: those of another network agree by chance in one of some thousand.
bool is_original(const AuditNetwork& network, std::size_t k, const arma::mat& kurtosis) {
  std::size_t printed = 0;
  std::size_t agree = 0;
  for (arma::uword i = 0; i < kurtosis.n_rows; ++i) {
    if (static_cast<std::size_t>(kurtosis(i, 0)) != k) continue;
    ++printed;
    const auto layer = static_cast<std::size_t>(kurtosis(i, 2));
    if (layer > network.hidden.size()) continue;
    const LayerWeights& weights = network.weights.layers[layer];
    Moments shape;
    const Status status =
        kurtosis(i, 1) > 0
            ? moments(VectorView<const double>(weights.biases.memptr(), weights.biases.n_elem),
                      shape)
            : moments(VectorView<const double>(weights.weights.memptr(), weights.weights.n_elem),
                      shape);
    agree += status.ok() && std::fabs(shape.kurtosis - kurtosis(i, 3)) < kKurtosisDigit ? 1 : 0;
  }
  return printed > 0 && 2 * agree >= printed;
}

bool are_equal(const NetworkWeights& a, const NetworkWeights& b) {
  return std::equal(a.layers.begin(), a.layers.end(), b.layers.begin(), b.layers.end(),
                    [](const LayerWeights& first, const LayerWeights& second) {
                      return arma::size(first.weights) == arma::size(second.weights) &&
                             arma::approx_equal(first.weights, second.weights, "absdiff", 0);
                    });
}

}  // namespace

bool signs_are_labels(const AuditNetwork& network) {
  return network.weights.hidden &&
         is_odd(*network.weights.hidden, network.weights.activation_parameters);
}

void read_networks(Audit& audit) {
  const arma::mat kurtosis = read_published(audit, "kurtosis.csv", 4);
  for (std::size_t k = 0; k < 2 && audit.status.ok(); ++k) {
    AuditNetwork& network = audit.networks[k];
    network.path = audit.options.weights[k];
    network.name = last_name(network.path);
    read(audit, network);
    if (audit.status.ok()) refuse_other_problem_by_name(audit, k);
  }
  if (audit.status.ok()) solve(audit);
  for (std::size_t k = 0; k < 2 && audit.status.ok(); ++k) {
    evaluate(audit, audit.networks[k]);
    if (audit.status.ok()) refuse_other_problem_by_errors(audit, k);
    if (audit.status.ok()) {
      audit.networks[k].original = is_original(audit.networks[k], k, kurtosis);
    }
  }
  if (audit.status.ok() && are_equal(audit.networks[0].weights, audit.networks[1].weights)) {
    audit.fail(
        file_failure(StatusCode::bad_file, audit.networks[1].path,
                     "expected another network than the viscous one, found the same weights"));
  }
  if (audit.networks[0].name == audit.networks[1].name) {
    for (std::size_t k = 0; k < 2; ++k) {
      audit.networks[k].name = std::string(kProblemNames[k]) + ' ' + audit.networks[k].name;
    }
  }
  if (!audit.status.ok() || audit.options.draws > 0) return;
  const std::size_t layers = audit.networks[0].hidden.size() + audit.networks[1].hidden.size();
  audit.options.draws = std::max(kDraws, draws_needed(layers, kLevel, 1));
}

}  // namespace pinnscope::apps
