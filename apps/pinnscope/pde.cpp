#include "pde.hpp"

#include "common/command_line.hpp"
#include "common/machine.hpp"
#include "layer_steps.hpp"
#include "pinnscope/io/atomic_file.hpp"
#include "step_outputs.hpp"
#include "step_refinement.hpp"
#include "step_reports.hpp"
#include "step_symbol.hpp"

namespace pinnscope::apps {
namespace {

FileStatus check_places(const PdeOptions& options) {
  for (const std::string* path :
       {&options.out, &options.rows, &options.schemes, &options.symbols}) {
    if (path->empty()) continue;
    FileStatus status = check_writable(*path);
    if (!status.ok()) return status;
  }
  return {};
}

}  // namespace

FileStatus show_pde(const PdeOptions& options) {
  FileStatus status = check_places(options);
  NetworkWeights network;
  if (status.ok()) status = read_network(options.weights, options.network, network);
  if (!status.ok()) return status;
  require_steps(network, options.points.size());
  std::vector<LayerWeights> layers;
  for (const LayerWeights& layer : network.layers) layers.push_back(folded(layer));
  std::vector<StepOfLayer> steps = steps_of(layers, network);
  if (steps.empty()) {
    return file_failure(StatusCode::shape_mismatch, options.weights,
                        "expected a square layer: as many neurons in front of it as behind");
  }
  for (const std::string& point : options.points) {
    status = add_linearised(point, layers, network, steps);
    if (!status.ok()) return status;
  }
  require_blas(options.searches > 0 ? thread_count(options.threads) : 1);
  const std::vector<StepReport> reports = judge_steps(options, network, steps);
  print_steps(options, reports);
  if (options.refine) status = print_refinement(options, network, reports);
  if (status.ok() && !options.out.empty()) status = write_reports(options.out, reports);
  if (status.ok() && !options.rows.empty()) status = write_rows(options, reports);
  if (status.ok() && !options.schemes.empty()) status = write_schemes(options.schemes, reports);
  if (status.ok() && !options.symbols.empty()) status = write_symbols(options.symbols, reports);
  return status;
}

}  // namespace pinnscope::apps
