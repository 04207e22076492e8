#include "common/signal_crew.hpp"

#include <algorithm>

namespace pinnscope::apps {

SignalCrew::SignalCrew(const std::vector<std::size_t>& widths, const std::vector<double>& neighbour,
                       std::size_t threads)
    : workers_(threads) {
  const SignalPass<double>::Config config{.widths = widths, .neighbour = neighbour, .tile = kTile};
  require_memory(SignalPass<double>::footprint(config), workers_.threads());
  for (std::size_t k = 0; k < workers_.threads(); ++k) {
    passes_.push_back(std::make_unique<Owned<SignalPass<double>>>(config));
  }
}

Status SignalCrew::evaluate(const Mlp<double>& network, MatrixView<const double> points,
                            MatrixView<LayerSignal> signals) {
  const std::size_t lanes = (points.rows + kTile - 1) / kTile;
  outcomes_.assign(lanes, Status{});
  workers_.run(lanes, [&](std::size_t lane, std::size_t thread) {
    const std::size_t first = lane * kTile;
    const std::size_t rows = std::min(kTile, points.rows - first);
    Status& outcome = outcomes_[lane];
    outcome = (*passes_[thread])
                  ->evaluate(network, points.block(first, 0, rows, points.columns),
                             signals.block(0, first, signals.rows, rows));
    if (outcome.code == StatusCode::not_finite) outcome.info += static_cast<int>(first);
  });
  const auto failed = std::ranges::find_if(outcomes_, [](Status status) { return !status.ok(); });
  return failed == outcomes_.end() ? Status{} : *failed;
}

}  // namespace pinnscope::apps
