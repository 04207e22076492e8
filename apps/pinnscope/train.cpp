#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <numeric>
#include <span>

#include "commands.hpp"
#include "common/machine.hpp"
#include "common/options.hpp"
#include "interrupt.hpp"
#include "keep_network.hpp"
#include "pinnscope/io/armadillo.hpp"
#include "pinnscope/io/atomic_file.hpp"
#include "pinnscope/io/checkpoint.hpp"
#include "pinnscope/io/destination.hpp"
#include "pinnscope/io/file_lock.hpp"
#include "pinnscope/io/network_file.hpp"
#include "pinnscope/io/number_text.hpp"
#include "pinnscope/io/owned.hpp"
#include "pinnscope/io/printable.hpp"
#include "pinnscope/io/saved_network.hpp"
#include "pinnscope/pde/problem.hpp"
#include "pinnscope/pde/training_problem.hpp"
#include "pinnscope/train/resample.hpp"
#include "pinnscope/train/trainer.hpp"
#include "progress.hpp"
#include "training_log.hpp"

namespace pinnscope::apps {
namespace {

// What a network takes at the most while it is written and judged, in networks of float: twice its
// numbers as doubles, and twice what goes into the file.
constexpr std::size_t kNetworkCopies = 6;

// Of a warning by chance alone.
constexpr double kChance = 1e-3;

/// What the command line says of the layers.
LayerStep layer_step_of(const TrainOptions& options) {
  const LayerStep standard;
  return {.kind = options.layers_kind,
          .size = options.layers_step.value_or(standard.size),
          .damping = options.layers_damping.value_or(standard.damping)};
}

/// What is written of how a network was trained, in this order.
using RecipeEntries = std::vector<std::pair<std::string, std::string>>;

/// A run: the problem, the trainer on it, and where its state goes. What is there for as long as it
/// trains, but for the stacks of its threads, stands in one arena, all of which is known and asked
/// for before the first point is drawn.
template <class T>
class Run {
 public:
  explicit Run(const TrainOptions& options)
      : options_(options),
        stated_(*options.problem),
        widths_(widths_of(options, stated_)),
        memory_(footprint(options)),
        arena_(memory_.bytes()),
        problem_(problem_config(options), arena_),
        config_(config_of(options, problem_.terms())),
        trainer_(config_, arena_) {
    for (std::size_t i = 0; i < trainer_.parts().size(); ++i) {
      part_names_.push_back(trainer_.part_name(i));
    }
    column_names_ = part_names_;
    if (!problem_.held_out_terms().empty()) column_names_.emplace_back("held-out loss");
    columns_.resize(column_names_.size(), std::numeric_limits<double>::quiet_NaN());
  }

  FileStatus train(int& signal);

 private:
  static constexpr Precision kPrecision =
      std::is_same_v<T, float> ? Precision::float32 : Precision::float64;

  static std::vector<std::size_t> widths_of(const TrainOptions& options, const Problem& problem) {
    std::vector<std::size_t> widths(options.layers + 2, options.width);
    widths.front() = problem.network_inputs(options.ansatz);
    widths.back() = problem.outputs.size();
    return widths;
  }

  static const char* phase_name(typename Trainer<T>::Phase phase) {
    switch (phase) {
      case Trainer<T>::Phase::adam: return "Adam";
      case Trainer<T>::Phase::lbfgs: return "L-BFGS";
      case Trainer<T>::Phase::quasi_newton: return "quasi-Newton";
      case Trainer<T>::Phase::levenberg_marquardt: return "Levenberg-Marquardt";
      case Trainer<T>::Phase::finished: return "finished";
    }
    return "unknown phase";
  }

  typename TrainingProblem<T>::Config problem_config(const TrainOptions& options) const {
    return {.problem = &stated_,
            .widths = widths_,
            .seed = options.seed,
            .points = options.points,
            .held_out_points = held_out_of(options),
            .ansatz = options.ansatz,
            .sampling = options.points_by,
            .candidates = candidates_of(options)};
  }

  static std::size_t candidates_of(const TrainOptions& options) {
    return options.resample_every == 0 ? 0 : options.candidates.value_or(10 * options.points);
  }

  static std::size_t held_out_of(const TrainOptions& options) {
    return options.held_out.value_or(std::max<std::size_t>(100, options.points / 10));
  }

