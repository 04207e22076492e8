// Signals through the networks of both problems: before training and behind it, layer by layer, and
// what the Jacobian of their inputs grows by over the (x, t) plane.

#include <algorithm>
#include <array>
#include <utility>

#include "common/figure.hpp"
#include "common/formatted.hpp"
#include "common/machine.hpp"
#include "common/signal_sheet.hpp"
#include "pinnscope/io/network_weights.hpp"
#include "pinnscope/io/saved_network.hpp"
#include "pinnscope/signals/signal_pass.hpp"

namespace pinnscope::apps {
namespace {

SavedNetwork<double> read(Figure& figure, const std::string& path) {
  SavedNetwork<double> network;
  const NetworkWeights weights = figure.read(path);
  if (figure.status().ok()) figure.fail(network.take(weights, path));
  return network;
}

/// What one input of a network has on record.
void report(Figure& figure, const char* name, const Mlp<double>& network, double x, double t) {
  const std::array<double, 2> input{x, t};
  std::vector<LayerSignal> layers(network.layers());
  Owned<SignalPass<double>> pass({.widths = network.widths()});
  figure.fail(pass->evaluate_point(network, input, layers), name);
  const std::string place = formatted(" at x = %g, t = %g (invariant)", x, t);
  figure.report(std::string("propagation: ") + name + ", exponent a layer" + place,
                signal_exponent(layers));
  figure.report(
      std::string("propagation: ") + name + ", saturated neurons of the last hidden layer" + place,
      layers[layers.size() - 2].saturated);
}

void draw(Figure& figure) {
  const std::string& viscous_path = figure.options().weights_viscous;
  const std::string& inviscid_path = figure.options().weights_inviscid;
  const SavedNetwork<double> viscous = read(figure, viscous_path);
  const SavedNetwork<double> inviscid = read(figure, inviscid_path);
  if (!figure.status().ok()) return;
  const auto widths = viscous->widths();
  const auto others = inviscid->widths();
  if (!std::equal(widths.begin(), widths.end(), others.begin(), others.end()) ||
      widths.front() != 2 || viscous->layers() < 3) {
    return figure.fail(file_failure(
        StatusCode::shape_mismatch, inviscid_path,
        "expected 2 inputs (x, t), 2 hidden layers or more and the widths of " + viscous_path));
  }
  SignalSheet sheet{.name = "fig-propagation", .states = {}, .threads = thread_count(0)};
  SavedNetwork<double> start;  // where the file says how it was drawn
  const bool has_start = viscous.draw_start(start).ok();
  if (has_start) sheet.states.push_back({"viscous, before training", &*start});
  sheet.states.push_back({"viscous, trained", &*viscous});
  sheet.states.push_back({"inviscid, trained", &*inviscid});
  draw_signal_sheet(figure, sheet);
  figure.caption(
      "fig-propagation",
      "Signals through the layers: activations of the input (0.5, 0.3) and eight neurons "
      "(as labelled: their order and signs mean nothing); the exponent, (log s_1 of layer "
      "H - log s_1 of the first) / (H - 1) for the Jacobian of the input and H hidden "
      "layers, over the plane; norm, saturation and log s_1 by layer, means over the "
      "plane. All but activations and neurons are invariant under relabelling.");
  for (const double x : {0.1, 0.5}) {
    if (has_start) report(figure, "viscous network before training", *start, x, 0.3);
    report(figure, "viscous network", *viscous, x, 0.3);
    report(figure, "inviscid network", *inviscid, x, 0.3);
  }
}

}  // namespace
}  // namespace pinnscope::apps

int main(int argc, char** argv) {
  using namespace pinnscope::apps;
  return run_figure(
      argc, argv,
      {.name = "fig-propagation",
       .description = "Signals through the layers of networks, before and after training",
       .needs_networks = true},
      draw);
}
