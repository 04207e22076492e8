// Times of one full-batch step of the paper's configuration: 2-100x8-1, 10,000 points, viscous
// Burgers. Verifies before it times; prints medians of seven runs and their ratios.

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <type_traits>
#include <vector>

#include "bench/bench.hpp"
#include "pinnscope/nn/initialise.hpp"
#include "pinnscope/pde/problems.hpp"
#include "pinnscope/pde/training_problem.hpp"
#include "pinnscope/tape/replay.hpp"
#include "pinnscope/train/trainer.hpp"

namespace {

using namespace pinnscope;
using namespace pinnscope::bench;

void print(const char* precision, const std::string& what, double seconds) {
  std::printf("%-7s %-34s %9.2f ms\n", precision, what.c_str(), 1e3 * seconds);
}

/// The tape of the residual over all points, a tile at a time, on one thread.
template <class T>
void time_gradient(const char* precision, const Mlp<T>& network, const LossTerm<T>& term) {
  Owned<Replay<T>> replay({.tape = term.tape});
  std::vector<T> gradient(network.parameters().size());
  const auto sweep = [&](bool back) {
    for (std::size_t start = 0; start < term.points.rows; start += replay->tile()) {
      const std::size_t rows = std::min(replay->tile(), term.points.rows - start);
      replay->forward(network, term.points.block(start, 0, rows, 2));
      if (back) replay->backward(network, 1e-4, gradient);
    }
  };
  sweep(true);
  if (!std::isfinite(replay->loss()) || gradient.front() == 0) std::exit(1);
  const double forward = time_of([&] { sweep(false); }).median;
  const double both = time_of([&] { sweep(true); }).median;
  print(precision, "forward, 1 thread", forward);
  print(precision, "forward and backward, 1 thread", both);
  std::printf("%-7s %-34s %9.2f\n", precision, "gradient / forward", both / forward);
}

template <class T>
void time_training(const char* precision) {
  std::vector<std::size_t> widths(10, 100);
  widths.front() = 2;
  widths.back() = 1;
  Owned<TrainingProblem<T>> problem({.problem = find_problem("viscous"), .widths = widths});
  Owned<Mlp<T>> network({.widths = widths});
  initialise(*network, Initialiser::glorot_uniform, 1);
  time_gradient<T>(precision, *network, problem->terms()[0]);
  const double flops = 2.0 * 3 * 3 * 10000 * (2 * 100 + 7 * 100 * 100 + 100);
  for (const std::size_t threads : {std::size_t{1}, std::size_t{2}}) {
    const typename Trainer<T>::Config config{
        .network = {.widths = widths}, .terms = problem->terms(), .threads = threads};
    Owned<Trainer<T>> trainer(config);
    const auto step = [&] {
      if (!trainer->step().ok()) std::exit(1);
    };
    const double seconds = time_of(step).median;
    print(precision, "Adam step, " + std::to_string(threads) + " thread(s)", seconds);
    std::printf("%-7s %-34s %9.1f GFLOP/s, %.1f MiB\n", precision, "  of three products a layer",
                1e-9 * flops / seconds,
                static_cast<double>(Trainer<T>::footprint(config).bytes) / (1 << 20));
  }
}

}  // namespace

int main() {
  std::printf("kernels: %s\n", fastest<Kernels<float>>().name);
  time_training<float>("float");
  time_training<double>("double");
}
