#include "pinnscope/readings/label_search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace pinnscope {
namespace {

constexpr std::size_t kBandWidth = 2 * LabelSearch::kRadius + 1;

/// Of the entries to and fro between two pairs: a band that has both, one of them, or in between.
constexpr double (*kJoints[])(double there, double back) = {
    [](double there, double back) { return there + back; },
    [](double there, double back) { return std::max(there, back); },
    [](double there, double back) { return there * there + back * back; }};

void copy_labels(const Labels& from, const Labels& to) noexcept {
  std::copy(from.order.begin(), from.order.end(), to.order.begin());
  std::copy(from.signs.begin(), from.signs.end(), to.signs.begin());
}

/// Labels turned by `by` places around the ring.
void turn(const Labels& side, std::size_t by) noexcept {
  std::rotate(side.order.begin(), side.order.begin() + static_cast<std::ptrdiff_t>(by),
              side.order.end());
  std::rotate(side.signs.begin(), side.signs.begin() + static_cast<std::ptrdiff_t>(by),
              side.signs.end());
}

void mirror(const Labels& side) noexcept {
  std::reverse(side.order.begin(), side.order.end());
  std::reverse(side.signs.begin(), side.signs.end());
}

}  // namespace

double BestShareNull::needed() const noexcept {
  const double far = mean + kBestDeviations * standard_deviation;
  return std::isnan(far) ? far : std::max({far, largest, kLeastSchemeShare});
}

SchemeAnswer BestShareNull::answer(double share) const noexcept {
  if (!(needed() < kLargestNeededShare)) return SchemeAnswer::cannot_tell;
  return share > needed() ? SchemeAnswer::scheme : SchemeAnswer::none;
}

BestShareNull best_share_null(VectorView<const double> shares) noexcept {
  BestShareNull null;
  if (shares.empty()) return null;
  const auto count = static_cast<double>(shares.size());
  null.mean = 0;
  for (const double share : shares) null.mean += share / count;
  null.largest = *std::max_element(shares.begin(), shares.end());
  if (shares.size() == 1) return null;
  double squares = 0;
  for (const double share : shares) squares += (share - null.mean) * (share - null.mean);
  null.standard_deviation = std::sqrt(squares / (count - 1));
  return null;
}

LabelSearch::LabelSearch(const Config& config, Arena& arena) noexcept
    : config_(config),
      schemes_({config.cells}, arena),
      vectors_({config.cells, config.cells}, arena) {
  Layout carver(arena);
  storage_ = layout(carver, config);
}

Labels LabelSearch::labels(std::size_t which) const noexcept {
  const std::size_t n = config_.cells;
  return {storage_.orders.subspan(which * n, n), storage_.signs.subspan(which * n, n)};
}

/// Of the step under the orders at hand, i and j on the ring.
double LabelSearch::entry(std::size_t i, std::size_t j) const noexcept {
  const std::size_t n = config_.cells;
  return step_(rows().order[i % n], columns().order[j % n]);
}

double LabelSearch::signed_entry(std::size_t i, std::size_t j) const noexcept {
  const std::size_t n = config_.cells;
  return rows().signs[i % n] * columns().signs[j % n] * entry(i, j);
}

/// The means along the diagonals j - i = -kRadius..kRadius, those that are another's on a small
/// ring as 0.
LabelSearch::Band LabelSearch::band() const noexcept {
  const std::size_t n = config_.cells;
  Band means{};
  for (std::size_t k = 0; k < kBandWidth && k < n; ++k) {
    for (std::size_t i = 0; i < n; ++i) means[k] += signed_entry(i, i + n * kRadius + k - kRadius);
    means[k] /= static_cast<double>(n);
  }
  return means;
}

double LabelSearch::band_energy() const noexcept {
  double sum = 0;
  for (const double mean : band()) sum += mean * mean;
  return sum * static_cast<double>(config_.cells);
}

