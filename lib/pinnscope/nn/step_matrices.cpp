#include "pinnscope/nn/step_matrices.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

namespace pinnscope {
namespace {

/// target <- target + factor source, entry by entry from `first` on.
template <class T>
void add(VectorView<double> target, double factor, VectorView<const T> source,
         std::size_t first = 0) noexcept {
  for (std::size_t i = first; i < target.size(); ++i) target[i] += factor * double{source[i]};
}

/// A number that is not finite leaves a NaN when it is multiplied by zero.
template <class T>
bool are_finite(VectorView<const T> numbers) noexcept {
  T poison = 0;
  for (const T number : numbers) poison += 0 * number;
  return poison == 0;
}

/// Of an implicit step, P = (1 + s) M^-1 - s I: the share s that the identity has in M P, by which
/// the step that is solved for is shorter too.
double share_of_identity(LayerKind kind) noexcept {
  switch (kind) {
    case LayerKind::plain:
    case LayerKind::antisymmetric:
    case LayerKind::backward_euler: return 0;
    case LayerKind::cayley: break;
  }
  return 1;
}

}  // namespace

template <class T>
StepMatrices<T>::StepMatrices(const Config& config, Arena& arena) noexcept : step_(config.step) {
  assert(config.step.check(config.widths).ok());
  Layout carver(arena);
  storage_ = layout(carver, config);
}

template <class T>
Status StepMatrices<T>::form(VectorView<const T> generators, Mlp<T>& network) noexcept {
  assert(generators.size() == network.parameters().size());
  if (generators.data() != network.parameters().data()) {
    std::copy(generators.begin(), generators.end(), network.parameters().begin());
  }
  if (!active()) return {};
  bool finite = true;
  for (std::size_t l = 0; l < network.layers(); ++l) {
    if (!LayerStep::is_step(network.widths(), l)) continue;
    const MatrixView<T> weights = network.weights(l);
    const bool usable = is_implicit(step_.kind) ? form_implicit(weights) : form_explicit(weights);
    finite = finite && usable;
  }
  return finite ? Status{} : Status{StatusCode::not_finite};
}

/// I + h A, in place; whether that is finite.
template <class T>
bool StepMatrices<T>::form_explicit(MatrixView<T> weights) noexcept {
  for (std::size_t j = 0; j < weights.columns; ++j) {
    for (std::size_t i = 0; i < j; ++i) {
      const double entry = step_.size * (double{weights(i, j)} - double{weights(j, i)});
      weights(i, j) = static_cast<T>(entry);
      weights(j, i) = static_cast<T>(-entry);
    }
    weights(j, j) = static_cast<T>(1 - step_.size * step_.damping);
  }
  return are_finite<T>(weights.flat());
}

/// M^-1 of backward Euler; of Cayley 2 M^-1 - I, since I + h A/2 = 2 I - M. Whether M is finite:
/// of what is not, an inverse may be.
template <class T>
bool StepMatrices<T>::form_implicit(MatrixView<T> weights) noexcept {
  const std::size_t n = weights.columns;
  const double identity = share_of_identity(step_.kind);
  const double size = step_.size / (1 + identity);
  const MatrixView<double> matrix(storage_.first.data, n, n);
  const MatrixView<double> inverse(storage_.second.data, n, n);
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = 0; i < j; ++i) {
      const double entry = size * (double{weights(i, j)} - double{weights(j, i)});
      matrix(i, j) = -entry;
      matrix(j, i) = entry;
    }
    matrix(j, j) = 1 + size * step_.damping;
  }
  if (!are_finite<double>(matrix.flat())) return false;
  invert(matrix, inverse);
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = 0; i < n; ++i) {
      const double entry = (1 + identity) * inverse(i, j) - (i == j ? identity : 0);
      weights(i, j) = static_cast<T>(entry);
    }
  }
  return are_finite<T>(weights.flat());
}

