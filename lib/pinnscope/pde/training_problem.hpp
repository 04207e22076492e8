#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/object_grid.hpp"
#include "pinnscope/core/random.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/pde/problem.hpp"
#include "pinnscope/pde/sampling.hpp"
#include "pinnscope/tape/loss_term.hpp"
#include "pinnscope/tape/tape.hpp"

namespace pinnscope {

/// A problem as a physics-informed network is trained on it: residuals on tapes, and the points at
/// which they are asked for. The defaults are those of Tucny, Ganguly, Ansumali, Succi,
/// arXiv 2509.18131.
template <class T>
class TrainingProblem : Pinned {
 public:
  /// The equation and the most conditions that a problem has.
  static constexpr std::size_t kMostTerms = 1 + Problem::kMostConditions;

  struct Config {
    const Problem* problem = nullptr;      ///< must outlive the object
    VectorView<const std::size_t> widths;  ///< of the network: its inputs, the problem's outputs
    std::uint64_t seed = 1;                ///< of the points
    std::size_t points = 10000;            ///< in the ansatz's box, drawn once
    std::size_t initial_points = 201;      ///< of a condition at an end of time
    std::size_t boundary_points = 211;     ///< of any other condition
    std::size_t held_out_points = 0;       ///< inside, never trained on; 0: none, nor of conditions
    AnsatzKind ansatz = AnsatzKind::none;  ///< what the network stands for
    Sampling sampling = Sampling::uniform;  ///< of points inside, and of candidates for them
    std::size_t candidates = 0;  ///< among which points inside are chosen anew; 0: these stay
    double residual_power = 1;   ///< k of take_candidates(), 0 or more
    double residual_floor = 1;   ///< c of take_candidates(), 0 or more
  };

  struct Storage {
    ObjectGrid<Tape<T>> tapes;                         ///< of each term, one column
    std::array<MatrixView<T>, kMostTerms> points{};    ///< inside, then of each condition
    std::array<MatrixView<T>, kMostTerms> held_out{};  ///< likewise
    MatrixView<T> candidates{};                        ///< for the points inside
    VectorView<double> candidate_losses{};             ///< the tape's loss at each, then its key
    VectorView<double> sorted_keys{};                  ///< in part
  };

  static constexpr Storage layout(Layout& layout, const Config& config) {
    Storage storage{.tapes = ObjectGrid<Tape<T>>::layout(layout, "tapes", terms(config), 1)};
    for (std::size_t k = 0; k < terms(config); ++k) {
      storage.points[k] = layout.matrix<T>(k == 0 ? "points inside" : "points of a condition",
                                           rows(config, k), columns(config, k));
    }
    for (std::size_t k = 0; config.held_out_points > 0 && k < terms(config); ++k) {
      storage.held_out[k] =
          layout.matrix<T>(k == 0 ? "held-out points inside" : "held-out points of a condition",
                           k == 0 ? config.held_out_points : rows(config, k), columns(config, k));
    }
    if (config.candidates > 0 && terms(config) > 0) {
      storage.candidates =
          layout.matrix<T>("candidates for points", config.candidates, columns(config, 0));
      storage.candidate_losses = layout.vector<double>("losses of candidates", config.candidates);
      storage.sorted_keys = layout.vector<double>("keys of candidates", config.candidates);
    }
    return storage;
  }

  static constexpr Footprint footprint(const Config& config) {
    Footprint need = measure([&](Layout& measured) { return layout(measured, config); });
    for (std::size_t k = 0; k < terms(config); ++k) {
      need = need + Tape<T>::footprint(tape_config(config, k));
    }
    return need;
  }

  /// Draws the points and records the tapes. Points of a condition lie evenly on an edge, ends
  /// included, and are drawn uniformly on a face of more dimensions. Held-out points are drawn
  /// uniformly everywhere, from streams of their own. Data are computed in double and rounded to T.
  TrainingProblem(const Config& config, Arena& arena) noexcept;

  /// no_loss: no problem; what Problem::check() says; unsupported: no such ansatz; out_of_range:
  /// the network has other inputs and outputs than the problem or its ansatz, or there are fewer
  /// than one point inside or on a face or two on an edge, or fewer candidates than points inside,
  /// or a power or floor of residuals that is not 0 or more and finite; what the data say; what a
  /// tape's status says.
  Status status() const noexcept { return status_; }

  /// The equation and each condition that does not hold by itself: their mean squares, equally
  /// weighted.
  std::span<const LossTerm<T>> terms() const noexcept { return std::span(terms_).first(count_); }

