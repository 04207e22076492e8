#include "common/network_solution.hpp"

#include "common/unknown_pass.hpp"
#include "pinnscope/io/armadillo.hpp"
#include "pinnscope/io/number_text.hpp"
#include "pinnscope/io/owned.hpp"
#include "pinnscope/io/saved_network.hpp"

namespace pinnscope::apps {

std::string point_text(double x, double t) {
  return "x = " + shortest_text(x) + ", t = " + shortest_text(t);
}

FileStatus network_solution(const NetworkWeights& weights, const std::string& path,
                            const std::vector<double>& x, double t, std::vector<double>& u) {
  const std::vector<std::size_t> widths = weights.widths();
  const Recipe recipe = recipe_of(weights.metadata);
  if (recipe.coordinates(widths.front()) != 2 || widths.back() != 1) {
    return {StatusCode::shape_mismatch, path + ": expected 2 inputs and 1 output, found " +
                                            std::to_string(widths.front()) + " and " +
                                            std::to_string(widths.back())};
  }
  SavedNetwork<double> network;
  const FileStatus taken = network.take(weights, path);
  if (!taken.ok()) return taken;
  UnknownPass<double> pass(widths, {}, recipe.problem, recipe.ansatz);
  arma::mat points(x.size(), 2);
  points.col(0) = arma::vec(x);
  points.col(1).fill(t);
  u.resize(x.size());
  const Status status = pass.evaluate(*network, view(points), {u.data(), u.size(), 1});
  if (status.code == StatusCode::not_finite) {
    const double there = x[static_cast<std::size_t>(status.info)];
    return file_failure(status.code, path, "at " + point_text(there, t) + " u is not finite");
  }
  return status.ok() ? FileStatus{} : file_failure(status.code, path, status.text());
}

}  // namespace pinnscope::apps
