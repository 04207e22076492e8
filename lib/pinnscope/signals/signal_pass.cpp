#include "pinnscope/signals/signal_pass.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

#include "pinnscope/nn/panels.hpp"

namespace pinnscope {
namespace {

/// A number for each point of a panel.
template <class T>
using Row = std::array<double, kPanelRows<T>>;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// use(row, value) for each entry of a panel of `width` neurons.
template <class T, class Use>
void for_each_entry(T* panel, std::size_t width, Use&& use) noexcept {
  for (std::size_t neuron = 0; neuron < width; ++neuron, panel += kPanelRows<T>) {
    for (std::size_t r = 0; r < kPanelRows<T>; ++r) use(r, panel[r]);
  }
}

/// The same for the entries of two panels that stand in each other's place.
template <class T, class U, class Use>
void for_each_pair(T* left, U* right, std::size_t width, Use&& use) noexcept {
  for (std::size_t neuron = 0; neuron < width; ++neuron) {
    for (std::size_t r = 0; r < kPanelRows<T>; ++r) use(r, left[r], right[r]);
    left += kPanelRows<T>;
    right += kPanelRows<T>;
  }
}

/// From which |z| on f(z) is not known.
template <class T>
T unknown_from(const Mlp<T>& network, std::size_t layer) noexcept {
  T limit{};
  with_activation<T>(network.activation(layer), network.activation_parameters(),
                     [&](auto function) { limit = function.unknown_from(); });
  return limit;
}

/// The mean of z^2 over the neurons for each point of a panel; NaN where that, or f(z), is not
/// known.
template <class T>
void find_mean_squares(const T* z, std::size_t width, T limit, double* mean_squares) noexcept {
  Row<T> sum{};
  Row<T> known{};
  for_each_entry(z, width, [&](std::size_t r, T value) {
    sum[r] += static_cast<double>(value) * static_cast<double>(value);
    known[r] += std::fabs(value) < limit ? 1 : 0;
  });
  for (std::size_t r = 0; r < kPanelRows<T>; ++r) {
    const bool whole = known[r] == static_cast<double>(width) && std::isfinite(sum[r]);
    mean_squares[r] = whole ? sum[r] / static_cast<double>(width) : LayerSignal::kUnknown;
  }
}

/// Columns of length 1, what was divided out added to their logarithms. A column below the normal
/// numbers becomes zeros.
template <class T>
void normalise(T* column, std::size_t width, double* logarithms) noexcept {
  Row<T> largest{};
  for_each_entry(column, width, [&](std::size_t r, T entry) {
    const double size = std::fabs(static_cast<double>(entry));
    largest[r] = size > largest[r] || size != size ? size : largest[r];
  });
  Row<T> scale{};
  for (std::size_t r = 0; r < kPanelRows<T>; ++r) {
    const bool vanishes = largest[r] < static_cast<double>(std::numeric_limits<T>::min());
    scale[r] = vanishes ? 0 : 1 / largest[r];
    logarithms[r] += vanishes ? -kInfinity : std::log(largest[r]);
  }
  Row<T> squares{};
  for_each_entry(column, width, [&](std::size_t r, T entry) {
    const double scaled = static_cast<double>(entry) * scale[r];
    squares[r] += scaled * scaled;
  });
  for (std::size_t r = 0; r < kPanelRows<T>; ++r) {
    if (scale[r] == 0) continue;
    logarithms[r] += std::log(squares[r]) / 2;
    scale[r] /= std::sqrt(squares[r]);
  }
  for_each_entry(column, width, [&](std::size_t r, T& entry) {
    entry = static_cast<T>(static_cast<double>(entry) * scale[r]);
  });
}

/// A rotation of the columns e^a u and e^b v, u and v of length 1, that makes them orthogonal, in
/// terms of u and v: u <- own u + other v, and v likewise.
template <class T>
struct Rotation {
  Row<T> own_u, other_u, own_v, other_v;