  /// The same terms at the held-out points, as many of a condition as are trained on: for
  /// Objective::evaluate_loss(). None where none are asked for.
  std::span<const LossTerm<T>> held_out_terms() const noexcept {
    return std::span(held_out_).first(storage_.held_out[0].empty() ? 0 : count_);
  }

  /// Draws the candidates for points inside, from a stream of their own for each draw: the same for
  /// the same seed. Allocates nothing. Precondition: draw < 2^32.
  void draw_candidates(std::uint64_t draw) noexcept;

  /// The candidates last drawn, a row each, with the columns of points inside; none where none are
  /// asked for.
  MatrixView<const T> candidates() const noexcept { return storage_.candidates; }

  /// To be filled in with the loss of the equation's tape at each candidate, of one residual r^2,
  /// before take_candidates(), which writes over it.
  VectorView<double> candidate_losses() noexcept { return storage_.candidate_losses; }

  /// Puts candidates in place of the points inside, without replacement, each with a weight of
  /// |r|^k / mean(|r|^k) + c, |r| the root of its loss: Wu, Zhu, Tan, Kartha, Lu, CMAME 403, 115671
  /// (2023), equation (2). Taken are those with the smallest -log(U) / weight, U uniform from a
  /// stream of its own (Efraimidis, Spirakis, Inf. Process. Lett. 97, 181 (2006)), in the order in
  /// which they were drawn. Held-out points and those of conditions stay. not_finite (info: the
  /// candidate): a loss is not, or is negative; the points stay then. Allocates nothing.
  /// Precondition: there are candidates; draw < 2^32.
  Status take_candidates(std::uint64_t draw) noexcept;

  /// visit(name, std::span<std::byte>) for what a later step of a training depends on: the points
  /// inside, where there are candidates for them. What a checkpoint keeps beside the trainer's.
  template <class Visit>
  void visit_state(Visit&& visit) noexcept {
    if (storage_.candidates.empty()) return;
    visit("points inside", std::as_writable_bytes(storage_.points[0].flat()));
  }

 private:
  static constexpr std::size_t terms(const Config& config) noexcept {
    if (config.problem == nullptr || !config.problem->check().ok()) return 0;
    std::size_t count = 1;
    for (const Condition& condition : config.problem->conditions) {
      count += Problem::is_trained(condition, config.ansatz) ? 1 : 0;
    }
    return count;
  }

  /// Of term k, which is not the equation.
  static constexpr const Condition& condition_of(const Config& config, std::size_t k) noexcept {
    std::size_t c = 0;
    for (std::size_t left = k;; ++c) {
      left -= Problem::is_trained(config.problem->conditions[c], config.ansatz) ? 1 : 0;
      if (left == 0) return config.problem->conditions[c];
    }
  }

  /// Of the points of term k.
  static constexpr std::size_t rows(const Config& config, std::size_t k) noexcept {
    const Problem& problem = *config.problem;
    if (k == 0) return config.points;
    if (problem.inputs.size() == 1) return 1;  // an end of the interval
    const bool initial = condition_of(config, k).input == problem.time();
    return initial ? config.initial_points : config.boundary_points;
  }
  static constexpr std::size_t columns(const Config& config, std::size_t k) noexcept {
    const Problem& problem = *config.problem;
    if (k == 0) return problem.inputs.size();
    const Condition& condition = condition_of(config, k);
    return problem.inputs.size() * (condition.end == End::both ? 2 : 1) +
           (condition.data == nullptr ? 0 : problem.outputs.size());
  }
  static constexpr typename Tape<T>::Config tape_config(const Config& config, std::size_t k) {
    return {.widths = config.widths,
            .columns = columns(config, k),
            .nodes = config.problem->operations +
                     (config.ansatz == AnsatzKind::none ? 0 : Ansatz::kOperations)};
  }

  static Status check(const Config& config) noexcept;
  Status place_on_face(const Config& config, std::size_t k, const Philox& source,
                       MatrixView<T> points) noexcept;
  static Field<T> field_of(const Config& config, Tape<T>& tape,
                           const Condition* condition) noexcept;
  Status record(const Config& config, std::size_t k, Tape<T>& tape) noexcept;

  Config config_;  // but for the widths
  Storage storage_;
  std::array<LossTerm<T>, kMostTerms> terms_{};
  std::array<LossTerm<T>, kMostTerms> held_out_{};
  std::size_t count_ = 0;
  Status status_;
};

}  // namespace pinnscope
