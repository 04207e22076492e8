#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "nn/network.hpp"
#include "pinnscope/nn/forward.hpp"
#include "pinnscope/tape/replay.hpp"
#include "support/test.hpp"

namespace pinnscope::test {

/// The sum of a tape's loss over all points divided by their number, tile after tile; its gradient
/// is added to `gradient`.
template <class T>
double evaluate(const Tape<T>& tape, const Mlp<T>& network, MatrixView<const T> points,
                std::vector<T>& gradient, std::size_t tile = 8) {
  Owned<Replay<T>> replay({.tape = &tape, .tile = tile});
  const double scale = 1 / static_cast<double>(points.rows);
  double loss = 0;
  for (std::size_t start = 0; start < points.rows; start += tile) {
    const std::size_t rows = std::min(tile, points.rows - start);
    replay->forward(network, points.block(start, 0, rows, points.columns));
    loss += scale * replay->loss();
    replay->backward(network, scale, gradient);
  }
  return loss;
}

// A model is written once, as a function of a world, and computed twice: on a tape, and by plain
// numbers, point after point, with derivatives of a ForwardPass.

/// The world of a tape.
class TapeWorld {
 public:
  explicit TapeWorld(Tape<double>& tape) : tape_(tape) {}
  NetworkExpression<double> network(const Derivatives& derivatives = {}, std::size_t column = 0) {
    networks_.push_back(tape_.network(derivatives, column));
    derivatives_.push_back(derivatives);
    return networks_.back();
  }
  Expression<double> point(std::size_t column) { return tape_.point(column); }
  Expression<double> constant(double value) { return tape_.constant(value); }

  /// The loss with every derivative in it, times nothing: then nothing can be carried as one.
  Loss<double> with_derivatives(Loss<double> loss) const {
    for (std::size_t k = 0; k < networks_.size(); ++k) {
      for (const Derivative& derivative : derivatives_[k].list()) {
        if (derivative.order > 0) loss = loss + 0.0 * mean_square(networks_[k][derivative]);
      }
    }
    return loss;
  }

 private:
  Tape<double>& tape_;
  std::vector<NetworkExpression<double>> networks_;
  std::vector<Derivatives> derivatives_;
};

inline const Derivatives kPlainDerivatives{partial::dx, partial::dt, partial::dxx, partial::dxt,
                                           partial::dtt};

/// What a network says at one point.
class PlainNetwork {
 public:
  PlainNetwork(std::vector<double> values, std::size_t outputs)
      : values_(std::move(values)), outputs_(outputs) {}
  operator double() const { return values_[0]; }
  double operator[](Derivative derivative) const { return (*this)(0, derivative); }
  double operator()(std::size_t output, Derivative derivative = partial::value) const {
    return values_[kPlainDerivatives.index_of(derivative) * outputs_ + output];
  }

 private:
  std::vector<double> values_;
  std::size_t outputs_;
};

/// The world of one point.
class PlainWorld {
 public:
  PlainWorld(const Mlp<double>& network, ForwardPass<double>& pass, std::vector<double> point)
      : network_(network), pass_(pass), point_(std::move(point)) {}
  PlainNetwork network(const Derivatives& = {}, std::size_t column = 0) const {
    std::vector<double> values(pass_.value_columns(network_));
    REQUIRE(
        pass_.evaluate_point(network_, {point_.data() + column, network_.inputs()}, values).ok());
    return {values, network_.outputs()};
  }
  /// Of two functions of the point, given with their derivatives in the order of
  /// kPlainDerivatives: by the chain rule.
  PlainNetwork network_of(const std::array<double, 6>& a, const std::array<double, 6>& b) const {
    std::vector<double> by_input(pass_.value_columns(network_));
    const std::array<double, 2> at{a[0], b[0]};
    REQUIRE(pass_.evaluate_point(network_, at, by_input).ok());
    const PlainNetwork n(by_input, 1);
    std::vector<double> values{n};
    for (const Derivative& d : kPlainDerivatives.list().subspan(1)) {
      const std::size_t s = kPlainDerivatives.index_of(d);
      double sum = n[partial::dx] * a[s] + n[partial::dt] * b[s];
      if (d.order == 2) {
        const std::size_t i = kPlainDerivatives.index_of(partial::first(d.i));
        const std::size_t j = kPlainDerivatives.index_of(partial::first(d.j));
        sum += n[partial::dxx] * a[i] * a[j] + n[partial::dtt] * b[i] * b[j] +
               n[partial::dxt] * (a[i] * b[j] + a[j] * b[i]);
      }
      values.push_back(sum);
    }
    return {values, 1};
  }
  double point(std::size_t column) const { return point_[column]; }
  double constant(double value) const { return value; }