/// Turns the columns so that the nine diagonals with the most energy, signs aside, are the band.
void LabelSearch::centre() noexcept {
  const std::size_t n = config_.cells;
  const VectorView<double> energy = storage_.numbers.first(n);
  for (std::size_t d = 0; d < n; ++d) {
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += std::abs(entry(i, i + d));
    energy[d] = sum * sum;
  }
  // Weights fall from the middle, so that a narrow band comes to lie there.
  std::size_t middle = 0;
  double most = -1;
  for (std::size_t d = 0; d < n; ++d) {
    double sum = 0;
    for (std::size_t k = 0; k < kBandWidth && k < n; ++k) {
      const double off = std::abs(static_cast<double>(k) - static_cast<double>(kRadius));
      sum += energy[(d + n * kRadius + k - kRadius) % n] * (1 - off / (2 * kRadius));
    }
    if (sum > most) {
      most = sum;
      middle = d;
    }
  }
  turn(columns(), middle);
}

/// The magnitude that `count` entries reach.
double LabelSearch::threshold(std::size_t count) noexcept {
  const VectorView<double> sizes = storage_.costs.flat();
  std::size_t k = 0;
  for (std::size_t j = 0; j < step_.columns; ++j) {
    for (std::size_t i = 0; i < step_.rows; ++i) sizes[k++] = std::abs(step_(i, j));
  }
  count = std::min(count, sizes.size());
  const auto nth = sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() - count);
  std::nth_element(sizes.begin(), nth, sizes.end());
  return *nth;
}

/// Orders by walking along the cycles that the 2 n largest entries form, each row and column being
/// in two of them: the larger first, from row to column. false where they are no such cycles, or
/// cycles of different lengths.
bool LabelSearch::walk() noexcept {
  const std::size_t n = config_.cells;
  if (n < 3) return false;
  const double least = threshold(2 * n);
  // Of each row and column, the partner by the larger and by the smaller of its two entries.
  const VectorView<std::size_t> partner = storage_.places;  // 2 n of the rows
  const VectorView<std::size_t> taken = storage_.places.subspan(2 * n, n);
  std::fill(taken.begin(), taken.end(), std::size_t{0});
  for (std::size_t i = 0; i < n; ++i) {
    std::size_t found = 0;
    for (std::size_t j = 0; j < n; ++j) {
      if (std::abs(step_(i, j)) < least) continue;
      if (found == 2) return false;
      partner[2 * i + found++] = j;
    }
    if (found != 2) return false;
    if (std::abs(step_(i, partner[2 * i])) < std::abs(step_(i, partner[2 * i + 1]))) {
      std::swap(partner[2 * i], partner[2 * i + 1]);
    }
    for (std::size_t k = 0; k < 2; ++k) ++taken[partner[2 * i + k]];
  }
  for (const std::size_t count : taken) {
    if (count != 2) return false;
  }
  // The row that has a column for its smaller entry, to go on from it.
  const auto next_row = [&](std::size_t row) {
    const std::size_t column = partner[2 * row];
    for (std::size_t i = 0; i < n; ++i) {
      if (i != row && (partner[2 * i] == column || partner[2 * i + 1] == column)) return i;
    }
    return row;
  };
  std::fill(taken.begin(), taken.end(), std::size_t{0});
  std::size_t length = 0;
  std::size_t cycles = 0;
  std::size_t placed = 0;
  for (std::size_t start = 0; start < n; ++start) {
    if (taken[start] != 0) continue;
    std::size_t count = 0;
    for (std::size_t row = start; taken[row] == 0; row = next_row(row)) {
      taken[row] = 1;
      if (placed == n) return false;
      rows().order[placed] = row;
      columns().order[placed++] = partner[2 * row];
      ++count;
    }
    if (cycles++ == 0) length = count;
    if (count != length) return false;
  }
  if (placed != n || cycles * length != n) return false;
  // Cycle q takes the places q, q + cycles, ...
  if (cycles > 1) {
    for (const Labels& side : {rows(), columns()}) {
      const VectorView<std::size_t> spread = storage_.places.first(n);
      for (std::size_t q = 0; q < cycles; ++q) {
        for (std::size_t k = 0; k < length; ++k)
          spread[q + cycles * k] = side.order[q * length + k];
      }
      std::copy_n(spread.begin(), n, side.order.begin());
    }
  }
  // A column must not be placed twice.
  std::fill(taken.begin(), taken.end(), std::size_t{0});
  for (const std::size_t column : columns().order) {
    if (taken[column]++ != 0) return false;
  }
  return true;
}