  /// For the point r, whose u and v have the scalar product c. With L the longer of the two, S the
  /// other, rho = |S| / |L|: the tangent is kappa rho, which stays exact for rho = 0, where S loses
  /// its part along L and L stays.
  void find(std::size_t r, double c, double a, double b) noexcept {
    const bool u_is_longer = a >= b;
    const double rho = std::exp(u_is_longer ? b - a : a - b);
    const double gap = (1 - rho) * (1 + rho);
    const double kappa = 2 * c / (gap + std::hypot(gap, 2 * c * rho));
    const double cosine = 1 / std::sqrt(1 + kappa * kappa * rho * rho);
    const double longer = cosine * kappa * rho * rho;
    const double shorter = -cosine * kappa;
    own_u[r] = own_v[r] = cosine;
    other_u[r] = u_is_longer ? longer : shorter;
    other_v[r] = u_is_longer ? shorter : longer;
  }
};

/// What to multiply a rotated column by for length 1; none is left where rounding is all there is.
template <class T>
double restored_scale(double squares, double& logarithm) noexcept {
  constexpr double kRounding = 16 * static_cast<double>(std::numeric_limits<T>::epsilon());
  const double norm = std::sqrt(squares);
  logarithm += norm <= kRounding ? -kInfinity : std::log(norm);
  return norm <= kRounding ? 0 : 1 / norm;
}

/// Makes the columns u and v of a panel orthogonal, point by point. Returns whether there was
/// anything to do. A point that needs nothing keeps its bits.
template <class T>
bool rotate(T* u, T* v, std::size_t width, double* log_u, double* log_v) noexcept {
  const double tolerance = static_cast<double>(std::numeric_limits<T>::epsilon()) *
                           std::fmax(8, std::sqrt(static_cast<double>(width)));
  Row<T> products{};
  for_each_pair(u, v, width, [&](std::size_t r, T left, T right) {
    products[r] += static_cast<double>(left) * static_cast<double>(right);
  });
  Rotation<T> rotation{};
  bool rotates = false;
  for (std::size_t r = 0; r < kPanelRows<T>; ++r) {
    rotation.own_u[r] = rotation.own_v[r] = 1;
    if (!(std::fabs(products[r]) > tolerance)) continue;
    rotation.find(r, products[r], log_u[r], log_v[r]);
    rotates = true;
  }
  if (!rotates) return false;
  Row<T> squares_u{};
  Row<T> squares_v{};
  for_each_pair(u, v, width, [&](std::size_t r, T& left, T& right) {
    const double l = static_cast<double>(left);
    const double m = static_cast<double>(right);
    left = static_cast<T>(rotation.own_u[r] * l + rotation.other_u[r] * m);
    right = static_cast<T>(rotation.own_v[r] * m + rotation.other_v[r] * l);
    squares_u[r] += static_cast<double>(left) * static_cast<double>(left);
    squares_v[r] += static_cast<double>(right) * static_cast<double>(right);
  });
  for (std::size_t r = 0; r < kPanelRows<T>; ++r) {
    const bool stays = !(std::fabs(products[r]) > tolerance);
    squares_u[r] = stays ? 1 : restored_scale<T>(squares_u[r], log_u[r]);
    squares_v[r] = stays ? 1 : restored_scale<T>(squares_v[r], log_v[r]);
  }
  for_each_pair(u, v, width, [&](std::size_t r, T& left, T& right) {
    left = static_cast<T>(static_cast<double>(left) * squares_u[r]);
    right = static_cast<T>(static_cast<double>(right) * squares_v[r]);
  });
  return true;
}

/// The signal of one point of a panel; W of the layer has the squared norms |w|^2.
template <class T>
LayerSignal describe(const T* a, const T* slopes, const T* neighbour, std::size_t width,
                     const double* squared_norms, double saturation) noexcept {
  const double count = static_cast<double>(width);
  double sum = 0, sizes = 0, squares = 0, products = 0, neighbour_squares = 0;
  double growth = 0, saturated = 0;
  for (std::size_t k = 0; k < width; ++k) {
    const double value = static_cast<double>(a[k * kPanelRows<T>]);
    const double slope = static_cast<double>(slopes[k * kPanelRows<T>]);
    sum += value;
    sizes += std::fabs(value);
    squares += value * value;
    growth += slope * slope * squared_norms[k];
    saturated += slope < saturation ? 1 : 0;
    if (neighbour == nullptr) continue;
    const double beside = static_cast<double>(neighbour[k * kPanelRows<T>]);
    products += value * beside;
    neighbour_squares += beside * beside;
  }
  LayerSignal signal;
  signal.l1_norm = sizes;
  signal.l2_norm = std::sqrt(squares);
  signal.mean = sum / count;
  signal.saturated = std::isnan(saturation) ? LayerSignal::kUnknown : saturated / count;
  signal.chi = growth / count;
  if (neighbour != nullptr) {
    const double cosine = products / (signal.l2_norm * std::sqrt(neighbour_squares));
    signal.correlation = std::clamp(cosine, -1.0, 1.0);  // rounding may lead beyond; NaN stays
  }
  double spread = 0;
  for (std::size_t k = 0; k < width; ++k) {
    const double distance = static_cast<double>(a[k * kPanelRows<T>]) - signal.mean;
    spread += distance * distance;
  }
  signal.variance = spread / count;
  return signal;
}

}  // namespace

template <class T>
SignalPass<T>::SignalPass(const Config& config, Arena& arena) noexcept
    : kernels_(fastest<Kernels<T>>()), inputs_(config.widths.front()), tile_(config.tile) {
  assert(config.tile > 0);
  assert(config.neighbour.empty() || config.neighbour.size() == config.widths.front());
  slope_plan_.derivatives = 1;
  Layout carver(arena);
  storage_ = layout(carver, config);
  if (!arena.status().ok()) return;
  std::copy(config.neighbour.begin(), config.neighbour.end(), storage_.neighbour.begin());
}

template <class T>
bool SignalPass<T>::serves(const Mlp<T>& network, std::size_t coordinates) const noexcept {
  return network.inputs() == inputs_ && coordinates == inputs_ &&
         network.largest_width() <= storage_.squared_norms.size();
}

template <class T>
Status SignalPass<T>::evaluate(const Mlp<T>& network, MatrixView<const T> points,
                               MatrixView<LayerSignal> signals,
                               MatrixView<double> log_singular_values) noexcept {
  const bool all = log_singular_values.data != nullptr;
  if (!serves(network, points.columns) || signals.rows != network.layers() ||
      signals.columns != points.rows ||
      (all && (log_singular_values.rows != network.layers() * inputs_ ||
               log_singular_values.columns != points.rows))) {
    return {StatusCode::shape_mismatch};
  }
  std::size_t known = points.rows;  // before the first that is not
  for (std::size_t first = 0; first < points.rows; first += tile_) {
    const std::size_t rows = std::min(tile_, points.rows - first);
    Tile tile{.network = network,
              .points = points.block(first, 0, rows, inputs_),
              .signals = signals.block(0, first, signals.rows, rows),
              .log_singular_values = log_singular_values,
              .panels = panel_count<T>(rows),
              .first_unknown = rows};
    if (all) {
      tile.log_singular_values =
          log_singular_values.block(0, first, log_singular_values.rows, rows);
    }
    pass_tile(tile);
    if (tile.first_unknown < rows) known = std::min(known, first + tile.first_unknown);
  }
  if (known == points.rows) return {};
  constexpr std::size_t kMost = std::numeric_limits<int>::max();
  return {StatusCode::not_finite, static_cast<int>(std::min(known, kMost))};
}

template <class T>
Status SignalPass<T>::evaluate_point(const Mlp<T>& network, VectorView<const T> point,
                                     VectorView<LayerSignal> signals,
                                     VectorView<double> log_singular_values) noexcept {
  MatrixView<double> logarithms;
  if (!log_singular_values.empty()) {
    logarithms = {log_singular_values.data(), log_singular_values.size(), 1};
  }
  return evaluate(network, {point.data(), 1, point.size()}, {signals.data(), signals.size(), 1},
                  logarithms);
}

template <class T>
void SignalPass<T>::pass_tile(Tile& tile) noexcept {
  start(tile);
  std::size_t rank = inputs_;
  for (std::size_t l = 0; l < tile.network.layers(); ++l) {
    const std::size_t width = tile.network.fan_out(l);
    rank = std::min(rank, width);
    multiply(tile, l);
    activate(tile, l);
    square_weights(tile.network.weights(l));
    for (std::size_t panel = 0; panel < tile.panels; ++panel) {
      orthogonalise(panel, width, rank);
      write(tile, l, panel);
    }
    std::swap(storage_.input, storage_.output);
    std::swap(storage_.neighbour_input, storage_.neighbour_output);
    std::swap(storage_.directions, storage_.next_directions);
  }
}

/// The points and the identity, whose columns have the logarithms 0.
template <class T>
void SignalPass<T>::start(const Tile& tile) noexcept {
  load_panels(tile.points, storage_.input.data());
  std::fill(storage_.logarithms.begin(), storage_.logarithms.end(), 0.0);
  T* direction = storage_.directions.data();
  for (std::size_t panel = 0; panel < tile.panels; ++panel) {
    for (std::size_t j = 0; j < inputs_; ++j) {
      for (std::size_t i = 0; i < inputs_; ++i, direction += kPanelRows<T>) {
        std::fill_n(direction, kPanelRows<T>, i == j ? T(1) : T(0));
      }
    }
  }
  if (storage_.neighbour.empty()) return;
  const MatrixView<T> neighbours(storage_.points.data(), tile.points.rows, inputs_);
  for (std::size_t j = 0; j < inputs_; ++j) {
    for (std::size_t p = 0; p < tile.points.rows; ++p) {
      neighbours(p, j) =
          static_cast<T>(static_cast<double>(tile.points(p, j)) + storage_.neighbour[j]);
    }
  }
  load_panels<T>(neighbours, storage_.neighbour_input.data());
}

/// z = a W + b for the points and their neighbours, and W' Q.
template <class T>
void SignalPass<T>::multiply(const Tile& tile, std::size_t layer) noexcept {
  const Mlp<T>& network = tile.network;
  PanelProduct<T> product{.panels = tile.panels,
                          .rows = network.fan_in(layer),
                          .columns = network.fan_out(layer),
                          .a = storage_.input.data(),
                          .b = network.weights(layer).data,
                          .row_stride = 1,
                          .column_stride = network.fan_in(layer),
                          .biases = network.biases(layer).data(),
                          .z = storage_.output.data()};
  kernels_.multiply(product);
  if (!storage_.neighbour.empty()) {
    product.a = storage_.neighbour_input.data();
    product.z = storage_.neighbour_output.data();
    kernels_.multiply(product);
  }
  product.panels = tile.panels * inputs_;
  product.a = storage_.directions.data();
  product.biases = nullptr;
  product.z = storage_.next_directions.data();
  kernels_.multiply(product);
}

/// z to a for the points and their neighbours, and f'(z) into the slopes; points that are not known
/// become NaN.
template <class T>
void SignalPass<T>::activate(const Tile& tile, std::size_t layer) noexcept {
  const std::size_t width = tile.network.fan_out(layer);
  const std::size_t entries = width * kPanelRows<T>;
  const T limit = unknown_from(tile.network, layer);
  const auto pass = [&](T* z, T* slopes, const StreamPlan<T>& plan) {
    for (std::size_t panel = 0; panel < tile.panels; ++panel) {
      find_mean_squares(z + panel * entries, width, limit,
                        storage_.mean_squares.data() + panel * kPanelRows<T>);
    }
    const Streams<T> streams{z, slopes};
    kernels_.activate({tile.network.activation(layer), tile.network.activation_parameters(), plan,
                       tile.panels, width},
                      {z, slopes}, streams);
    for (std::size_t panel = 0; panel < tile.panels; ++panel) {
      const double* mean_squares = storage_.mean_squares.data() + panel * kPanelRows<T>;
      for_each_entry(z + panel * entries, width, [&](std::size_t r, T& value) {
        value = std::isnan(mean_squares[r]) ? std::numeric_limits<T>::quiet_NaN() : value;
      });
    }
  };
  if (!storage_.neighbour.empty()) pass(storage_.neighbour_output.data(), nullptr, value_plan_);
  std::fill_n(storage_.slopes.data(), tile.panels * entries, T(1));
  pass(storage_.output.data(), storage_.slopes.data(), slope_plan_);
}

template <class T>
void SignalPass<T>::square_weights(MatrixView<const T> weights) noexcept {
  for (std::size_t j = 0; j < weights.columns; ++j) {
    double sum = 0;
    for (const T weight : weights.column(j)) {
      sum += static_cast<double>(weight) * static_cast<double>(weight);
    }
    storage_.squared_norms[j] = sum;
  }
}

/// diag(f') W' Q to the next Q, and s with it. No more than `rank` of s are not 0.
template <class T>
void SignalPass<T>::orthogonalise(std::size_t panel, std::size_t width, std::size_t rank) noexcept {
  constexpr int kMostSweeps = 40;
  const std::size_t entries = width * kPanelRows<T>;
  const T* slopes = storage_.slopes.data() + panel * entries;
  T* columns = storage_.next_directions.data() + panel * inputs_ * entries;
  double* logarithms = storage_.logarithms.data() + panel * inputs_ * kPanelRows<T>;
  for (std::size_t j = 0; j < inputs_; ++j) {
    for_each_pair(columns + j * entries, slopes, width,
                  [](std::size_t, T& entry, T slope) { entry *= slope; });
    normalise(columns + j * entries, width, logarithms + j * kPanelRows<T>);
  }
  bool rotated = true;
  for (int sweep = 0; rotated && sweep < kMostSweeps; ++sweep) {
    rotated = false;
    for (std::size_t i = 0; i < inputs_; ++i) {
      for (std::size_t j = i + 1; j < inputs_; ++j) {
        rotated |= rotate(columns + i * entries, columns + j * entries, width,
                          logarithms + i * kPanelRows<T>, logarithms + j * kPanelRows<T>);
      }
    }
  }
  for (std::size_t dropped = rank; dropped < inputs_; ++dropped) {
    for (std::size_t r = 0; r < kPanelRows<T>; ++r) {
      std::size_t positive = 0;
      std::size_t smallest = 0;
      for (std::size_t j = 0; j < inputs_; ++j) {
        const double logarithm = logarithms[j * kPanelRows<T> + r];
        if (logarithm == -kInfinity) continue;
        if (positive == 0 || logarithm < logarithms[smallest * kPanelRows<T> + r]) smallest = j;
        ++positive;
      }
      if (positive <= rank) continue;
      logarithms[smallest * kPanelRows<T> + r] = -kInfinity;
      for (std::size_t k = 0; k < width; ++k) {
        columns[smallest * entries + k * kPanelRows<T> + r] = 0;
      }
    }
  }
}

/// What the points of a panel have at a layer, into the signals.
template <class T>
void SignalPass<T>::write(Tile& tile, std::size_t layer, std::size_t panel) noexcept {
  const std::size_t width = tile.network.fan_out(layer);
  const std::size_t first = panel * kPanelRows<T>;
  const std::size_t rows = std::min(kPanelRows<T>, tile.points.rows - first);
  const std::size_t start = first * width;
  const double saturation = saturation_slope(tile.network.activation(layer));
  const double* logarithms = storage_.logarithms.data() + first * inputs_;
  for (std::size_t r = 0; r < rows; ++r) {
    const bool beside = !storage_.neighbour.empty();
    LayerSignal signal =
        describe(storage_.output.data() + start + r, storage_.slopes.data() + start + r,
                 beside ? storage_.neighbour_output.data() + start + r : nullptr, width,
                 storage_.squared_norms.data(), saturation);
    signal.q = storage_.mean_squares[first + r];
    double smallest = kInfinity;
    double largest = -kInfinity;
    bool known = std::isfinite(signal.q);
    if (beside) known = known && !std::isnan(storage_.neighbour_output[start + r]);
    for (std::size_t j = 0; j < inputs_; ++j) {
      const double logarithm = logarithms[j * kPanelRows<T> + r];
      known = known && logarithm < kInfinity;
      smallest = std::fmin(smallest, logarithm);
      largest = std::fmax(largest, logarithm);
    }
    signal.log_first_singular_value = largest;
    signal.log_last_singular_value = smallest;
    tile.signals(layer, first + r) = known ? signal : LayerSignal{};
    if (!known) tile.first_unknown = std::min(tile.first_unknown, first + r);
    if (tile.log_singular_values.data == nullptr) continue;
    double* sorted = &tile.log_singular_values(layer * inputs_, first + r);
    for (std::size_t j = 0; j < inputs_; ++j) {
      sorted[j] = known ? logarithms[j * kPanelRows<T> + r] : LayerSignal::kUnknown;
    }
    // By a heap: std::sort calls itself, which a small stack cannot afford.
    if (known) {
      std::make_heap(sorted, sorted + inputs_, std::greater<>());
      std::sort_heap(sorted, sorted + inputs_, std::greater<>());
    }
  }
}

template class SignalPass<float>;
template class SignalPass<double>;

}  // namespace pinnscope