  typename Trainer<T>::Config config_of(const TrainOptions& options,
                                        std::span<const LossTerm<T>> terms) const {
    return {.network = {.widths = widths_,
                        .hidden = options.activation,
                        .activation_parameters = options.activation_parameters},
            .terms = terms,
            .seed = options.seed,
            .layer_step = layer_step_of(options),
            .adam_steps = options.adam_steps,
            .adam = {.learning_rate = options.learning_rate},
            .lbfgs_iterations = options.lbfgs_iterations,
            .lbfgs = {.loss_tolerance = options.lbfgs_tolerance,
                      .loss_floor = options.lbfgs_loss_floor},
            .quasi_newton_iterations = options.quasi_newton_iterations,
            .quasi_newton = {.update = options.quasi_newton_update},
            .levenberg_marquardt_iterations = options.levenberg_marquardt_iterations,
            .threads = options.threads};
  }

  /// Where the run stands behind a step of `phase`.
  Standing standing(typename Trainer<T>::Phase phase) {
    std::ranges::copy(trainer_.parts(), columns_.begin());
    return {phase_name(phase), trainer_.steps(), trainer_.total_steps(), trainer_.loss(), columns_};
  }

  /// The loss at the held-out points, or NaN where that cannot be known.
  double held_out_loss() {
    double loss = 0;
    const Status status = trainer_.evaluate_held_out(problem_.held_out_terms(), loss);
    return status.ok() ? loss : std::numeric_limits<double>::quiet_NaN();
  }
  /// Whether the held-out loss has been above its lowest for as long as is borne.
  bool is_out_of_patience() const {
    return options_.patience > 0 && trainer_.steps() >= lowest_.step + options_.patience;
  }
  const char* ending_text() const {
    const bool early = !trainer_.done() && is_out_of_patience();
    return early ? "the loss at the points held out falls no more" : text(trainer_.ending());
  }
  bool holds_out() const { return columns_.size() > part_names_.size(); }

  /// Of the problem and its trainer, whose tapes a problem of few points has too. Requires beside
  /// that what is taken to write the state and the network.
  Footprint footprint(const TrainOptions& options) const {
    typename TrainingProblem<T>::Config few = problem_config(options);
    few.points = 1;
    few.initial_points = few.boundary_points = 2;
    few.held_out_points = few.candidates = 0;
    Owned<TrainingProblem<T>> problem(few);
    const Footprint trainer = Trainer<T>::footprint(config_of(options, problem->terms()));
    const Footprint whole = TrainingProblem<T>::footprint(problem_config(options)) + trainer;
    Footprint most = whole;
    const std::size_t network = Mlp<T>::footprint({.widths = widths_}).payload;
    most.append(
        {"what is being written", options.checkpoint.empty()
                                      ? Footprint::saturating_multiply(kNetworkCopies, network)
                                      : std::max(trainer.payload, network)});
    require_memory(most);
    return whole;
  }

  RecipeEntries recipe() const;
  std::string recipe_text() const;
  FileStatus start();
  FileStatus save();
  std::string failure_text(const Status& failure) const;
  FileStatus go(int& signal);
  FileStatus stop(int signal);
  void keep_row(TrainingLog& log, FileStatus& lost, const Standing& standing, bool always);
  Status choose_points();
  std::vector<StateBlock> blocks();
  void warn_of_overfitting();
  void judge_apart(typename Trainer<T>::Phase phase);
  void keep_rows(const Standing& standing);
  void keep_state();
  FileStatus with_losses(FileStatus status) const;
  NetworkWeights network_with_recipe();
  FileStatus write_network();
  FileStatus keep_last_finite(FileStatus failure);
  void print_start() const;
  void print_correlations();

