// Armadillo, written plainly: bench_armadillo THREADS.

#include <armadillo>
#include <utility>

#include "bench/peers/plain.hpp"

namespace {

using namespace pinnscope::bench;

/// The layers of flat parameters (or of a gradient): weights and biases, in the same memory.
template <class T>
class Layers {
 public:
  Layers(const std::vector<std::size_t>& widths, T* p) {
    weights.reserve(widths.size());  // a matrix that moves takes memory of its own
    biases.reserve(widths.size());
    for (std::size_t l = 1; l < widths.size(); ++l) {
      weights.emplace_back(p, widths[l - 1], widths[l], false, true);
      biases.emplace_back(p + widths[l - 1] * widths[l], widths[l], false, true);
      p += (widths[l - 1] + 1) * widths[l];
    }
  }
  std::vector<arma::Mat<T>> weights;
  std::vector<arma::Row<T>> biases;
};

class Network {
 public:
  Network(const std::vector<std::size_t>& widths, std::vector<float> parameters)
      : parameters_(std::move(parameters)), layers_(widths, parameters_.data()) {}

  arma::fmat evaluate(const arma::fmat& points) const {
    arma::fmat a = points;
    for (std::size_t l = 0; l < layers_.weights.size(); ++l) {
      arma::fmat z = a * layers_.weights[l];
      z.each_row() += layers_.biases[l];
      if (l + 1 < layers_.weights.size()) z = arma::tanh(z);
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
      : p_(parameters),
        g_(p_.n_elem),
        first_(p_.n_elem),
        second_(p_.n_elem),
        layers_(widths, p_.memptr()),
        slopes_(widths, g_.memptr()),
        a_(widths.size()),
        z_(widths.size()) {
    const std::size_t count = points.size() / 2;
    a_[0].u = arma::Mat<T>(points.data(), count, 2);
    a_[0].x.zeros(count, 2);
    a_[0].x.col(0).ones();
    a_[0].l.zeros(count, 2);
    a_[0].l.col(1).ones();
  }

  double loss() const { return loss_; }
  double gradient(std::size_t i) const { return g_[i]; }

  void differentiate() {
    const std::size_t last = layers_.weights.size();
    for (std::size_t l = 0; l < last; ++l) forward(l, l + 1 == last);
    const Streams& u = a_[last];
    const arma::Col<T> r = u.l + u.u % u.x;
    loss_ = static_cast<double>(arma::dot(r, r)) / static_cast<double>(r.n_elem);
    const arma::Col<T> scaled = r * (T(2) / static_cast<T>(r.n_elem));
    Streams back{scaled % u.x, scaled % u.u, scaled};
    for (std::size_t l = last; l-- > 0;) backward(l, l + 1 == last, back);
  }

  void step() {
    differentiate();
    ++steps_;
    first_ = T(0.9) * first_ + T(0.1) * g_;
    second_ = T(0.999) * second_ + T(0.001) * arma::square(g_);
    const double rate =
        kRate * std::sqrt(1 - std::pow(0.999, steps_)) / (1 - std::pow(0.9, steps_));
    p_ -= static_cast<T>(rate) * first_ / (arma::sqrt(second_) + T(1e-8));
  }

 private:
  struct Streams {
    arma::Mat<T> u, x, l;
  };

  void forward(std::size_t l, bool last) {
    const arma::Mat<T>& w = layers_.weights[l];
    Streams& z = z_[l + 1];
    Streams& a = a_[l + 1];
    z.u = a_[l].u * w;
    z.x = a_[l].x * w;
    z.l = a_[l].l * w;
    z.u.each_row() += layers_.biases[l];
    if (last) {
      a = z;
      return;
    }
    a.u = arma::tanh(z.u);
    const arma::Mat<T> s = T(1) - arma::square(a.u);
    a.x = s % z.x;
    a.l = s % (z.l + T(2 * kViscosity) * a.u % arma::square(z.x));
  }

  void backward(std::size_t l, bool last, Streams& back) {
    if (!last) through_activation(z_[l + 1], a_[l + 1].u, back);
    const Streams& a = a_[l];
    slopes_.weights[l] = a.u.t() * back.u + a.x.t() * back.x + a.l.t() * back.l;
    slopes_.biases[l] = arma::sum(back.u, 0);
    if (l == 0) return;
    const arma::Mat<T>& w = layers_.weights[l];
    back = Streams{back.u * w.t(), back.x * w.t(), back.l * w.t()};
  }

  static void through_activation(const Streams& z, const arma::Mat<T>& a, Streams& back) {
    const arma::Mat<T> s = T(1) - arma::square(a);
    const T nu = T(kViscosity);
    back.u =
        s % (back.u - T(2) * a % z.x % back.x -
             (T(2) * a % z.l + nu * (T(6) * arma::square(a) - T(2)) % arma::square(z.x)) % back.l);
    back.x = s % (back.x + T(4) * nu * a % z.x % back.l);
    back.l = s % back.l;
  }

  arma::Col<T> p_, g_, first_, second_;
  Layers<T> layers_;
  Layers<T> slopes_;
  std::vector<Streams> a_, z_;
  double loss_ = 0;
  int steps_ = 0;
};

std::array<double, 2> decompose(const double* layer, std::size_t side) {
  const arma::mat w(layer, side, side);
  const arma::cx_vec eigenvalues = arma::eig_gen(w);
  const arma::vec values = arma::svd(w);
  return {arma::accu(arma::real(eigenvalues)), arma::dot(values, values)};
}

void step_ftcs(const arma::vec& z, arma::vec& next) {
  const std::size_t n = z.n_elem;
  next.subvec(1, n - 2) =
      kLower * z.head(n - 2) + kCentre * z.subvec(1, n - 2) + kUpper * z.tail(n - 2);
  next[0] = kLower * z[n - 1] + kCentre * z[0] + kUpper * z[1];
  next[n - 1] = kLower * z[n - 2] + kCentre * z[n - 1] + kUpper * z[0];
}

arma::fmat points_matrix(const std::vector<float>& points) {
  return arma::fmat(points.data(), points.size() / 2, 2);
}

}  // namespace

int main(int argc, char** argv) {
  const arma::arma_version version;
  const Worker worker{"Armadillo " + std::to_string(version.major) + "." +
                          std::to_string(version.minor) + "." + std::to_string(version.patch),
                      argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1};
  time_trainings<Training>(worker);
  if (worker.threads > 1) return 0;
  time_forward<Network, arma::fmat>(worker, points_matrix);
  time_spectra(worker, decompose);
  time_ftcs<arma::vec>(worker, step_ftcs);
}