void LabelSearch::order_by_angle(VectorView<const double> x, VectorView<const double> y,
                                 const Labels& side) noexcept {
  const VectorView<double> angles = storage_.numbers.first(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) angles[i] = std::atan2(y[i], x[i]);
  std::iota(side.order.begin(), side.order.end(), std::size_t{0});
  std::sort(side.order.begin(), side.order.end(), [&](std::size_t a, std::size_t b) {
    return angles[a] != angles[b] ? angles[a] < angles[b] : a < b;
  });
}

/// Orders by the angles of the second and third singular vectors, Fiedler's order for a graph with
/// two sides: its edges are the entries of at least this magnitude, or all with their squares for
/// 0.
bool LabelSearch::embed(double least) noexcept {
  const std::size_t n = config_.cells;
  if (n < 3) return false;
  const VectorView<double> row_sums = storage_.numbers.first(n);
  const VectorView<double> column_sums = storage_.numbers.subspan(n, n);
  std::fill_n(storage_.numbers.begin(), 2 * n, 0.0);
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = 0; i < n; ++i) {
      const double size = std::abs(step_(i, j));
      const double weight = least > 0 ? (size >= least ? 1 : 0) : size * size;
      storage_.work(i, j) = weight;
      row_sums[i] += weight;
      column_sums[j] += weight;
    }
  }
  // A little of everything, for neurons without entries.
  double mean = 0;
  for (const double sum : row_sums) mean += sum / static_cast<double>(n);
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = 0; i < n; ++i) {
      const double sums = (row_sums[i] + 0.01 * mean) * (column_sums[j] + 0.01 * mean);
      storage_.work(i, j) /= sums > 0 ? std::sqrt(sums) : 1;
    }
  }
  if (!vectors_.compute(storage_.work).ok()) return false;
  order_by_angle(vectors_.left(1), vectors_.left(2), rows());
  order_by_angle(vectors_.right(1), vectors_.right(2), columns());
  return true;
}

VectorView<std::size_t> LabelSearch::partners() const noexcept {
  return storage_.places.last(config_.cells);
}

/// partners() <- of each row the column, such that the magnitudes where they meet have the largest
/// sum: a diagonal of the band, in an order still to be found.
void LabelSearch::pair() noexcept {
  const std::size_t n = config_.cells;
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = 0; i < n; ++i) storage_.costs(i, j) = -std::abs(step_(i, j));
  }
  solve_assignment(partners());
}

/// work(a, b) <- what speaks for pairs a and b as neighbours: the two magnitudes where the row of
/// the one meets the column of the other.
void LabelSearch::weigh(double (*joint)(double there, double back)) noexcept {
  const std::size_t n = config_.cells;
  for (std::size_t b = 0; b < n; ++b) {
    for (std::size_t a = 0; a < n; ++a) {
      storage_.work(a, b) =
          joint(std::abs(step_(a, partners()[b])), std::abs(step_(b, partners()[a])));
    }
  }
}

/// From the first pair on, each time to the heaviest neighbour that is left.
void LabelSearch::start_tour() noexcept {
  const VectorView<std::size_t> tour = rows().order;
  std::iota(tour.begin(), tour.end(), std::size_t{0});
  for (std::size_t k = 0; k + 1 < tour.size(); ++k) {
    std::size_t next = k + 1;
    for (std::size_t other = k + 2; other < tour.size(); ++other) {
      if (storage_.work(tour[k], tour[other]) > storage_.work(tour[k], tour[next])) next = other;
    }
    std::swap(tour[k + 1], tour[next]);
  }
}