  const TrainOptions& options_;
  const Problem& stated_;
  std::vector<std::size_t> widths_;
  ArenaMemory memory_;
  Arena arena_;
  TrainingProblem<T> problem_;
  typename Trainer<T>::Config config_;
  Trainer<T> trainer_;
  std::vector<std::string> part_names_;
  std::vector<std::string> column_names_;  // of the log: parts, and the loss at held-out points
  std::vector<double> columns_;
  struct {  // of eight bytes each: no gaps
    double loss = std::numeric_limits<double>::infinity();
    std::uint64_t step = 0;
  } lowest_;  // at the held-out points, and behind which step
  TrainingLog log_;
  TrainingLog gradients_;
  std::vector<double> gradient_norms_;  // of each layer
  FileStatus log_lost_;                 // the first failure to append to the log
  FileStatus gradients_lost_;           // likewise
  FileStatus
      checkpoint_lost_;  // the last failure to write the checkpoint, if that was the last try
};

/// Whatever the result depends on, but for the instructions of the processor.
template <class T>
RecipeEntries Run<T>::recipe() const {
  const auto number = [](std::size_t value) { return std::to_string(value); };
  const typename TrainingProblem<T>::Config problem{};
  RecipeEntries recipe{{Recipe::kProblem, stated_.name},
                       {Recipe::kSeed, std::to_string(options_.seed)},
                       {Recipe::kInitialiser, text(config_.initialiser)},
                       {"points", number(options_.points)},
                       {"initial_points", number(problem.initial_points)},
                       {"boundary_points", number(problem.boundary_points)},
                       {"held_out_points", number(held_out_of(options_))},
                       {"hidden_layers", number(options_.layers)},
                       {"width", number(options_.width)},
                       {"hidden_activation", text(options_.activation)},
                       {Recipe::kPrecision, text(options_.precision)},
                       {"adam_steps", number(options_.adam_steps)},
                       {"learning_rate", shortest_text(options_.learning_rate)},
                       {"lbfgs_iterations", number(options_.lbfgs_iterations)},
                       {"lbfgs_pairs", number(config_.lbfgs.pairs)},
                       {"lbfgs_tolerance", shortest_text(config_.lbfgs.loss_tolerance)},
                       {"lbfgs_loss_floor", shortest_text(config_.lbfgs.loss_floor)},
                       {"lanes", number(config_.lanes)},
                       {"tile", number(config_.tile)}};
  if (options_.layers_kind != LayerKind::plain) {
    recipe.insert(recipe.end(),
                  {{Recipe::kLayersKind, text(config_.layer_step.kind)},
                   {Recipe::kLayersStep, shortest_text(config_.layer_step.size)},
                   {Recipe::kLayersDamping, shortest_text(config_.layer_step.damping)}});
  }
  if (options_.ansatz != AnsatzKind::none) {
    recipe.emplace_back(Recipe::kAnsatz, text(options_.ansatz));
  }
  if (options_.points_by != Sampling::uniform) {
    recipe.emplace_back("points_by", text(options_.points_by));
  }
  if (options_.patience > 0) recipe.emplace_back("patience", number(options_.patience));
  if (options_.resample_every > 0) {
    recipe.insert(recipe.end(), {{"resample_every", number(options_.resample_every)},
                                 {"candidates", number(candidates_of(options_))},
                                 {"residual_power", shortest_text(problem.residual_power)},
                                 {"residual_floor", shortest_text(problem.residual_floor)}});
  }
  if (options_.quasi_newton_iterations > 0) {
    recipe.insert(recipe.end(),
                  {{"quasi_newton_iterations", number(options_.quasi_newton_iterations)},
                   {"quasi_newton_update", text(options_.quasi_newton_update)}});
  }
  if (options_.levenberg_marquardt_iterations > 0) {
    recipe.emplace_back("levenberg_marquardt_iterations",
                        number(options_.levenberg_marquardt_iterations));
  }
  for_each_parameter([&](const ActivationParameter& parameter) {
    const std::optional<double>& given = options_.activation_parameters.*parameter.place;
    if (given) recipe.emplace_back(std::string("hidden_") + parameter.name, shortest_text(*given));
  });
  return recipe;
}

template <class T>
std::string Run<T>::recipe_text() const {
  std::string text;
  for (const auto& [key, value] : recipe()) text += key + " " + value + "\n";
  return text;
}

template <class T>
FileStatus Run<T>::start() {
  if (!problem_.status().ok()) return {problem_.status().code, problem_.status().text()};
  const std::string& path = options_.checkpoint;
  for (const std::string& file : {options_.out, options_.log, options_.gradients, path}) {
    if (options_.resume && !file.empty()) remove_partial_files(file);
  }
  const bool there = !path.empty() && (std::filesystem::exists(path) ||
                                       std::filesystem::exists(previous_checkpoint(path)));
  if (there && !options_.resume) {
    return {StatusCode::bad_file,
            path + ": a checkpoint is there: --resume goes on from it, removing it starts anew"};
  }
  if (there) {
    FileStatus status = read_checkpoint(path, recipe_text(), blocks());
    if (!status.ok()) return status;
    std::printf("going on from step %zu of %s\n", trainer_.steps(), printable(path).c_str());
  } else if (options_.resume) {
    std::printf("no checkpoint at %s yet: starting at step 0\n", printable(path).c_str());
  }
  std::vector<std::string> gradient_names;
  for (std::size_t l = 0; l + 1 < widths_.size(); ++l) {
    gradient_names.push_back("gradient_" + std::to_string(l));
  }
  gradient_norms_.resize(gradient_names.size());
  FileStatus status = log_.open(options_.log, column_names_, trainer_.steps());
  if (status.ok()) {
    status = gradients_.open(options_.gradients, gradient_names, trainer_.steps());
  }
  return status;
}

template <class T>
void Run<T>::print_start() const {
  const std::size_t trainer = Trainer<T>::footprint(config_).payload;
  const std::size_t whole = memory_.bytes().size();
  std::printf("%s: %zu-%zux%zu-%zu %s, %s, %zu points, %zu Adam steps, %zu L-BFGS iterations\n",
              stated_.name, widths_.front(), options_.width, options_.layers, widths_.back(),
              text(options_.activation), text(options_.precision), options_.points,
              options_.adam_steps, options_.lbfgs_iterations);
  if (options_.resample_every > 0) {
    std::printf("points inside chosen anew every %zu steps among %zu candidates\n",
                options_.resample_every, candidates_of(options_));
  }
  if (options_.quasi_newton_iterations > 0) {
    std::printf("then %zu iterations of a quasi-Newton method: %s\n",
                options_.quasi_newton_iterations, text(options_.quasi_newton_update));
  }
  if (options_.levenberg_marquardt_iterations > 0) {
    std::printf("then %zu iterations of Levenberg-Marquardt\n",
                options_.levenberg_marquardt_iterations);
  }
  if (config_.layer_step.kind != LayerKind::plain) {
    std::printf("hidden layers beyond the first are steps: %s, h = %g, gamma = %g\n",
                text(config_.layer_step.kind), config_.layer_step.size, config_.layer_step.damping);
  }
  std::printf("%zu thread%s, %s kernels\n", config_.threads, config_.threads == 1 ? "" : "s",
              fastest<Kernels<T>>().name);
  std::printf("%s of memory: points and tapes %s, network, gradients and optimisers %s\n",
              bytes_text(whole).c_str(), bytes_text(whole - trainer).c_str(),
              bytes_text(trainer).c_str());
  std::fflush(stdout);
}

/// What a run goes on from.
template <class T>
std::vector<StateBlock> Run<T>::blocks() {
  std::vector<StateBlock> blocks = state_blocks(problem_);
  for (StateBlock& block : state_blocks(trainer_)) blocks.push_back(std::move(block));
  if (options_.patience > 0) {
    blocks.push_back({"lowest held-out loss", std::as_writable_bytes(std::span(&lowest_, 1))});
  }
  return blocks;
}

template <class T>
FileStatus Run<T>::save() {
  if (options_.checkpoint.empty()) return {};
  return write_checkpoint(options_.checkpoint, recipe_text(), blocks());
}

/// Of the loss: which part of it, and what is the matter.
template <class T>
std::string Run<T>::failure_text(const Status& failure) const {
  if (failure.code != StatusCode::not_finite) return failure.text();
  const std::string part =
      failure.info == Trainer<T>::kOfGradient ? "the gradient"
      : failure.info == Trainer<T>::kOfWeights
          ? "the weights of a layer"
          : "the part \"" + part_names_[static_cast<std::size_t>(failure.info)] + "\" of the loss";
  return part + ": " + failure.text();
}

template <class T>
FileStatus Run<T>::go(int& signal) {
  Progress progress(column_names_);
  if (holds_out()) columns_.back() = held_out_loss();
  auto phase = trainer_.phase();
  progress.show(standing(phase));
  while (!trainer_.done() && !is_out_of_patience() && signal == 0) {
    phase = trainer_.phase();
    const std::size_t step = trainer_.steps();
    const Status outcome = trainer_.step();
    if (!outcome.ok()) {
      progress.finish(standing(phase));
      return keep_last_finite(
          {outcome.code, "step " + std::to_string(step + 1) + ": " + failure_text(outcome)});
    }
    judge_apart(phase);
    keep_rows(standing(phase));
    if (const Status chosen = choose_points(); !chosen.ok()) {
      progress.finish(standing(phase));
      return keep_last_finite({chosen.code, "choosing points behind step " +
                                                std::to_string(step + 1) +
                                                ": a residual: " + chosen.text()});
    }
    if (trainer_.steps() % options_.checkpoint_every == 0) keep_state();
    progress.show(standing(phase));
    signal = remembered_signal();
  }
  progress.finish(standing(phase));
  keep_state();
  return {};
}

/// What a full disk takes is a row or a checkpoint, never the run: that goes on, says so once, and
/// tries again with the next one. What is lost in the end is a failure.
template <class T>
void Run<T>::keep_row(TrainingLog& log, FileStatus& lost, const Standing& standing, bool always) {
  const FileStatus status = log.add(standing, always);
  if (status.ok() || !lost.ok()) return;
  lost = {status.code,
          status.message + ", rows are missing from step " + std::to_string(standing.step) + " on"};
  std::printf("%s; training goes on\n", printable(lost.message).c_str());
  std::fflush(stdout);
}

/// Points inside, anew, where it is time for that.
template <class T>
Status Run<T>::choose_points() {
  const std::size_t every = options_.resample_every;
  if (every == 0 || trainer_.done() || trainer_.steps() % every != 0) return {};
  return resample(problem_, trainer_, trainer_.steps() / every);
}

/// At the steps that the log has rows of. No gradient is computed there, and there are few points:
/// it takes a few hundredths of the time of a step at the most.
template <class T>
void Run<T>::judge_apart(typename Trainer<T>::Phase phase) {
  const bool due = phase != Trainer<T>::Phase::adam || trainer_.done() ||
                   trainer_.steps() % TrainingLog::kStride == 0;
  if (!due || !holds_out()) return;
  columns_.back() = held_out_loss();
  if (columns_.back() < lowest_.loss) lowest_ = {columns_.back(), trainer_.steps()};
}

/// The gradients of the first step are those of the start.
template <class T>
void Run<T>::keep_rows(const Standing& standing) {
  keep_row(log_, log_lost_, standing, trainer_.done());
  if (options_.gradients.empty()) return;
  const Mlp<T>& network = trainer_.network();
  for (std::size_t l = 0; l < gradient_norms_.size(); ++l) {
    double squares = 0;
    for (const T entry :
         trainer_.gradient().subspan(network.weight_offset(l), network.weights(l).size())) {
      squares += double{entry} * double{entry};
    }
    gradient_norms_[l] = std::sqrt(squares);
  }
  Standing of_gradients = standing;
  of_gradients.parts = gradient_norms_;
  keep_row(gradients_, gradients_lost_, of_gradients, trainer_.done() || standing.step == 1);
}

template <class T>
void Run<T>::keep_state() {
  const FileStatus status = save();
  if (!status.ok() && checkpoint_lost_.ok()) {
    std::printf("%s; training goes on and tries again\n", printable(status.message).c_str());
    std::fflush(stdout);
  }
  checkpoint_lost_ = status;
}

/// A status with what else was lost on the way.
template <class T>
FileStatus Run<T>::with_losses(FileStatus status) const {
  for (const FileStatus* lost : {&log_lost_, &gradients_lost_, &checkpoint_lost_}) {
    if (lost->ok()) continue;
    status = {status.ok() ? lost->code : status.code,
              (status.ok() ? "" : status.message + "; ") + lost->message};
  }
  return status;
}

template <class T>
FileStatus Run<T>::stop(int signal) {
  const bool kept = !options_.checkpoint.empty() && checkpoint_lost_.ok();
  const FileStatus status = kept ? FileStatus{} : write_network();
  if (!status.ok()) return status;
  std::printf("stopped at step %zu by signal %d; %s %s\n", trainer_.steps(), signal,
              kept ? "--resume goes on from" : "the network as it is then went to",
              printable(kept ? options_.checkpoint : options_.out).c_str());
  return {};
}

template <class T>
FileStatus Run<T>::train(int& signal) {
  FileStatus status = start();
  if (!status.ok()) return status;
  print_start();
  remember_signals();
  status = go(signal);
  if (!status.ok()) return with_losses(status);
  if (signal != 0) return with_losses(stop(signal));
  std::string dense;
  if (options_.quasi_newton_iterations > 0) {
    dense = " and " + std::to_string(trainer_.quasi_newton_iterations()) + " of quasi-Newton";
  }
  if (options_.levenberg_marquardt_iterations > 0) {
    dense += " and " + std::to_string(trainer_.levenberg_marquardt_iterations()) +
             " of Levenberg-Marquardt";
  }
  std::printf("ended after %zu Adam steps and %zu L-BFGS iterations%s: %s\n",
              std::min(options_.adam_steps, trainer_.steps()), trainer_.lbfgs_iterations(),
              dense.c_str(), ending_text());
  status = write_network();
  if (!status.ok()) return with_losses(status);
  std::printf("wrote %s, whose loss is %.3e", printable(options_.out).c_str(), trainer_.loss());
  if (holds_out()) {
    std::printf(", and %.3e at %zu points held out from training", held_out_loss(),
                held_out_of(options_));
  }
  std::printf("\n");
  warn_of_overfitting();
  print_correlations();
  NetworkWeights trained = weights_of(trainer_.network());
  trained.metadata[Recipe::kAnsatz] = text(options_.ansatz);
  status = show_errors(stated_, trained, options_.out);
  std::fflush(stdout);
  if (remembered_signal() == SIGPIPE) signal = SIGPIPE;  // nobody reads what is printed any more
  return with_losses(status);
}

/// That the residual is larger at the held-out points, by a factor and by more than chance: that
/// the k largest of all are held-out ones has a probability of (held-out / all)^k at the most where
/// the training made no difference, whatever the law of residuals is.
template <class T>
void Run<T>::warn_of_overfitting() {
  if (!holds_out()) return;
  const auto losses_at = [this](MatrixView<const T> points) {
    std::vector<double> losses(points.rows);
    const Status status = trainer_.evaluate_point_losses(0, points, losses);
    return status.ok() ? losses : std::vector<double>(points.rows, 0.0);
  };
  const std::vector<double> trained = losses_at(problem_.terms()[0].points);
  const std::vector<double> held_out = losses_at(problem_.held_out_terms()[0].points);
  const double most = *std::max_element(trained.begin(), trained.end());
  const auto larger =
      std::count_if(held_out.begin(), held_out.end(), [most](double loss) { return loss > most; });
  const auto mean = [](const std::vector<double>& losses) {
    return std::accumulate(losses.begin(), losses.end(), 0.0) / static_cast<double>(losses.size());
  };
  const double share =
      static_cast<double>(held_out.size()) / static_cast<double>(held_out.size() + trained.size());
  const bool by_chance = std::pow(share, static_cast<double>(larger)) > kChance;
  if (by_chance || !(mean(held_out) > 10 * mean(trained))) return;
  std::printf(
      "warning: the mean square residual is %.2e at points held out and %.2e at those of training, "
      "which the network fits: give it more, by --points or --resample-every\n",
      mean(held_out), mean(trained));
}

/// The network with its recipe and what was last computed of its loss.
template <class T>
NetworkWeights Run<T>::network_with_recipe() {
  NetworkWeights weights = weights_of(trainer_.network());
  for (const auto& [key, value] : recipe()) weights.metadata[key] = value;
  weights.metadata["kernels"] = fastest<Kernels<T>>().name;
  weights.metadata["steps_taken"] = std::to_string(trainer_.steps());
  weights.metadata["lbfgs_iterations_taken"] = std::to_string(trainer_.lbfgs_iterations());
  if (options_.quasi_newton_iterations > 0) {
    weights.metadata["quasi_newton_iterations_taken"] =
        std::to_string(trainer_.quasi_newton_iterations());
  }
  if (options_.levenberg_marquardt_iterations > 0) {
    weights.metadata["levenberg_marquardt_iterations_taken"] =
        std::to_string(trainer_.levenberg_marquardt_iterations());
  }
  weights.metadata["ending"] = ending_text();
  weights.metadata["final_loss"] = shortest_text(trainer_.loss());
  for (std::size_t i = 0; i < part_names_.size(); ++i) {
    std::string key = "final_" + part_names_[i];
    std::replace(key.begin(), key.end(), ' ', '_');
    weights.metadata[key] = shortest_text(trainer_.parts()[i]);
  }
  if (holds_out()) weights.metadata["final_held_out_loss"] = shortest_text(held_out_loss());
  return weights;
}

/// With the network's own loss, which no step has computed yet behind Adam's last.
template <class T>
FileStatus Run<T>::write_network() {
  if (const Status status = trainer_.evaluate_loss(); !status.ok()) {
    return keep_last_finite(
        {status.code, "the network behind the last step: " + failure_text(status)});
  }
  FileStatus status = write_or_keep(options_.out, network_with_recipe(), kPrecision,
                                    {options_.checkpoint, options_.log});
  if (!status.ok() && !options_.checkpoint.empty() && checkpoint_lost_.ok()) {
    status.message += "; --resume writes it again from " + options_.checkpoint;
  }
  return status;
}

/// Of a training that diverged. What goes to --out is a network that was trained to its end: the
/// last one with a finite loss is kept beside it.
template <class T>
FileStatus Run<T>::keep_last_finite(FileStatus failure) {
  if (!options_.checkpoint.empty()) {
    failure.message += "; the state that was saved last is in " + options_.checkpoint;
  }
  if (!trainer_.return_to_last_finite() || !trainer_.evaluate_loss().ok()) {
    failure.message += "; there was no step with a finite loss before it";
    return failure;
  }
  const std::string kept = keep_network(options_.out, network_with_recipe(), kPrecision,
                                        {options_.checkpoint, options_.log});
  const std::string which =
      "the last network with a finite loss, of step " + std::to_string(trainer_.steps());
  failure.message +=
      kept.empty() ? "; no directory took " + which : "; " + which + ", is kept as " + kept;
  return failure;
}

/// Pearson's correlation of the entries. Armadillo's calls BLAS, which nothing here needs.
template <class T>
double correlation(MatrixView<const T> a, MatrixView<const T> b) {
  const auto mean = [](VectorView<const T> values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  };
  const double a_mean = mean(a.flat());
  const double b_mean = mean(b.flat());
  double squares_a = 0;
  double squares_b = 0;
  double products = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double from_a = static_cast<double>(a.flat()[i]) - a_mean;
    const double from_b = static_cast<double>(b.flat()[i]) - b_mean;
    squares_a += from_a * from_a;
    squares_b += from_b * from_b;
    products += from_a * from_b;
  }
  return products / (std::sqrt(squares_a) * std::sqrt(squares_b));
}

/// Of layers that are steps, what their weights depend on: the generators W become W - W^T.
template <class T>
void leave_antisymmetric(const LayerStep& step, Mlp<T>& network) {
  for (std::size_t l = 0; l < network.layers(); ++l) {
    if (step.kind == LayerKind::plain || !LayerStep::is_step(network.widths(), l)) continue;
    const MatrixView<T> w = network.weights(l);
    for (std::size_t j = 0; j < w.columns; ++j) {
      for (std::size_t i = 0; i <= j; ++i) w(j, i) = -(w(i, j) -= w(j, i));
    }
  }
}

/// How much of its start each layer remembers, and how alike layers of one shape are.
template <class T>
void Run<T>::print_correlations() {
  Owned<Mlp<T>> trained(config_.network);
  std::ranges::copy(trainer_.parameters(), trained->parameters().begin());
  leave_antisymmetric(config_.layer_step, *trained);
  const Mlp<T>& network = *trained;
  Owned<Mlp<T>> start(config_.network);
  initialise(*start, config_.initialiser, config_.seed);
  leave_antisymmetric(config_.layer_step, *start);
  std::printf("layer  fan_in  fan_out  correlation with its start  largest with another layer%s\n",
              config_.layer_step.kind == LayerKind::plain ? "" : "  (steps: of W - W^T)");
  for (std::size_t l = 0; l < network.layers(); ++l) {
    std::printf("%5zu  %6zu  %7zu  %26.4f  ", l, network.fan_in(l), network.fan_out(l),
                correlation<T>(network.weights(l), std::as_const(*start).weights(l)));
    double largest = 0;
    std::size_t other = l;
    for (std::size_t k = 0; k < network.layers(); ++k) {
      if (k == l || network.fan_in(k) != network.fan_in(l) ||
          network.fan_out(k) != network.fan_out(l)) {
        continue;
      }
      const double alike = correlation<T>(network.weights(l), network.weights(k));
      if (std::abs(alike) > std::abs(largest)) largest = alike, other = k;
    }
    if (other == l) {
      std::printf("%26s\n", "none of its shape");
    } else {
      std::printf("%16.4f (layer %zu)\n", largest, other);
    }
  }
}

/// A long run must not end at a file that cannot be written, or that two outputs share.
FileStatus check_outputs(const TrainOptions& options) {
  const std::array<std::pair<const char*, const std::string*>, 4> outputs{
      {{"--out", &options.out},
       {"--log", &options.log},
       {"--gradients", &options.gradients},
       {"--checkpoint", &options.checkpoint}}};
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    const auto& [option, path] = outputs[k];
    if (path->empty()) continue;
    if (k > 0 && *path == "-") {
      return {StatusCode::bad_file, std::string(option) + ": expected a file, found -"};
    }
    FileStatus status = check_writable(*path);
    if (!status.ok()) return {status.code, std::string(option) + ": " + status.message};
    for (std::size_t other = 0; other < k; ++other) {
      if (is_same_file(*outputs[other].second, *path)) {
        return {StatusCode::bad_file, std::string(outputs[other].first) + " and " + option +
                                          " lead to one file: " + *path};
      }
    }
  }
  const FileStatus status = check_network_path(options.out);
  return {status.code, status.ok() ? "" : "--out: " + status.message};
}

