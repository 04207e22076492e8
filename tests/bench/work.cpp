// The work that users wait for.

#include <cmath>
#include <numbers>

#include "bench/bench.hpp"
#include "pinnscope/core/random.hpp"
#include "pinnscope/core/workers.hpp"
#include "pinnscope/nn/forward.hpp"
#include "pinnscope/nn/initialise.hpp"
#include "pinnscope/nn/packed_pass.hpp"
#include "pinnscope/pde/problems.hpp"
#include "pinnscope/pde/training_problem.hpp"
#include "pinnscope/spectra/matrices/eigenvalues.hpp"
#include "pinnscope/spectra/matrices/singular_values.hpp"
#include "pinnscope/spectra/samples/kernel_density.hpp"
#include "pinnscope/step/stepper.hpp"
#include "pinnscope/train/trainer.hpp"

namespace {

using namespace pinnscope;
using namespace pinnscope::bench;

std::vector<std::size_t> widths_of(std::size_t width) {
  std::vector<std::size_t> widths(10, width);
  widths.front() = 2;
  widths.back() = 1;
  return widths;
}

/// Flops of one product of every layer for a point.
double product_flops(const std::vector<std::size_t>& widths) {
  double flops = 0;
  for (std::size_t l = 1; l < widths.size(); ++l) {
    flops += 2 * static_cast<double>(widths[l - 1] * widths[l]);
  }
  return flops;
}

/// Of all terms, that is with 623 points of data, or of the residual alone.
template <class T>
void time_training(const char* precision, std::size_t width, std::size_t points,
                   std::size_t repeats, bool residual_alone = false) {
  const std::vector<std::size_t> widths = widths_of(width);
  Owned<TrainingProblem<T>> problem(
      {.problem = find_problem("viscous"), .widths = widths, .points = points});
  Owned<Trainer<T>> trainer(
      {.network = {.widths = widths},
       .terms = problem->terms().first(residual_alone ? 1 : problem->terms().size()),
       .threads = 2,
       .lanes = residual_alone ? std::size_t{2} : std::size_t{8}});
  Times times = time_of([&] {
    for (std::size_t k = 0; k < repeats; ++k) {
      require(trainer->step().ok() && std::isfinite(trainer->loss()), "a training step failed");
    }
  });
  for (double* time : {&times.median, &times.least, &times.most}) {
    *time /= static_cast<double>(repeats);
  }
  // Three streams of the residual through three products of each layer.
  const double flops = 9 * static_cast<double>(points) * product_flops(widths);
  const std::string sizes = std::to_string(width) + "-" + std::to_string(points) + "-" +
                            (residual_alone ? "residual-" : "") + precision;
  print_row("adam-" + sizes + ": 2-" + std::to_string(width) + "x8-1; " + std::to_string(points) +
                " points; " + precision + "; 2 threads",
            times, 1e-9 * flops / times.median, "GFLOP/s");
}

void time_forward() {
  constexpr std::size_t kPoints = 10000;
  const std::vector<std::size_t> widths = widths_of(100);
  Owned<Mlp<float>> network({.widths = widths});
  initialise(*network, Initialiser::glorot_uniform, 1);
  Owned<ForwardPass<float>> pass({.widths = widths});
  const Philox source(3);
  std::vector<float> points(2 * kPoints);
  std::vector<float> u(kPoints);
  for (std::size_t i = 0; i < points.size(); ++i) {
    points[i] = static_cast<float>(source.uniform(i));
  }
  const MatrixView<const float> matrix(points.data(), kPoints, 2);
  const MatrixView<float> values(u.data(), kPoints, 1);
  require(pass->evaluate(*network, matrix, values).ok(), "a forward pass failed");
  const std::array<float, 2> point{points[0], points[kPoints]};
  std::array<float, 1> alone{};
  Owned<PackedPass<float>> packed_pass({.widths = widths});
  require(packed_pass->load(*network).ok(), "a network was refused");
  require(packed_pass->evaluate(point, alone).ok(), "a forward pass failed");
  require(std::fabs(alone[0] - u[0]) < 1e-5f, "one point and many disagree");
  constexpr int kRepeats = 1000;
  Times times = time_of([&] {
    for (int k = 0; k < kRepeats; ++k) {
      static_cast<void>(packed_pass->evaluate(point, alone));
    }
  });
  times = {times.median / kRepeats, times.least / kRepeats, times.most / kRepeats};
  const double flops = product_flops(widths);
  print_row("forward-one: 2-100x8-1; one point; float; 1 thread", times,
            1e-9 * flops / times.median, "GFLOP/s");
  times = time_of([&] { static_cast<void>(pass->evaluate(*network, matrix, values)); });
  print_row("forward-many: 2-100x8-1; 10000 points; float; 1 thread", times,
            1e-9 * flops * kPoints / times.median, "GFLOP/s");
}

void time_densities() {
  constexpr std::size_t kEntries = 10000;
  const Philox source(4);
  std::vector<double> sample(kEntries);
  for (std::size_t i = 0; i < kEntries; ++i) sample[i] = 0.1 * source.normal(i);
  Owned<KernelDensity> density({.capacity = kEntries});
  std::array<double, 20> bandwidths{};
  std::array<double, 20> scores{};
  geometric_bandwidths(1e-3, 1e-1, bandwidths);
  BandwidthChoice best;
  require(density->load(sample).ok(), "a sample was refused");
  const Times times = time_of([&] {
    require(density->cross_validate(3, bandwidths, scores, best).ok(), "validation failed");
  });
  print_row("kernel-density: 3 folds; 20 bandwidths; 10000 weights; 1 thread", times,
            20e-6 * kEntries / times.median, "M points/s");
}

void time_spectra() {
  constexpr std::size_t kLayers = 7;
  constexpr std::size_t kSide = 100;
  const Philox source(5);
  std::vector<double> w(kLayers * kSide * kSide);
  for (std::size_t i = 0; i < w.size(); ++i) w[i] = source.normal(i);
  Workers workers(2);
  Owned<Eigenvalues<double>> eigenvalues[2]{Owned<Eigenvalues<double>>({kSide}),
                                            Owned<Eigenvalues<double>>({kSide})};
  Owned<SingularValues<double>> values[2]{Owned<SingularValues<double>>({kSide, kSide}),
                                          Owned<SingularValues<double>>({kSide, kSide})};
  const Times times = time_of([&] {
    workers.run(2 * kLayers, [&](std::size_t lane, std::size_t thread) {
      const MatrixView<const double> layer(&w[lane % kLayers * kSide * kSide], kSide, kSide);
      const Status status =  // what takes longer first
          lane < kLayers ? eigenvalues[thread]->compute(layer) : values[thread]->compute(layer);
      require(status.ok(), "a decomposition failed");
    });
  });
  print_row("spectra: eigenvalues and singular values; seven 100 x 100; double; 2 threads", times,
            kLayers / times.median, "layers/s");
}

void time_scheme(Scheme scheme, std::size_t cells, std::size_t steps, const char* name) {
  Owned<Stepper<double>> stepper(
      {.scheme = scheme, .cells = cells, .velocity = 0.1, .diffusivity = 0.2});
  std::vector<double> z(cells);
  for (std::size_t i = 0; i < cells; ++i) {
    z[i] = std::sin(2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(cells));
  }
  Times times = time_of([&] { require(stepper->run(z, steps).ok(), "a step failed"); });
  require(std::fabs(z[cells / 4] - 1) < 1e-3, "a slow mode changed");
  for (double* time : {&times.median, &times.least, &times.most}) {
    *time /= static_cast<double>(steps);
  }
  print_row(name, times, 1e-9 * static_cast<double>(cells) / times.median, "Gcell/s");
}

}  // namespace

int main() {
  time_training<float>("float", 100, 10000, 1);
  time_training<double>("double", 100, 10000, 1);
  time_training<float>("float", 20, 10000, 10);
  time_training<float>("float", 20, 256, 100);
  time_training<float>("float", 20, 256, 100, true);
  time_forward();
  time_densities();
  time_spectra();
  constexpr std::size_t kMany = std::size_t{1} << 25;
  time_scheme(Scheme::ftcs, kMany, 64, "ftcs: periodic; 33 M cells; double; 64 steps; 1 thread");
  time_scheme(Scheme::ftcs, kMany, 1, "ftcs-step: periodic; 33 M cells; double; a step; 1 thread");
  time_scheme(Scheme::rk4, kMany, 16, "rk4: periodic; 33 M cells; double; 16 steps; 1 thread");
  time_scheme(Scheme::rk4, kMany, 1, "rk4-step: periodic; 33 M cells; double; a step; 1 thread");
  time_scheme(Scheme::crank_nicolson, std::size_t{1} << 22, 1,
              "crank-nicolson: periodic; 4 M cells; double; 1 thread");
}