/// Turns parts of the tour round where that makes it heavier by more than `least`.
bool LabelSearch::reverse_parts(double least) noexcept {
  const VectorView<std::size_t> tour = rows().order;
  const MatrixView<double>& weight = storage_.work;
  const std::size_t n = tour.size();
  bool any = false;
  for (std::size_t i = 0; i + 2 < n; ++i) {
    for (std::size_t j = i + 2; j < n; ++j) {
      const std::size_t behind = (j + 1) % n;
      if (behind == i) continue;
      const double now = weight(tour[i], tour[i + 1]) + weight(tour[j], tour[behind]);
      const double then = weight(tour[i], tour[j]) + weight(tour[i + 1], tour[behind]);
      if (!(then > now + least)) continue;
      std::reverse(tour.begin() + static_cast<std::ptrdiff_t>(i + 1),
                   tour.begin() + static_cast<std::ptrdiff_t>(j + 1));
      any = true;
    }
  }
  return any;
}

/// Moves one to three neighbours, either way round, to where the tour is heaviest then.
bool LabelSearch::move_parts(double least) noexcept {
  const VectorView<std::size_t> tour = rows().order;
  const MatrixView<double>& weight = storage_.work;
  const std::size_t n = tour.size();
  bool any = false;
  for (std::size_t length = 1; length <= 3 && length + 2 < n; ++length) {
    for (std::size_t turned = 0; turned < n; ++turned) {
      std::rotate(tour.begin(), tour.begin() + 1, tour.end());
      const std::size_t first = tour[0];
      const std::size_t last = tour[length - 1];
      const double lost = weight(tour[n - 1], first) + weight(last, tour[length]) -
                          weight(tour[n - 1], tour[length]);
      double most = lost + least;
      std::size_t to = 0;
      bool round = false;
      for (std::size_t k = length; k + 1 < n; ++k) {
        const double gap = weight(tour[k], tour[k + 1]);
        const double straight = weight(tour[k], first) + weight(last, tour[k + 1]) - gap;
        const double reversed = weight(tour[k], last) + weight(first, tour[k + 1]) - gap;
        if (!(std::max(straight, reversed) > most)) continue;
        most = std::max(straight, reversed);
        round = reversed > straight;
        to = k + 1;
      }
      if (to == 0) continue;
      const auto behind = tour.begin() + static_cast<std::ptrdiff_t>(length);
      if (round) std::reverse(tour.begin(), behind);
      std::rotate(tour.begin(), behind, tour.begin() + static_cast<std::ptrdiff_t>(to));
      any = true;
    }
  }
  return any;
}

/// Orders the pairs along a heavy round tour by the weights between them: nearest neighbours, then
/// reversals and moves until neither gains (Croes, Oper. Res. 6, 791 (1958); Or's moves of three).
void LabelSearch::tour() noexcept {
  double largest = 0;
  for (const double weight : storage_.work.flat()) largest = std::max(largest, weight);
  const double least = 1e-9 * largest;
  start_tour();
  for (int round = 0; round < 60; ++round) {
    const bool reversed = reverse_parts(least);
    const bool moved = move_parts(least);
    if (!reversed && !moved) break;
  }
  for (std::size_t k = 0; k < config_.cells; ++k) {
    columns().order[k] = partners()[rows().order[k]];
  }
}

