// Cost against size: points, width, cells, weights. Draws performance-sizes and writes its data.

#include <cmath>
#include <numbers>

#include "bench/bench.hpp"
#include "common/figure.hpp"
#include "pinnscope/core/random.hpp"
#include "pinnscope/nn/forward.hpp"
#include "pinnscope/nn/initialise.hpp"
#include "pinnscope/pde/problems.hpp"
#include "pinnscope/pde/training_problem.hpp"
#include "pinnscope/spectra/samples/kernel_density.hpp"
#include "pinnscope/step/stepper.hpp"
#include "pinnscope/train/trainer.hpp"
#include "sizes-script.hpp"

namespace {

using namespace pinnscope;
using namespace pinnscope::apps;
using pinnscope::bench::require;
using pinnscope::bench::time_each;
template <class Object>
using Owned = pinnscope::bench::Owned<Object>;

std::vector<std::size_t> widths_of(std::size_t width) {
  std::vector<std::size_t> widths(10, width);
  widths.front() = 2;
  widths.back() = 1;
  return widths;
}

/// The terms of the viscous problem with their points in proportion, as the paper has them.
double training_seconds(std::size_t width, std::size_t points) {
  const std::vector<std::size_t> widths = widths_of(width);
  const std::size_t sides = std::max<std::size_t>(2, points * 211 / 10000);
  Owned<TrainingProblem<float>> problem({.problem = find_problem("viscous"),
                                         .widths = widths,
                                         .points = points,
                                         .initial_points = sides,
                                         .boundary_points = sides});
  Owned<Trainer<float>> trainer({.network = {.widths = widths},
                                 .terms = problem->terms(),
                                 .adam_steps = 1 << 30,
                                 .lbfgs_iterations = 0,
                                 .threads = 2});
  return time_each([&] { require(trainer->step().ok(), "a training step failed"); }).median;
}

double forward_seconds(std::size_t width, std::size_t count) {
  const std::vector<std::size_t> widths = widths_of(width);
  Owned<Mlp<float>> network({.widths = widths});
  initialise(*network, Initialiser::glorot_uniform, 1);
  Owned<ForwardPass<float>> pass({.widths = widths});
  const std::vector<float> points(2 * count, 0.5f);
  std::vector<float> u(count);
  const auto work = [&] {
    const Status status = pass->evaluate(*network, {points.data(), count, 2}, {u.data(), count, 1});
    require(status.ok() && std::isfinite(u.back()), "a forward pass failed");
  };
  return time_each(work).median;
}

double step_seconds(Scheme scheme, std::size_t cells) {
  Owned<Stepper<double>> stepper(
      {.scheme = scheme, .cells = cells, .velocity = 0.1, .diffusivity = 0.2});
  std::vector<double> z(cells);
  for (std::size_t i = 0; i < cells; ++i) {
    z[i] = std::sin(2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(cells));
  }
  return time_each([&] { require(stepper->step(z).ok(), "a step failed"); }).median;
}

double density_seconds(std::size_t entries) {
  const Philox source(4);
  std::vector<double> sample(entries);
  for (std::size_t i = 0; i < entries; ++i) sample[i] = 0.1 * source.normal(i);
  Owned<KernelDensity> density({.capacity = entries});
  std::array<double, 20> bandwidths{};
  std::array<double, 20> scores{};
  geometric_bandwidths(1e-3, 1e-1, bandwidths);
  BandwidthChoice best;
  require(density->load(sample).ok(), "a sample was refused");
  const auto work = [&] {
    require(density->cross_validate(3, bandwidths, scores, best).ok(), "validation failed");
  };
  return time_each(work).median;
}

/// The slope of the cost in its last tenfold, on logarithmic axes.
double last_slope(const std::vector<double>& sizes, const std::vector<double>& costs) {
  std::size_t from = sizes.size() - 2;
  while (from > 0 && sizes[from] > sizes.back() / 9) --from;
  return std::log(costs.back() / costs[from]) / std::log(sizes.back() / sizes[from]);
}

/// One panel: a size, and what is timed at each.
struct Panel {
  std::string name;  // of the size
  std::vector<std::size_t> sizes;
  struct Line {
    std::string name;
    double (*seconds)(std::size_t size);
  };
  std::vector<Line> lines;
};

void measure(Figure& figure, const Panel& panel, std::string& variables) {
  std::vector<Column> columns{{panel.name, {panel.sizes.begin(), panel.sizes.end()}}};
  for (const Panel::Line& line : panel.lines) {
    Column& column = columns.emplace_back(Column{line.name, {}});
    for (const std::size_t size : panel.sizes) {
      column.values.push_back(1e3 * line.seconds(size));
    }
    const double slope = last_slope(columns.front().values, column.values);
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%.2f", slope);
    variables +=
        assignment(panel.name + "_slope_" + std::to_string(columns.size() - 1), text.data());
    std::printf("%s,%s,%s\n", panel.name.c_str(), line.name.c_str(), text.data());
    std::fflush(stdout);
  }
  figure.write("performance-" + panel.name, columns);
}

std::vector<Panel> panels() {
  return {
      {"points",
       {64, 200, 640, 2000, 6400, 20000},
       {{"Adam step; width 100; 2 threads", [](auto n) { return training_seconds(100, n); }},
        {"Adam step; width 20; 2 threads", [](auto n) { return training_seconds(20, n); }},
        {"forward; width 100; 1 thread", [](auto n) { return forward_seconds(100, n); }}}},
      {"width",
       {10, 20, 30, 50, 70, 100, 150, 200, 300},
       {{"Adam step; 2000 points; 2 threads", [](auto n) { return training_seconds(n, 2000); }},
        {"forward; 2000 points; 1 thread", [](auto n) { return forward_seconds(n, 2000); }}}},
      {"cells",
       {1000, 3000, 10000, 30000, 100000, 300000, 1000000, 3000000, 10000000, 30000000},
       {{"Crank-Nicolson; double", [](auto n) { return step_seconds(Scheme::crank_nicolson, n); }},
        {"RK4; double", [](auto n) { return step_seconds(Scheme::rk4, n); }},
        {"FTCS; double", [](auto n) { return step_seconds(Scheme::ftcs, n); }}}},
      {"weights",
       {300, 1000, 3000, 10000, 30000},
       {{"kernel density; 3 folds; 20 bandwidths", density_seconds}}}};
}

void draw(Figure& figure) {
  std::string variables;
  for (const Panel& panel : panels()) measure(figure, panel, variables);
  figure.draw("performance-sizes", variables, kSizesScript);
}

}  // namespace

int main(int argc, char** argv) {
  return run_figure(argc, argv, {.name = "bench_sizes", .description = "Cost against size"}, draw);
}
