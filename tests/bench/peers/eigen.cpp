// Eigen, written plainly: bench_eigen THREADS.

#include <Eigen/Dense>
#include <utility>

#include "bench/peers/plain.hpp"

namespace {

using namespace pinnscope::bench;
using Eigen::Index;
template <class T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
template <class T>
using Row = Eigen::Matrix<T, 1, Eigen::Dynamic>;
template <class T>
using Column = Eigen::Matrix<T, Eigen::Dynamic, 1>;

/// The layers of flat parameters (or of a gradient): weights and biases.
template <class T>
class Layers {
 public:
  Layers(const std::vector<std::size_t>& widths, T* p) {
    for (std::size_t l = 1; l < widths.size(); ++l) {
      const auto inputs = static_cast<Index>(widths[l - 1]);
      const auto outputs = static_cast<Index>(widths[l]);
      weights.emplace_back(p, inputs, outputs);
      biases.emplace_back(p + inputs * outputs, outputs);
      p += (inputs + 1) * outputs;
    }
  }
  std::vector<Eigen::Map<Matrix<T>>> weights;
  std::vector<Eigen::Map<Row<T>>> biases;
};

class Network {
 public:
  Network(const std::vector<std::size_t>& widths, std::vector<float> parameters)
      : parameters_(std::move(parameters)), layers_(widths, parameters_.data()) {}

  Matrix<float> evaluate(const Matrix<float>& points) const {
    Matrix<float> a = points;
    for (std::size_t l = 0; l < layers_.weights.size(); ++l) {
      Matrix<float> z = (a * layers_.weights[l]).rowwise() + layers_.biases[l];
      if (l + 1 < layers_.weights.size()) z = z.array().tanh();
      a = std::move(z);
    }
    return a;
  }

 private:
  std::vector<float> parameters_;
  Layers<float> layers_;
};

/// u, u_x and u_t - nu u_xx through the layers, and back; Adam.
template <class T>
class Training {
 public:
  Training(const std::vector<std::size_t>& widths, const std::vector<T>& parameters,
           const std::vector<T>& points)
      : p_(Eigen::Map<const Column<T>>(parameters.data(), static_cast<Index>(parameters.size()))),
        g_(p_),
        first_(0 * p_),
        second_(0 * p_),
        layers_(widths, p_.data()),
        slopes_(widths, g_.data()),
        a_(widths.size()),
        z_(widths.size()) {
    const auto count = static_cast<Index>(points.size() / 2);
    a_[0].u = Eigen::Map<const Matrix<T>>(points.data(), count, 2);
    a_[0].x = Matrix<T>::Zero(count, 2);
    a_[0].x.col(0).setOnes();
    a_[0].l = Matrix<T>::Zero(count, 2);
    a_[0].l.col(1).setOnes();
  }

  double loss() const { return loss_; }
  double gradient(std::size_t i) const { return g_[static_cast<Index>(i)]; }

  void differentiate() {
    const std::size_t last = layers_.weights.size();
    for (std::size_t l = 0; l < last; ++l) forward(l, l + 1 == last);
    const Streams& u = a_[last];
    const Column<T> r = u.l.array() + u.u.array() * u.x.array();
    loss_ = static_cast<double>(r.squaredNorm()) / static_cast<double>(r.rows());
    const Column<T> scaled = r * (T(2) / static_cast<T>(r.rows()));
    Streams back{scaled.array() * u.x.array(), scaled.array() * u.u.array(), scaled};
    for (std::size_t l = last; l-- > 0;) backward(l, l + 1 == last, back);
  }

  void step() {
    differentiate();
    ++steps_;
    first_ = T(0.9) * first_ + T(0.1) * g_;
    second_.array() = T(0.999) * second_.array() + T(0.001) * g_.array().square();
    const double rate =
        kRate * std::sqrt(1 - std::pow(0.999, steps_)) / (1 - std::pow(0.9, steps_));
    p_.array() -= static_cast<T>(rate) * first_.array() / (second_.array().sqrt() + T(1e-8));
  }