/// Signs one by one, each time of the neuron that the band of those with a sign wants most.
void LabelSearch::align_signs(const Band& pattern) noexcept {
  const std::size_t n = config_.cells;
  const VectorView<double> wanted = storage_.numbers.first(2 * n);  // of rows, then of columns
  std::fill(wanted.begin(), wanted.end(), 0.0);
  std::fill(rows().signs.begin(), rows().signs.end(), 0.0);
  std::fill(columns().signs.begin(), columns().signs.end(), 0.0);
  for (std::size_t count = 0; count < 2 * n; ++count) {
    std::size_t next = 2 * n;
    for (std::size_t k = 0; k < 2 * n; ++k) {
      const double sign = k < n ? rows().signs[k] : columns().signs[k - n];
      if (sign != 0) continue;
      if (next == 2 * n || std::abs(wanted[k]) > std::abs(wanted[next])) next = k;
    }
    const bool of_row = next < n;
    const std::size_t place = of_row ? next : next - n;
    const double sign = wanted[next] < 0 ? -1 : 1;
    (of_row ? rows() : columns()).signs[place] = sign;
    for (std::size_t k = 0; k < kBandWidth && k < n; ++k) {
      // Diagonal d = k - kRadius: row i meets column i + d.
      const std::size_t other =
          (of_row ? place + n * kRadius + k - kRadius : place + n * kRadius + kRadius - k) % n;
      const double value = of_row ? entry(place, other) : entry(other, place);
      wanted[of_row ? n + other : other] += pattern[k] * sign * value;
    }
  }
}

/// Signs without a band to go by: of its three largest diagonals, signs aside, the first counts as
/// positive, the others as either.
void LabelSearch::start_signs() noexcept {
  const std::size_t n = config_.cells;
  std::fill(rows().signs.begin(), rows().signs.end(), 1.0);
  std::fill(columns().signs.begin(), columns().signs.end(), 1.0);
  if (!with_signs_) return;
  Band sizes{};
  for (std::size_t k = 0; k < kBandWidth && k < n; ++k) {
    for (std::size_t i = 0; i < n; ++i) {
      sizes[k] += std::abs(entry(i, i + n * kRadius + k - kRadius)) / static_cast<double>(n);
    }
  }
  std::array<std::size_t, kBandWidth> rank{};
  std::iota(rank.begin(), rank.end(), std::size_t{0});
  std::sort(rank.begin(), rank.end(), [&](std::size_t a, std::size_t b) {
    return sizes[a] != sizes[b] ? sizes[a] > sizes[b] : a < b;
  });
  Band most{};
  double energy = -1;
  for (const double second : {1.0, -1.0}) {
    for (const double third : {1.0, -1.0}) {
      Band pattern{};
      pattern[rank[0]] = sizes[rank[0]];
      pattern[rank[1]] = second * sizes[rank[1]];
      pattern[rank[2]] = third * sizes[rank[2]];
      for (int round = 0; round < 3; ++round) {
        align_signs(pattern);
        const double reached = band_energy();
        if (reached > energy) {
          energy = reached;
          most = pattern;
        }
        pattern = band();
      }
    }
  }
  align_signs(most);
}

/// place_of[i] <- the place of neuron i that makes the sum of costs(neuron, place) least: Kuhn and
/// Munkres, one shortest augmenting path a place, O(n^3).
void LabelSearch::solve_assignment(VectorView<std::size_t> place_of) noexcept {
  const std::size_t n = config_.cells;
  const std::size_t more = n + 1;
  const VectorView<double> u = storage_.numbers.first(more);
  const VectorView<double> v = storage_.numbers.subspan(more, more);
  const VectorView<double> shortest = storage_.numbers.subspan(2 * more, more);
  const VectorView<double> done = storage_.numbers.subspan(3 * more, more);
  const VectorView<std::size_t> place_at = storage_.places.first(more);  // 1.., 0: none
  const VectorView<std::size_t> from = storage_.places.subspan(more, more);
  std::fill(u.begin(), u.end(), 0.0);
  std::fill(v.begin(), v.end(), 0.0);
  std::fill(place_at.begin(), place_at.end(), std::size_t{0});
  for (std::size_t place = 1; place <= n; ++place) {
    place_at[0] = place;
    std::size_t neuron = 0;
    std::fill(shortest.begin(), shortest.end(), std::numeric_limits<double>::infinity());
    std::fill(done.begin(), done.end(), 0.0);
    do {
      done[neuron] = 1;
      const std::size_t at = place_at[neuron];
      const VectorView<const double> cost = storage_.costs.column(at - 1);
      double least = std::numeric_limits<double>::infinity();
      std::size_t next = 0;
      for (std::size_t k = 1; k <= n; ++k) {
        if (done[k] != 0) continue;
        const double reduced = cost[k - 1] - u[at] - v[k];
        if (reduced < shortest[k]) {
          shortest[k] = reduced;
          from[k] = neuron;
        }
        if (shortest[k] < least) {
          least = shortest[k];
          next = k;
        }
      }
      for (std::size_t k = 0; k <= n; ++k) {
        if (done[k] != 0) {
          u[place_at[k]] += least;
          v[k] -= least;
        } else {
          shortest[k] -= least;
        }
      }
      neuron = next;
    } while (place_at[neuron] != 0);
    while (neuron != 0) {
      place_at[neuron] = place_at[from[neuron]];
      neuron = from[neuron];
    }
  }
  for (std::size_t k = 1; k <= n; ++k) place_of[k - 1] = place_at[k] - 1;
}

