#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "bench/bench.hpp"
#include "pinnscope/core/random.hpp"

/// What the peers in C++ share: the work, how it is verified, how it is timed.
namespace pinnscope::bench {

inline constexpr double kViscosity = 0.01 / std::numbers::pi;
inline constexpr double kRate = 5e-4;  // of Adam

inline std::vector<std::size_t> widths_of(std::size_t width) {
  std::vector<std::size_t> widths(10, width);
  widths.front() = 2;
  widths.back() = 1;
  return widths;
}

/// Flops of one product of every layer for a point.
inline double product_flops(const std::vector<std::size_t>& widths) {
  double flops = 0;
  for (std::size_t l = 1; l < widths.size(); ++l) {
    flops += 2 * static_cast<double>(widths[l - 1] * widths[l]);
  }
  return flops;
}

/// Glorot-uniform weights (fan-in x fan-out, column-major) and zero biases, layer after layer.
template <class T>
std::vector<T> draw_parameters(const std::vector<std::size_t>& widths) {
  const Philox source(1);
  std::vector<T> parameters;
  for (std::size_t l = 1; l < widths.size(); ++l) {
    const double bound = std::sqrt(6.0 / static_cast<double>(widths[l - 1] + widths[l]));
    for (std::size_t i = 0; i < widths[l - 1] * widths[l]; ++i) {
      parameters.push_back(static_cast<T>(bound * (2 * source.uniform(parameters.size()) - 1)));
    }
    parameters.resize(parameters.size() + widths[l]);
  }
  return parameters;
}

/// A column of x, then one of t.
template <class T>
std::vector<T> draw_points(std::size_t count) {
  const Philox source(3);
  std::vector<T> points(2 * count);
  for (std::size_t i = 0; i < points.size(); ++i) points[i] = static_cast<T>(source.uniform(i));
  return points;
}

/// The network at a point, by the plainest loops.
inline double plain_value(const std::vector<std::size_t>& widths, const std::vector<double>& p,
                          double x, double t) {
  std::vector<long double> input{x, t};
  std::size_t at = 0;
  for (std::size_t l = 1; l < widths.size(); ++l) {
    std::vector<long double> output(widths[l]);
    for (std::size_t o = 0; o < widths[l]; ++o) {
      output[o] = p[at + widths[l - 1] * widths[l] + o];
      for (std::size_t i = 0; i < widths[l - 1]; ++i) {
        output[o] += input[i] * p[at + o * widths[l - 1] + i];
      }
      if (l + 1 < widths.size()) output[o] = std::tanh(output[o]);
    }
    at += (widths[l - 1] + 1) * widths[l];
    input = output;
  }
  return static_cast<double>(input[0]);
}

/// The mean square of u_t + u u_x - nu u_xx, its derivatives by differences of O(h^4).
inline double plain_loss(const std::vector<std::size_t>& widths, const std::vector<double>& p,
                         const std::vector<double>& points) {
  constexpr double kStep = 1e-3;
  const std::size_t count = points.size() / 2;
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto u = [&](int dx, int dt) {
      return plain_value(widths, p, points[i] + dx * kStep, points[count + i] + dt * kStep);
    };
    const double u_x = (8 * (u(1, 0) - u(-1, 0)) - (u(2, 0) - u(-2, 0))) / (12 * kStep);
    const double u_t = (8 * (u(0, 1) - u(0, -1)) - (u(0, 2) - u(0, -2))) / (12 * kStep);
    const double u_xx =
        (16 * (u(1, 0) + u(-1, 0)) - (u(2, 0) + u(-2, 0)) - 30 * u(0, 0)) / (12 * kStep * kStep);
    const double r = u_t + u(0, 0) * u_x - kViscosity * u_xx;
    sum += r * r;
  }
  return sum / static_cast<double>(count);
}

/// Who does the work: "Eigen 3.4.0 (2 threads)".
struct Worker {
  std::string name;
  std::size_t threads = 1;
  std::string text() const {
    return name + " (" + std::to_string(threads) + (threads == 1 ? " thread)" : " threads)");
  }
};

/// The gradient along a direction against the difference of losses.
template <template <class> class Training>
void verify_training() {
  const std::vector<std::size_t> widths = widths_of(20);
  const std::vector<double> points = draw_points<double>(50);
  std::vector<double> p = draw_parameters<double>(widths);
  Training<double> training(widths, p, points);
  training.differentiate();
  require(std::fabs(training.loss() / plain_loss(widths, p, points) - 1) < 1e-6, "a wrong loss");
  const Philox source(7);
  constexpr double kStep = 1e-4;
  double expected = 0;
  double along = 0;
  for (const int side : {1, -1}) {
    std::vector<double> moved = p;
    for (std::size_t i = 0; i < p.size(); ++i) moved[i] += side * kStep * source.normal(i);
    expected += side * plain_loss(widths, moved, points) / (2 * kStep);
  }
  for (std::size_t i = 0; i < p.size(); ++i) along += training.gradient(i) * source.normal(i);
  require(std::fabs(along / expected - 1) < 1e-4, "a wrong gradient");
}