/// `matrix` becomes its factors; a column of the identity after the other is solved for.
template <class T>
void StepMatrices<T>::invert(MatrixView<double> matrix, MatrixView<double> inverse) noexcept {
  const std::size_t n = matrix.columns;
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k + 1; i < n; ++i) {
      if (std::abs(matrix(i, k)) > std::abs(matrix(pivot, k))) pivot = i;
    }
    storage_.pivots[k] = pivot;
    for (std::size_t j = 0; pivot != k && j < n; ++j) std::swap(matrix(k, j), matrix(pivot, j));
    for (std::size_t i = k + 1; i < n; ++i) matrix(i, k) /= matrix(k, k);
    for (std::size_t j = k + 1; j < n; ++j) {
      add<double>(matrix.column(j), -matrix(k, j), matrix.column(k), k + 1);
    }
  }
  for (std::size_t j = 0; j < n; ++j) {
    const VectorView<double> x = inverse.column(j);
    std::fill(x.begin(), x.end(), 0.0);
    x[j] = 1;
    for (std::size_t k = 0; k < n; ++k) std::swap(x[k], x[storage_.pivots[k]]);
    for (std::size_t k = 0; k < n; ++k) add<double>(x, -x[k], matrix.column(k), k + 1);
    for (std::size_t k = n; k-- > 0;) {
      x[k] /= matrix(k, k);
      add<double>(x.first(k), -x[k], matrix.column(k));
    }
  }
}

template <class T>
Status StepMatrices<T>::pull_back(const Mlp<T>& network, VectorView<T> gradient) noexcept {
  assert(gradient.size() == network.parameters().size());
  if (!active()) return {};
  bool finite = true;
  for (std::size_t l = 0; l < network.layers(); ++l) {
    if (!LayerStep::is_step(network.widths(), l)) continue;
    const MatrixView<T> of_weights(gradient.data() + network.weight_offset(l), network.fan_in(l),
                                   network.fan_out(l));
    if (is_implicit(step_.kind)) {
      pull_back_implicit(network.weights(l), of_weights);
    } else {
      pull_back_explicit(of_weights);
    }
    finite = finite && are_finite<T>(of_weights.flat());
  }
  return finite ? Status{} : Status{StatusCode::not_finite};
}

template <class T>
void StepMatrices<T>::pull_back_explicit(MatrixView<T> gradient) noexcept {
  for (std::size_t j = 0; j < gradient.columns; ++j) {
    for (std::size_t i = 0; i < j; ++i) {
      const double entry = step_.size * (double{gradient(i, j)} - double{gradient(j, i)});
      gradient(i, j) = static_cast<T>(entry);
      gradient(j, i) = static_cast<T>(-entry);
    }
    gradient(j, j) = 0;
  }
}

/// (dL/dA)^T = h M^-1 G^T M^-1, columns being what follows each other in memory.
template <class T>
void StepMatrices<T>::pull_back_implicit(MatrixView<const T> weights,
                                         MatrixView<T> gradient) noexcept {
  const std::size_t n = weights.columns;
  const double identity = share_of_identity(step_.kind);
  const MatrixView<double> half(storage_.first.data, n, n);    // (1 + identity) M^-1 G^T
  const MatrixView<double> whole(storage_.second.data, n, n);  // (1 + identity)^2 M^-1 G^T M^-1
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = 0; i < n; ++i) half(i, j) = identity * double{gradient(j, i)};
    for (std::size_t k = 0; k < n; ++k) {
      add<T>(half.column(j), double{gradient(j, k)}, weights.column(k));
    }
  }
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = 0; i < n; ++i) whole(i, j) = identity * half(i, j);
    for (std::size_t k = 0; k < n; ++k) {
      add<double>(whole.column(j), double{weights(k, j)}, half.column(k));
    }
  }
  const double scale = step_.size / ((1 + identity) * (1 + identity));
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = 0; i < n; ++i) {
      gradient(i, j) = static_cast<T>(scale * (whole(j, i) - whole(i, j)));
    }
  }
}

template class StepMatrices<float>;
template class StepMatrices<double>;

}  // namespace pinnscope
