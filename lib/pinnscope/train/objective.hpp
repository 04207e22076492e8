#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/object_grid.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/core/workers.hpp"
#include "pinnscope/nn/mlp.hpp"
#include "pinnscope/tape/loss_term.hpp"
#include "pinnscope/tape/replay.hpp"

namespace pinnscope {

template <class T>
class NormalMatrix;

/// The loss of a network, the sum of its terms, and its gradient. Points are cut into tiles, tiles
/// are dealt out to lanes, lanes are taken by threads: a lane sums its tiles in order, and lanes
/// are added in order, so the bits do not depend on the number of threads. Memory grows with lanes,
/// threads and the tile, not with the number of points.
template <class T>
class Objective : Pinned {
 public:
  static constexpr std::size_t kMostTerms = 8;  ///< the most terms of a loss

  struct Config {
    VectorView<const std::size_t> widths;  ///< of the network
    /// At most kMostTerms; they are copied, what they point to is not and outlives the objective.
    std::span<const LossTerm<T>> terms = {};
    std::size_t threads = 1;  ///< the caller's included; 1 or more
    std::size_t lanes = 8;    ///< at least as many as threads, or some of those have nothing to do
    std::size_t tile = kTilePoints<T>;  ///< points that a thread computes at a time
  };

  struct Storage {
    ObjectGrid<Replay<T>> replays;    ///< of each term, a column a thread
    MatrixView<std::byte> workspace;  ///< a column a thread: what its replays share
    MatrixView<T> gradients;          ///< a column a lane
    MatrixView<double> losses;        ///< terms x lanes
  };

  /// Whether a config can work. bad_widths; bad_sharing: no threads, lanes or points of a tile, or
  /// more than kMostTilePoints of these; no_terms; too_many_terms; of a term (info: its index)
  /// no_tape, no_loss (minimise() was not called), other_widths, no_points, other_columns,
  /// overlapping_columns, bad_weight; a failed tape's status; no_weights.
  static Status check(const Config& config) noexcept;

  /// Shares of a thread: what Replays of the terms are measured or carved in.
  struct Sharing {
    std::size_t terms = 0;      ///< of the loss: a Replay each
    std::size_t workspace = 0;  ///< bytes of the largest Replay
  };

  /// Of the config's recorded tapes, or, before anything is recorded, of what the tapes may have.
  /// @{
  static Sharing sharing_of(const Config& config);
  static constexpr Sharing sharing_of(const Config& config,
                                      std::span<const typename Tape<T>::Config> tapes) {
    Sharing sharing{.terms = tapes.size()};
    for (const auto& tape : tapes) {
      sharing.workspace =
          std::max(sharing.workspace, Replay<T>::footprint(tape, config.tile).payload);
    }
    return sharing;
  }
  /// @}

  static constexpr Storage layout(Layout& layout, const Config& config, const Sharing& sharing) {
    return {ObjectGrid<Replay<T>>::layout(layout, "replays", sharing.terms, config.threads),
            layout.matrix<std::byte>("workspaces", sharing.workspace, config.threads),
            layout.matrix<T>("gradients of lanes", Mlp<T>::parameter_count(config.widths),
                             config.lanes),
            layout.matrix<double>("losses of lanes", sharing.terms, config.lanes)};
  }

  /// Of the terms in the config, whose tapes are recorded.
  static Footprint footprint(const Config& config) {
    return measure([&](Layout& measured) { return layout(measured, config, sharing_of(config)); });
  }

  /// Before anything is recorded: enough for a term a tape, each tape within its config. The
  /// config's own terms do not count.
  static constexpr Footprint footprint(const Config& config,
                                       std::span<const typename Tape<T>::Config> tapes) {
    return measure(
        [&](Layout& measured) { return layout(measured, config, sharing_of(config, tapes)); });
  }

  /// Starts the threads. Takes nothing from the arena where check() fails.
  Objective(const Config& config, Arena& arena) noexcept;

  /// check(), what Workers::status() says, or out_of_memory: the arena was too small.
  Status status() const noexcept { return status_; }

  /// The terms as they were given; none where status() is not ok.
  std::span<const LossTerm<T>> terms() const noexcept { return std::span(terms_).first(count_); }

  /// Threads that work: the wanted ones, or those that could be started.
  std::size_t threads() const noexcept { return workers_.threads(); }

  /// loss = sum over the terms of weight mean(...), gradient its derivative with respect to the
  /// network's parameters. Three products of matrices a layer, stream and point. not_finite where a
  /// part (info: its index) or, with info -1, the gradient is not; both are then written all the
  /// same. status() where that is not ok. Precondition: the network has the config's widths.
  /// Allocates nothing.
  Status evaluate(const Mlp<T>& network, VectorView<T> gradient, double& loss) noexcept;

  /// The loss alone, as evaluate() has it, at other points: of `terms`, which are terms() but for
  /// their points, weights and names, such as points held out from training. A third of the time of
  /// evaluate() a point, in the same storage. not_finite: a part (info: its index), written all the
  /// same; status() where that is not ok. Preconditions: as many terms with the same tapes, which
  /// evaluate() would take; the network has the config's widths. Allocates nothing.
  Status evaluate_loss(const Mlp<T>& network, std::span<const LossTerm<T>> terms,
                       double& loss) noexcept;

  /// The loss of term `term`'s tape at each of `points`, its weight left out: of one residual r^2.
  /// As long and in the same storage as evaluate_loss(). What is not finite is written as it is;
  /// status() where that is not ok. Preconditions: term < terms().size(); points with the columns
  /// of its tape, a number each; the network has the config's widths. Allocates nothing.
  Status evaluate_point_losses(const Mlp<T>& network, std::size_t term, MatrixView<const T> points,
                               VectorView<double> losses) noexcept;

  /// The terms of the last loss, weights included.
  VectorView<const double> parts() const noexcept { return std::span(parts_).first(count_); }

 private:
  friend NormalMatrix<T>;

  std::size_t tiles_of(const LossTerm<T>& term) const noexcept;
  std::size_t tile_start(const LossTerm<T>& term, std::size_t tile) const noexcept;
  std::size_t first_tile(const LossTerm<T>& term, std::size_t lane) const noexcept;
  bool has_tiles(std::size_t lane) const noexcept;
  void run_lane(const Mlp<T>& network, std::span<const LossTerm<T>> terms, std::size_t lane,
                std::size_t thread, VectorView<T> gradient) noexcept;
  Status add_losses(double& loss) noexcept;
  bool add_lanes(VectorView<T> gradient) noexcept;

  Status status_;
  Storage storage_;
  std::array<LossTerm<T>, kMostTerms> terms_{};
  std::array<double, kMostTerms> parts_{};
  std::size_t count_;
  std::size_t lanes_;
  std::size_t tile_;
  Workers workers_;
};

}  // namespace pinnscope