/// Puts one side where it fits the band best, the other side as it is.
void LabelSearch::assign(bool of_rows) noexcept {
  const std::size_t n = config_.cells;
  const Band means = band();
  const Labels moved = of_rows ? rows() : columns();
  const Labels fixed = of_rows ? columns() : rows();
  const MatrixView<const double> entries =
      of_rows ? step_ : MatrixView<const double>(storage_.transposed);
  for (std::size_t place = 0; place < n; ++place) {
    const VectorView<double> fit = storage_.work.column(place);  // of every neuron
    std::fill(fit.begin(), fit.end(), 0.0);
    for (std::size_t k = 0; k < kBandWidth && k < n; ++k) {
      const std::size_t other =
          (of_rows ? place + n * kRadius + k - kRadius : place + n * kRadius + kRadius - k) % n;
      const double mean = means[k] * fixed.signs[other];
      const VectorView<const double> column = entries.column(fixed.order[other]);
      for (std::size_t neuron = 0; neuron < n; ++neuron) fit[neuron] += mean * column[neuron];
    }
    const VectorView<double> cost = storage_.costs.column(place);
    for (std::size_t neuron = 0; neuron < n; ++neuron) {
      cost[neuron] = -(with_signs_ ? std::abs(fit[neuron]) : fit[neuron]);
    }
  }
  const VectorView<std::size_t> place_of = storage_.places.subspan(2 * (n + 1), n);
  solve_assignment(place_of);
  for (std::size_t neuron = 0; neuron < n; ++neuron) {
    const std::size_t place = place_of[neuron];
    moved.order[place] = neuron;
    moved.signs[place] = with_signs_ && storage_.work(neuron, place) < 0 ? -1 : 1;
  }
}

void LabelSearch::refine() noexcept {
  double reached = band_energy();
  keep_if_better();
  for (int round = 0; round < 30; ++round) {
    assign(true);
    assign(false);
    const double now = band_energy();
    if (!(now > reached * (1 + 1e-9))) break;
    reached = now;
    keep_if_better();
  }
}

void LabelSearch::keep_if_better() noexcept {
  const double reached = band_energy();
  if (!(reached > best_ * (1 + 1e-12))) return;
  best_ = reached;
  copy_labels(rows(), labels(2));
  copy_labels(columns(), labels(3));
}