 private:
  const Mlp<double>& network_;
  ForwardPass<double>& pass_;
  std::vector<double> point_;
};

inline double square(double a) { return a * a; }
inline double sigmoid(double a) { return 1 / (1 + std::exp(-a)); }
inline double max(double a, double b) { return std::fmax(a, b); }
inline double min(double a, double b) { return std::fmin(a, b); }
inline double sqrt(double a, double epsilon) { return std::sqrt(a + epsilon); }
inline double abs(double a) { return std::fabs(a); }
inline double mean_square(double r) { return r * r; }
inline double mean_square(double r, double w) { return w * r * r; }

/// A network, points, and what becomes of models there.
struct Setting {
  std::vector<std::size_t> widths{2, 3, 3, 1};
  Activation hidden = Activation::tanh;
  std::size_t columns = 2;
  std::size_t rows = 7;
  std::size_t nodes = 200;  // of a tape
  std::uint64_t seed = 1;
};

struct Outcome {
  double loss = 0;
  std::vector<double> gradient;
  bool smooth = true;  // no kink within reach of the differences
};

/// The largest |a - b| / max(1, |b|).
inline double difference(const Outcome& a, const Outcome& b) {
  REQUIRE(a.gradient.size() == b.gradient.size());
  double worst = std::fabs(a.loss - b.loss) / std::fmax(1, std::fabs(b.loss));
  for (std::size_t i = 0; i < a.gradient.size(); ++i) {
    const double error =
        std::fabs(a.gradient[i] - b.gradient[i]) / std::fmax(1, std::fabs(b.gradient[i]));
    worst = error <= worst ? worst : error;  // a NaN stays
  }
  return worst;
}

class Bench {
 public:
  explicit Bench(const Setting& setting)
      : setting_(setting),
        network_({.widths = setting_.widths, .hidden = setting_.hidden}),
        pass_({.widths = setting_.widths, .derivatives = kPlainDerivatives}),
        points_(random_numbers<double>(setting_.rows * setting_.columns, setting_.seed + 1)) {
    randomise(*network_, setting_.seed);
  }

  Mlp<double>& network() { return *network_; }
  MatrixView<const double> points() const {
    return {points_.data(), setting_.rows, setting_.columns};
  }
  typename Tape<double>::Config config() const {
    return {.widths = setting_.widths, .columns = setting_.columns, .nodes = setting_.nodes};
  }

  Outcome of(const Tape<double>& tape, std::size_t tile = 5) {
    Outcome outcome{0, std::vector<double>(network_->parameters().size()), true};
    outcome.loss = evaluate(tape, *network_, points(), outcome.gradient, tile);
    return outcome;
  }

  template <class Model>
  Outcome on_tape(const Model& model, std::size_t tile = 5) {
    Owned<Tape<double>> tape(config());
    TapeWorld world(*tape);
    REQUIRE(tape->minimise(model(world)).ok());
    return of(*tape, tile);
  }

  /// The mean over the points, by plain numbers.
  template <class Model>
  double plain_loss(const Model& model) {
    double sum = 0;
    for (std::size_t p = 0; p < setting_.rows; ++p) {
      std::vector<double> point;
      for (std::size_t c = 0; c < setting_.columns; ++c) {
        point.push_back(points_[c * setting_.rows + p]);
      }
      PlainWorld world(*network_, *pass_, point);
      sum += model(world);
    }
    return sum / static_cast<double>(setting_.rows);
  }

  /// The same with the gradient by central differences, their leading error removed (Richardson).
  template <class Model>
  Outcome plain(const Model& model) {
    Outcome outcome{plain_loss(model), {}, true};
    for (double& parameter : network_->parameters()) {
      const double there = parameter;
      const auto slope = [&](double h) {
        parameter = there + h;
        const double ahead = plain_loss(model);
        parameter = there - h;
        const double behind = plain_loss(model);
        parameter = there;
        return (ahead - behind) / (2 * h);
      };
      const double near = slope(1e-4);
      const double far = slope(2e-4);
      outcome.gradient.push_back((4 * near - far) / 3);
      outcome.smooth = outcome.smooth && close(far, near, 1e-4);
    }
    return outcome;
  }

 private:
  Setting setting_;
  Owned<Mlp<double>> network_;
  Owned<ForwardPass<double>> pass_;
  std::vector<double> points_;
};

}  // namespace pinnscope::test