/// That there are points for patience to be judged at.
FileStatus check_patience(const TrainOptions& options) {
  if (options.patience == 0 || options.held_out.value_or(1) > 0) return {};
  return {StatusCode::out_of_range, "--patience: expected --held-out 1 or more, found 0"};
}

/// That there are candidates for all points.
FileStatus check_candidates(const TrainOptions& options) {
  if (options.candidates.value_or(options.points) >= options.points) return {};
  return {StatusCode::out_of_range, "--candidates: expected as many as --points, " +
                                        std::to_string(options.points) + ", or more, found " +
                                        std::to_string(*options.candidates)};
}

/// That the hidden layers have the parameters that are given.
FileStatus check_parameters(const TrainOptions& options) {
  FileStatus status;
  for_each_parameter([&](const ActivationParameter& parameter) {
    const bool given = (options.activation_parameters.*parameter.place).has_value();
    if (!status.ok() || !given || has_parameter(options.activation, parameter)) return;
    status = {StatusCode::out_of_range, option_of(parameter) + ": expected --activation " +
                                            owners_of(parameter) + ", found " +
                                            text(options.activation)};
  });
  return status;
}

/// That the problem has the ansatz that is asked for.
FileStatus check_ansatz(const TrainOptions& options) {
  if (options.problem->network_inputs(options.ansatz) > 0) return {};
  return {StatusCode::unsupported, std::string("--ansatz: ") + options.problem->name +
                                       " has none that is called " + text(options.ansatz)};
}