/// Of what the labels cannot tell apart, the nearest scheme.
void LabelSearch::choose(BestLabelling& found) noexcept {
  const std::size_t n = config_.cells;
  const double entries = static_cast<double>(n) * static_cast<double>(n);
  const Labels row = rows();
  const Labels column = columns();
  double nearest_gain = 0;
  double most_diagonal = 0;
  std::size_t chosen_shift = 0;
  bool chosen_alternating = false;
  bool chosen_mirror = false;
  bool any = false;
  const auto build = [&](std::size_t shift, bool alternating) {
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t i = 0; i < n; ++i) {
        const double value = signed_entry(i, j + shift);
        storage_.work(i, j) = alternating && (i + j) % 2 != 0 ? -value : value;
      }
    }
  };
  const std::size_t reach = std::min(kRadius, n / 2);
  for (std::size_t k = 0; k <= 2 * reach && k < n; ++k) {
    const std::size_t shift = (n + k - reach) % n;
    for (const bool alternating : {false, true}) {
      if (alternating && (!with_signs_ || n % 2 != 0)) continue;
      build(shift, alternating);
      SchemeFits fits;
      if (!schemes_.fit(storage_.work, fits).ok()) continue;
      const SchemeFit& fit = fits.nearest();
      const double gain = std::abs(std::log(std::abs(fit.gain)));
      double diagonal = 0;
      for (std::size_t i = 0; i < n; ++i) diagonal += storage_.work(i, i);
      diagonal *= fit.gain < 0 ? -1 : 1;
      const double lead =
          any ? entries * std::log(found.fits.nearest().unexplained / fit.unexplained)
              : kVeryStrong;
      bool better = lead >= kVeryStrong;
      if (!better && lead > -kVeryStrong) {
        // Three standard errors of the logarithm of a gain, and rounding.
        const double error = std::sqrt(fit.unexplained / std::max(fit.share, 1e-6) / entries);
        const double known_to = 3 * error + 1e-6;
        const bool same_gain = std::abs(gain - nearest_gain) <= known_to;
        better = gain < nearest_gain - known_to ||
                 (same_gain && diagonal > most_diagonal + 1e-9 * std::abs(most_diagonal));
      }
      if (!better) continue;
      any = true;
      found.fits = fits;
      nearest_gain = gain;
      most_diagonal = diagonal;
      chosen_shift = shift;
      chosen_alternating = alternating;
      chosen_mirror = fit.numbers.c < 0;
    }
  }
  turn(column, chosen_shift);
  for (std::size_t i = 1; chosen_alternating && i < n; i += 2) {
    row.signs[i] = -row.signs[i];
    column.signs[i] = -column.signs[i];
  }
  if (with_signs_ && found.fits.nearest().gain < 0) {
    for (double& sign : row.signs) sign = -sign;
  }
  if (chosen_mirror) {
    mirror(row);
    mirror(column);
  }
  build(0, false);
  static_cast<void>(schemes_.fit(storage_.work, found.fits));
}

Status LabelSearch::find(MatrixView<const double> step, bool with_signs, const Labels& row,
                         const Labels& column, BestLabelling& found) noexcept {
  const std::size_t n = config_.cells;
  if (row.order.size() != n || column.order.size() != n || row.signs.size() != n ||
      column.signs.size() != n) {
    return {StatusCode::shape_mismatch};
  }
  SchemeFits as_it_is;
  Status status = schemes_.fit(step, as_it_is);
  if (!status.ok()) return status;
  if (!(status = lapack::provide_buffers(1)).ok()) return status;
  step_ = step;
  with_signs_ = with_signs;
  energy_ = 0;
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = 0; i < n; ++i) {
      energy_ += step(i, j) * step(i, j);
      storage_.transposed(j, i) = step(i, j);
    }
  }
  best_ = -1;
  rows().reset();
  columns().reset();
  keep_if_better();
  const auto is_all = [&] { return best_ >= 0.999 * energy_; };
  const auto go = [&] {
    centre();
    start_signs();
    refine();
  };
  if (walk()) go();
  if (!is_all()) pair();
  for (const auto& joint : kJoints) {
    if (is_all()) break;
    weigh(joint);
    tour();
    go();
  }
  if (!is_all() && embed(threshold(3 * n))) go();
  if (!is_all() && embed(0)) go();
  copy_labels(labels(2), rows());
  copy_labels(labels(3), columns());
  BestLabelling labelling;
  labelling.band_share = best_ / energy_;
  choose(labelling);
  copy_labels(rows(), row);
  copy_labels(columns(), column);
  found = labelling;
  return {};
}

}  // namespace pinnscope
