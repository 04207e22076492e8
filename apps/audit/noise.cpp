#include "noise.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>

#include "evidence.hpp"
#include "pinnscope/io/armadillo.hpp"
#include "pinnscope/io/owned.hpp"
#include "pinnscope/nn/relabelling.hpp"
#include "pinnscope/spectra/layers/layer_relabellings.hpp"
#include "pinnscope/spectra/matrices/eigenvalues.hpp"
#include "pinnscope/spectra/matrices/root_mean_square.hpp"
#include "pinnscope/spectra/matrices/singular_values.hpp"
#include "pinnscope/spectra/matrices/singular_vectors.hpp"
#include "pinnscope/spectra/matrices/spectral_entropy.hpp"
#include "pinnscope/spectra/nulls/null_model.hpp"
#include "pinnscope/spectra/random_matrices/bulk.hpp"
#include "pinnscope/spectra/random_matrices/circular_law.hpp"
#include "pinnscope/spectra/random_matrices/marchenko_pastur.hpp"

namespace pinnscope::apps {
namespace {

constexpr std::uint64_t kSingleMatrices = 1 << 20;  // a group behind those of numbers of spikes

/// What measures square matrices of one order, one after the other, `zeros` of whose singular
/// values and eigenvalues are none but for rounding.
class Meter {
 public:
  Meter(std::size_t order, std::size_t zeros, bool eigenvalues)
      : left_(order - zeros),
        wants_eigenvalues_(eigenvalues),
        singular_({.rows = order, .columns = order}),
        eigenvalues_({.order = order}),
        disc_({.capacity = order}) {}

  SpectrumNumbers measure(const arma::mat& weights) {
    SpectrumNumbers numbers;
    numbers.fill(kUnknown);
    const auto left = static_cast<double>(left_);
    // Of the matrix that is left: its squares are those of all entries.
    const double rms = root_mean_square(view(weights)) * static_cast<double>(weights.n_rows) / left;
    if (!(rms > 0) || !singular_->compute(view(weights), rms).ok()) return numbers;
    const double sigma = measure_singular_values(numbers);
    if (wants_eigenvalues_ && eigenvalues_->compute(view(weights), rms * std::sqrt(left)).ok()) {
      measure_eigenvalues(sigma, numbers);
    }
    return numbers;
  }

 private:
  /// Returns sigma / rms.
  double measure_singular_values(SpectrumNumbers& numbers) {
    const VectorView<const double> s = singular_->values().first(left_);
    SpectralEntropy entropy;
    if (spectral_entropy(s, entropy).ok()) {
      numbers[index_of(SpectrumNumber::entropy_deficit)] =
          std::log(static_cast<double>(left_)) - entropy.entropy;
    }
    MarchenkoPasturFit law;
    if (compare_with_marchenko_pastur(s, left_, left_, 1, law).ok()) {
      numbers[index_of(SpectrumNumber::largest)] = law.largest;
      numbers[index_of(SpectrumNumber::singular_at_rms)] = law.distance;
    }
    BulkEstimate bulk;
    if (!estimate_bulk(s, left_, left_, bulk).ok() || !(bulk.sigma > 0)) return kUnknown;
    const double ratio = bulk.sigma / bulk.rms;
    numbers[index_of(SpectrumNumber::bulk_share)] = 1 - ratio * ratio;
    if (compare_with_marchenko_pastur(s, left_, left_, bulk.sigma, law).ok()) {
      numbers[index_of(SpectrumNumber::singular_at_bulk)] = law.distance;
    }
    return bulk.sigma;
  }

  void measure_eigenvalues(double sigma, SpectrumNumbers& numbers) {
    std::vector<double> radii(eigenvalues_->real().size());
    for (std::size_t k = 0; k < radii.size(); ++k) {
      radii[k] = std::hypot(eigenvalues_->real()[k], eigenvalues_->imaginary()[k]);
    }
    std::sort(radii.begin(), radii.end(), std::greater<>());
    radii.resize(left_);
    const std::vector<double> none(left_);  // the law knows of radii alone
    CircularLawFit fit;
    if (disc_->compare(radii, none, fit).ok()) {
      numbers[index_of(SpectrumNumber::eigenvalue_at_rms)] = fit.distance;
    }
    for (double& radius : radii) radius /= sigma;
    if (disc_->compare(radii, none, fit).ok()) {
      numbers[index_of(SpectrumNumber::eigenvalue_at_bulk)] = fit.distance;
    }
  }