/// That what is given of the layers goes together.
FileStatus check_layers(const TrainOptions& options) {
  const bool plain = options.layers_kind == LayerKind::plain;
  if (plain && (options.layers_step || options.layers_damping)) {
    std::vector<std::string> kinds;
    for (const auto& row : named<LayerKind>()) {
      if (row.value != LayerKind::plain) kinds.emplace_back(row.name);
    }
    return {StatusCode::bad_layer_step,
            std::string(options.layers_step ? "--layers-step" : "--layers-damping") +
                ": expected --layers-kind " + list_of(kinds, "or") + ", found plain"};
  }
  if (!plain && options.levenberg_marquardt_iterations > 0) {
    return {StatusCode::layers_not_plain,
            std::string("--levenberg-marquardt: expected --layers-kind plain, found ") +
                text(options.layers_kind)};
  }
  if (plain || options.layers > 1) return {};
  return {StatusCode::no_square_layer,
          std::string("--layers-kind ") + text(options.layers_kind) +
              ": expected 2 hidden layers or more, of which those beyond the first are square, "
              "found --layers " +
              std::to_string(options.layers)};
}

}  // namespace

FileStatus train(const TrainOptions& given, int& signal) {
  TrainOptions options = given;
  options.threads = thread_count(options.threads);
  if (options.out.empty())
    options.out = std::string(options.problem->name).append(written_ending());
  FileStatus status = check_parameters(options);
  if (status.ok()) status = check_layers(options);
  if (status.ok()) status = check_ansatz(options);
  if (status.ok()) status = check_candidates(options);
  if (status.ok()) status = check_patience(options);
  if (status.ok()) status = check_outputs(options);
  if (!status.ok()) return status;
  FileLock lock;
  if (!options.checkpoint.empty()) {
    FileStatus held = lock.acquire(options.checkpoint);
    if (!held.ok()) return held;
  }
  return options.precision == Precision::float32 ? Run<float>(options).train(signal)
                                                 : Run<double>(options).train(signal);
}

}  // namespace pinnscope::apps
