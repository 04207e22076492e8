#include "pinnscope/train/objective.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <new>
#include <numeric>

namespace pinnscope {
namespace {

/// What keeps a term (number `k`) from being trained on by a network of these widths.
template <class T>
Status check_term(const LossTerm<T>& term, std::size_t k,
                  VectorView<const std::size_t> widths) noexcept {
  const auto refused = [k](StatusCode code) { return Status{code, static_cast<int>(k)}; };
  if (term.tape == nullptr) return refused(StatusCode::no_tape);
  if (!term.tape->status().ok()) return term.tape->status();
  if (term.tape->loss().count == 0) return refused(StatusCode::no_loss);
  const auto recorded = term.tape->widths();
  if (!std::equal(widths.begin(), widths.end(), recorded.begin(), recorded.end())) {
    return refused(StatusCode::other_widths);
  }
  const MatrixView<const T>& points = term.points;
  if (points.columns != term.tape->columns()) return refused(StatusCode::other_columns);
  if (points.empty() || points.data == nullptr) return refused(StatusCode::no_points);
  const bool overlapping = points.columns > 1 && points.stride < points.rows;
  if (overlapping) return refused(StatusCode::overlapping_columns);
  const bool weighs = term.weight >= 0 && std::isfinite(static_cast<T>(term.weight));
  return weighs ? Status{} : refused(StatusCode::bad_weight);
}

}  // namespace

template <class T>
Status Objective<T>::check(const Config& config) noexcept {
  const auto widths = config.widths;
  if (widths.size() < 2 || std::find(widths.begin(), widths.end(), 0u) != widths.end()) {
    return {StatusCode::bad_widths};
  }
  const bool shared =
      config.threads > 0 && config.lanes > 0 && config.tile > 0 && config.tile <= kMostTilePoints;
  if (!shared) return {StatusCode::bad_sharing};
  if (config.terms.empty()) return {StatusCode::no_terms};
  if (config.terms.size() > kMostTerms) {
    return {StatusCode::too_many_terms, static_cast<int>(kMostTerms)};
  }
  bool weighs = false;
  for (std::size_t k = 0; k < config.terms.size(); ++k) {
    const Status status = check_term(config.terms[k], k, widths);
    if (!status.ok()) return status;
    weighs = weighs || static_cast<T>(config.terms[k].weight) > 0;
  }
  return weighs ? Status{} : Status{StatusCode::no_weights};
}

template <class T>
typename Objective<T>::Sharing Objective<T>::sharing_of(const Config& config) {
  Sharing sharing{.terms = config.terms.size()};
  for (const LossTerm<T>& term : config.terms) {
    if (term.tape == nullptr) continue;
    const Footprint need = Replay<T>::footprint({.tape = term.tape, .tile = config.tile});
    sharing.workspace = std::max(sharing.workspace, need.payload);
  }
  return sharing;
}

template <class T>
Objective<T>::Objective(const Config& config, Arena& arena) noexcept
    : status_(check(config)),
      count_(status_.ok() ? config.terms.size() : 0),
      lanes_(config.lanes),
      tile_(config.tile),
      workers_(status_.ok() && arena.status().ok() ? config.threads : 1) {
  if (status_.ok()) status_ = workers_.status();
  if (!status_.ok()) return;
  Layout carver(arena);
  storage_ = layout(carver, config, sharing_of(config));
  std::copy(config.terms.begin(), config.terms.end(), terms_.begin());
  for (LossTerm<T>& term : terms_) term.name = term.name == nullptr ? "" : term.name;
  status_ = arena.status();
  if (!status_.ok()) return;
  for (std::size_t thread = 0; thread < config.threads; ++thread) {
    for (std::size_t k = 0; k < count_; ++k) {
      Arena workspace(storage_.workspace.column(thread));
      const typename Replay<T>::Config replay{.tape = terms_[k].tape, .tile = tile_};
      storage_.replays.make(k, thread, replay, workspace);
    }
  }
}

template <class T>
Status Objective<T>::evaluate(const Mlp<T>& network, VectorView<T> gradient,
                              double& loss) noexcept {
  if (!status_.ok()) return status_;
  assert(gradient.size() == network.parameters().size());
  workers_.run(lanes_, [&](std::size_t lane, std::size_t thread) noexcept {
    const VectorView<T> share = storage_.gradients.column(lane);
    if (has_tiles(lane)) std::fill(share.begin(), share.end(), T(0));
    run_lane(network, terms(), lane, thread, share);
  });
  const Status status = add_losses(loss);
  const bool finite = add_lanes(gradient);
  return status.ok() && !finite ? Status{StatusCode::not_finite, -1} : status;
}

template <class T>
Status Objective<T>::evaluate_loss(const Mlp<T>& network, std::span<const LossTerm<T>> terms,
                                   double& loss) noexcept {
  if (!status_.ok()) return status_;
  assert(terms.size() == count_);
  for (std::size_t k = 0; k < count_; ++k) assert(terms[k].tape == terms_[k].tape);
  workers_.run(lanes_, [&](std::size_t lane, std::size_t thread) noexcept {
    run_lane(network, terms, lane, thread, {});
  });
  return add_losses(loss);
}

template <class T>
Status Objective<T>::evaluate_point_losses(const Mlp<T>& network, std::size_t term,
                                           MatrixView<const T> points,
                                           VectorView<double> losses) noexcept {
  if (!status_.ok()) return status_;
  assert(term < count_ && losses.size() == points.rows);
  LossTerm<T> there = terms_[term];
  there.points = points;
  workers_.run(lanes_, [&](std::size_t lane, std::size_t thread) noexcept {
    Replay<T>& tape = storage_.replays(term, thread);
    for (std::size_t i = first_tile(there, lane); i < first_tile(there, lane + 1); ++i) {
      const std::size_t start = tile_start(there, i);
      const std::size_t rows = tile_start(there, i + 1) - start;
      tape.forward(network, points.block(start, 0, rows, points.columns));
      tape.point_losses(losses.subspan(start, rows));
    }
  });
  return {};
}

template <class T>
Status Objective<T>::add_losses(double& loss) noexcept {
  loss = 0;
  Status status;
  for (std::size_t k = 0; k < count_; ++k) {
    parts_[k] = 0;
    for (std::size_t lane = 0; lane < lanes_; ++lane) parts_[k] += storage_.losses(k, lane);
    loss += parts_[k];
    if (status.ok() && !std::isfinite(parts_[k])) {
      status = {StatusCode::not_finite, static_cast<int>(k)};
    }
  }
  return status;
}

/// Tiles that hold the points of a term.
template <class T>
std::size_t Objective<T>::tiles_of(const LossTerm<T>& term) const noexcept {
  const std::size_t points = term.points.rows;
  return points / tile_ + (points % tile_ != 0);
}

/// Of the tiles of a term, the first that a lane takes.
template <class T>
std::size_t Objective<T>::first_tile(const LossTerm<T>& term, std::size_t lane) const noexcept {
  return lane * tiles_of(term) / lanes_;
}

/// Whether a lane takes any tile; the last one does.
template <class T>
bool Objective<T>::has_tiles(std::size_t lane) const noexcept {
  bool has = false;
  for (std::size_t k = 0; k < count_; ++k) {
    has = has || first_tile(terms_[k], lane) < first_tile(terms_[k], lane + 1);
  }
  return has;
}

/// The points of a term are dealt out to as few tiles as hold them, in whole panels where tiles
/// have those, as evenly as they go: the first point of a tile.
template <class T>
std::size_t Objective<T>::tile_start(const LossTerm<T>& term, std::size_t tile) const noexcept {
  const std::size_t points = term.points.rows;
  const std::size_t unit = std::gcd(tile_, kPanelRows<T>);
  const std::size_t units = points / unit + (points % unit != 0);
  return std::min(tile * units / tiles_of(term) * unit, points);
}

/// Tiles are dealt out to lanes in runs of neighbours, as evenly as they go. An empty gradient is
/// not asked for.
template <class T>
void Objective<T>::run_lane(const Mlp<T>& network, std::span<const LossTerm<T>> terms,
                            std::size_t lane, std::size_t thread, VectorView<T> gradient) noexcept {
  for (std::size_t k = 0; k < count_; ++k) {
    const LossTerm<T>& term = terms[k];
    const double scale = term.weight / static_cast<double>(term.points.rows);
    Replay<T>& tape = storage_.replays(k, thread);
    double loss = 0;
    for (std::size_t i = first_tile(term, lane); i < first_tile(term, lane + 1); ++i) {
      const std::size_t start = tile_start(term, i);
      const std::size_t rows = tile_start(term, i + 1) - start;
      tape.forward(network, term.points.block(start, 0, rows, term.points.columns));
      loss += scale * tape.loss();
      if (!gradient.empty()) tape.backward(network, scale, gradient);
    }
    storage_.losses(k, lane) = loss;
  }
}

/// Whether the sum is finite: a number that is not leaves a NaN when it is multiplied by zero.
template <class T>
bool Objective<T>::add_lanes(VectorView<T> gradient) noexcept {
  std::size_t lane = 0;
  while (lane + 1 < lanes_ && !has_tiles(lane)) ++lane;
  const auto first = storage_.gradients.column(lane);
  std::copy(first.begin(), first.end(), gradient.begin());
  for (++lane; lane < lanes_; ++lane) {
    if (!has_tiles(lane)) continue;
    const auto added = storage_.gradients.column(lane);
    for (std::size_t i = 0; i < gradient.size(); ++i) gradient[i] += added[i];
  }
  T poison = 0;
  for (const T entry : gradient) poison += 0 * entry;
  return poison == 0;
}

template class Objective<float>;
template class Objective<double>;

}  // namespace pinnscope