 private:
  struct Streams {
    Matrix<T> u, x, l;
  };

  void forward(std::size_t l, bool last) {
    const auto& w = layers_.weights[l];
    Streams& z = z_[l + 1];
    Streams& a = a_[l + 1];
    z.u.noalias() = a_[l].u * w;
    z.x.noalias() = a_[l].x * w;
    z.l.noalias() = a_[l].l * w;
    z.u.rowwise() += layers_.biases[l];
    if (last) {
      a = z;
      return;
    }
    a.u = z.u.array().tanh();
    const auto s = T(1) - a.u.array().square();
    a.x = s * z.x.array();
    a.l = s * (z.l.array() + T(2 * kViscosity) * a.u.array() * z.x.array().square());
  }

  void backward(std::size_t l, bool last, Streams& back) {
    if (!last) through_activation(z_[l + 1], a_[l + 1].u, back);
    const Streams& a = a_[l];
    slopes_.weights[l].noalias() = a.u.transpose() * back.u;
    slopes_.weights[l].noalias() += a.x.transpose() * back.x;
    slopes_.weights[l].noalias() += a.l.transpose() * back.l;
    slopes_.biases[l] = back.u.colwise().sum();
    if (l == 0) return;
    const auto w = layers_.weights[l].transpose();
    back = Streams{back.u * w, back.x * w, back.l * w};
  }

  static void through_activation(const Streams& z, const Matrix<T>& value, Streams& back) {
    const auto a = value.array();
    const auto s = T(1) - a.square();
    const auto x = z.x.array();
    const T nu = T(kViscosity);
    back.u = s * (back.u.array() - T(2) * a * x * back.x.array() -
                  (T(2) * a * z.l.array() + nu * (T(6) * a.square() - T(2)) * x.square()) *
                      back.l.array());
    back.x = s * (back.x.array() + T(4) * nu * a * x * back.l.array());
    back.l = s * back.l.array();
  }

  Column<T> p_, g_, first_, second_;
  Layers<T> layers_;
  Layers<T> slopes_;
  std::vector<Streams> a_, z_;
  double loss_ = 0;
  int steps_ = 0;
};

std::array<double, 2> decompose(const double* layer, std::size_t side) {
  const auto n = static_cast<Index>(side);
  const Matrix<double> w = Eigen::Map<const Matrix<double>>(layer, n, n);
  const Eigen::EigenSolver<Matrix<double>> eigenvalues(w, false);
  const Eigen::BDCSVD<Matrix<double>> values(w);
  return {eigenvalues.eigenvalues().real().sum(), values.singularValues().squaredNorm()};
}

void step_ftcs(const Column<double>& z, Column<double>& next) {
  const Index n = z.size();
  next.segment(1, n - 2) =
      kLower * z.head(n - 2) + kCentre * z.segment(1, n - 2) + kUpper * z.tail(n - 2);
  next[0] = kLower * z[n - 1] + kCentre * z[0] + kUpper * z[1];
  next[n - 1] = kLower * z[n - 2] + kCentre * z[n - 1] + kUpper * z[0];
}

Matrix<float> points_matrix(const std::vector<float>& points) {
  return Eigen::Map<const Matrix<float>>(points.data(), static_cast<Index>(points.size() / 2), 2);
}

}  // namespace

int main(int argc, char** argv) {
  const Worker worker{"Eigen " + std::to_string(EIGEN_WORLD_VERSION) + "." +
                          std::to_string(EIGEN_MAJOR_VERSION) + "." +
                          std::to_string(EIGEN_MINOR_VERSION),
                      argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1};
  time_trainings<Training>(worker);
  if (worker.threads > 1) return 0;
  time_forward<Network, Matrix<float>>(worker, points_matrix);
  time_spectra(worker, decompose);
  time_ftcs<Column<double>>(worker, step_ftcs);
}