/// The residual alone, without the initial and boundary terms.
template <template <class> class Training, class T>
void time_training(const Worker& worker, const char* precision, std::size_t width) {
  constexpr std::size_t kPoints = 10000;
  const std::vector<std::size_t> widths = widths_of(width);
  Training<T> training(widths, draw_parameters<T>(widths), draw_points<T>(kPoints));
  const Times times = time_each([&] { training.step(); });
  require(std::isfinite(training.loss()), "a training step failed");
  print_row(
      "adam-" + std::to_string(width) + "-10000-" + precision + ": streams by hand; residual alone",
      times, 9e-9 * kPoints * product_flops(widths) / times.median, "GFLOP/s", worker.text());
}

/// Network::evaluate(points) gives the column of values at points (P x 2).
template <class Network, class Matrix>
void time_forward(const Worker& worker, Matrix (*matrix)(const std::vector<float>&)) {
  constexpr std::size_t kPoints = 10000;
  const std::vector<std::size_t> widths = widths_of(100);
  const Network network(widths, draw_parameters<float>(widths));
  const std::vector<double> p = draw_parameters<double>(widths);
  const std::vector<float> drawn = draw_points<float>(kPoints);
  const Matrix points = matrix(drawn);
  const Matrix point = matrix({drawn[0], drawn[kPoints]});
  Matrix u = network.evaluate(point);
  const double expected = plain_value(widths, p, drawn[0], drawn[kPoints]);
  require(std::fabs(u(0, 0) - expected) < 1e-5, "a wrong value at a point");
  const double flops = 1e-9 * product_flops(widths);
  Times times = time_each([&] { u = network.evaluate(point); });
  print_row("forward-one: 2-100x8-1; one point; float", times, flops / times.median, "GFLOP/s",
            worker.text());
  times = time_each([&] { u = network.evaluate(points); });
  require(std::fabs(u(0, 0) - expected) < 1e-5, "a wrong value among many");
  print_row("forward-many: 2-100x8-1; 10000 points; float", times, kPoints * flops / times.median,
            "GFLOP/s", worker.text());
}

/// decompose(layer) gives the sum of the eigenvalues and that of the squared singular values.
template <class Decompose>
void time_spectra(const Worker& worker, Decompose&& decompose) {
  constexpr std::size_t kLayers = 7;
  constexpr std::size_t kSide = 100;
  const Philox source(5);
  std::vector<double> w(kLayers * kSide * kSide);
  for (std::size_t i = 0; i < w.size(); ++i) w[i] = source.normal(i);
  const auto work = [&](std::size_t layer) { return decompose(&w[layer * kSide * kSide], kSide); };
  double trace = 0;
  double square = 0;
  for (std::size_t i = 0; i < kSide; ++i) trace += w[i * (kSide + 1)];
  for (std::size_t i = 0; i < kSide * kSide; ++i) square += w[i] * w[i];
  const std::array<double, 2> sums = work(0);
  require(std::fabs(sums[0] - trace) < 1e-8, "wrong eigenvalues");
  require(std::fabs(sums[1] / square - 1) < 1e-10, "wrong singular values");
  const Times times = time_each([&] {
    for (std::size_t layer = 0; layer < kLayers; ++layer) work(layer);
  });
  print_row("spectra: eigenvalues and singular values; seven 100 x 100; double", times,
            kLayers / times.median, "layers/s", worker.text());
}

/// step(z, next) is a step of FTCS with these coefficients; a mode is multiplied by G.
inline constexpr double kLower = 0.25;
inline constexpr double kCentre = 0.6;
inline constexpr double kUpper = 0.15;

template <class Vector, class Step>
void time_ftcs(const Worker& worker, Step&& step) {
  constexpr std::size_t kCells = std::size_t{1} << 25;
  const auto mode = [](std::size_t cells) {
    Vector z(cells);
    double* values = &z(0);
    for (std::size_t i = 0; i < cells; ++i) {
      values[i] =
          std::sin(2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(cells));
    }
    return z;
  };
  Vector few = mode(12);
  Vector next = few;
  step(few, next);
  const double* from = &few(0);
  const double* to = &next(0);
  for (std::size_t i = 0; i < 12; ++i) {
    const double expected =
        kLower * from[(i + 11) % 12] + kCentre * from[i] + kUpper * from[(i + 1) % 12];
    require(std::fabs(to[i] - expected) < 1e-14, "a wrong step");
  }
  Vector z = mode(kCells);
  next = z;
  const Times times = time_of([&] {
    step(z, next);
    z.swap(next);
  });
  print_row("ftcs: periodic; 33 M cells; double", times, 1e-9 * kCells / times.median, "Gcell/s",
            worker.text());
}

/// What a program of a peer does: all, or with more than one thread what threads may help.
template <template <class> class Training>
void time_trainings(const Worker& worker) {
  verify_training<Training>();
  time_training<Training, float>(worker, "float", 100);
  time_training<Training, double>(worker, "double", 100);
  time_training<Training, float>(worker, "float", 20);
}

}  // namespace pinnscope::bench