  std::size_t left_;
  bool wants_eigenvalues_;
  Owned<SingularValues<double>> singular_;
  Owned<Eigenvalues<double>> eigenvalues_;
  Owned<CircularLaw<double>> disc_;
};

std::vector<std::unique_ptr<Meter>> crew_of(const Workers& workers, std::size_t order,
                                            std::size_t zeros, bool eigenvalues) {
  std::vector<std::unique_ptr<Meter>> meters;
  for (std::size_t k = 0; k < workers.threads(); ++k) {
    meters.push_back(std::make_unique<Meter>(order, zeros, eigenvalues));
  }
  return meters;
}

void keep(const SpectrumNumbers& numbers, std::size_t draw, SpectrumDraws& draws) {
  for (std::size_t k = 0; k < kSpectrumNumbers; ++k) draws.values[k][draw] = numbers[k];
}

SpectrumDraws room_for(std::size_t draws) {
  SpectrumDraws room;
  for (std::vector<double>& values : room.values) values.assign(draws, kUnknown);
  return room;
}

double product(VectorView<const double> a, VectorView<const double> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

void subtract(double factor, VectorView<const double> from, VectorView<double> target) {
  for (std::size_t i = 0; i < target.size(); ++i) target[i] -= factor * from[i];
}

/// Takes out of W what lies along `count` random directions on the left (Gram and Schmidt on normal
/// vectors, numbers of `random` from `first` on) and along the first `count` axes on the right:
/// for entries that are independent and normal, any right directions serve.
void take_directions(arma::mat& weights, std::size_t count, const Philox& random,
                     std::uint64_t first) {
  const MatrixView<double> w = view(weights);
  arma::mat basis(w.rows, count);
  for (std::size_t k = 0; k < count; ++k) {
    const VectorView<double> direction = view(basis).column(k);
    for (double& entry : direction) entry = random.normal(first++);
    for (int pass = 0; pass < 2; ++pass) {
      for (std::size_t j = 0; j < k; ++j) {
        const VectorView<double> other = view(basis).column(j);
        subtract(product(other, direction), other, direction);
      }
    }
    const double length = std::sqrt(product(direction, direction));
    for (double& entry : direction) entry /= length;
    for (double& entry : w.column(k)) entry = 0;
    for (std::size_t column = 0; column < w.columns; ++column) {
      subtract(product(direction, w.column(column)), direction, w.column(column));
    }
  }
}

/// W less the parts of its first `spikes` singular values; zeros where it has none.
arma::mat without_spikes(const arma::mat& weights, std::size_t spikes) {
  const std::size_t n = weights.n_rows;
  if (spikes == 0) return weights;
  Owned<SingularVectors<double>> parts({.rows = n, .columns = n});
  if (!parts->compute(view(weights)).ok()) return arma::mat(n, n);
  arma::mat left = weights;
  for (std::size_t k = 0; k < spikes; ++k) {
    for (std::size_t column = 0; column < n; ++column) {
      subtract(parts->values()[k] * parts->right(k)[column], parts->left(k),
               view(left).column(column));
    }
  }
  return left;
}

/// Labels of one side.
struct SideLabels {
  explicit SideLabels(std::size_t n) : order(n), signs(n) {}
  Labels view() { return {order, signs}; }
  std::vector<std::size_t> order;
  std::vector<double> signs;
};

}  // namespace

SpectrumNumbers measure_spectrum(const arma::mat& weights, std::size_t spikes) {
  return Meter(weights.n_rows, spikes, true).measure(without_spikes(weights, spikes));
}

SpectrumDraws draw_relabelled(const arma::mat& weights, std::size_t spikes, bool signs,
                              std::size_t draws, std::uint64_t seed, std::uint64_t stream,
                              Workers& workers) {
  SpectrumDraws drawn = room_for(draws);
  const std::size_t n = weights.n_rows;
  const auto meters = crew_of(workers, n, spikes, true);
  const arma::mat left = without_spikes(weights, spikes);
  workers.run(draws, [&](std::size_t draw, std::size_t thread) noexcept {
    SideLabels rows(n);
    SideLabels columns(n);
    draw_layer_labels({.signs = signs}, seed, draw, stream, rows.view(), columns.view());
    arma::mat relabelled(n, n);
    if (!relabel<double>(view(left), rows.view(), columns.view(), view(relabelled)).ok()) return;
    keep(meters[thread]->measure(relabelled), draw, drawn);
  });
  return drawn;
}

SpectrumDraws draw_shuffled(const arma::mat& weights, std::size_t draws, std::uint64_t seed,
                            std::uint64_t stream, Workers& workers) {
  SpectrumDraws drawn = room_for(draws);
  const auto meters = crew_of(workers, weights.n_rows, 0, false);
  workers.run(draws, [&](std::size_t draw, std::size_t thread) noexcept {
    arma::mat shuffled(weights.n_rows, weights.n_cols);
    const Philox random(seed, StreamPurpose::shuffled_layers, draw, stream);
    if (!draw_null({.kind = NullKind::permutation}, view(weights), random, view(shuffled)).ok()) {
      return;
    }
    keep(meters[thread]->measure(shuffled), draw, drawn);
  });
  return drawn;
}

arma::mat gaussian_matrix(std::size_t order, std::uint64_t seed, std::uint64_t draw) {
  const Philox random(seed, StreamPurpose::gaussian_matrices, draw, kSingleMatrices);
  arma::mat drawn(order, order);
  for (std::uint64_t i = 0; i < drawn.n_elem; ++i) drawn[i] = random.normal(i);
  return drawn;
}

SpectrumDraws draw_gaussian(std::size_t order, std::size_t spikes, std::size_t draws,
                            std::uint64_t seed, Workers& workers) {
  SpectrumDraws drawn = room_for(draws);
  const auto meters = crew_of(workers, order, spikes, true);
  workers.run(draws, [&](std::size_t draw, std::size_t thread) noexcept {
    const Philox random(seed, StreamPurpose::gaussian_matrices, draw, spikes);
    arma::mat noise(order, order);
    for (std::uint64_t i = 0; i < noise.n_elem; ++i) noise[i] = random.normal(i);
    take_directions(noise, spikes, random, noise.n_elem);
    keep(meters[thread]->measure(noise), draw, drawn);
  });
  return drawn;
}

}  // namespace pinnscope::apps
