#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

#include "commands.hpp"
#include "initial_signal.hpp"
#include "pinnscope/io/atomic_file.hpp"
#include "pinnscope/io/csv.hpp"
#include "pinnscope/io/owned.hpp"
#include "pinnscope/step/stepper.hpp"
#include "stability_table.hpp"

namespace pinnscope::apps {
namespace {

FileStatus configure(const PropagateOptions& options, Stepper<double>::Config& config) {
  config.scheme = options.scheme;
  config.boundary = options.boundary;
  config.normalise = options.normalise;
  if (is_propagator(config.scheme) && options.cells > 4096) {
    return {StatusCode::out_of_range, "--cells: expected at most 4096 for this scheme, found " +
                                          std::to_string(options.cells)};
  }
  config.cells = static_cast<std::size_t>(options.cells);
  config.velocity = options.velocity;
  config.diffusivity = options.diffusivity;
  config.dt = options.dt;
  config.dx = options.dx;
  config.theta = options.theta;
  return {};
}

/// A run whose rows go into a CSV file as they come.
class Run {
 public:
  Run(const PropagateOptions& options, Stepper<double>& stepper, std::vector<double>& z)
      : options_(options), stepper_(stepper), z_(z), before_(options.every > 1 ? z.size() : 0) {}

  /// Writes the first row, each `every`-th one and the last: of a run that fails, the last before
  /// the step that `failed` then tells of. Returns what keeps the file from being written.
  FileStatus write(FileStatus& failed) {
    FileStatus status = csv_.open(options_.out);
    if (!status.ok()) return status;
    write_headings();
    write_row();
    while (csv_.ok() && step_ < options_.steps) {
      const Status outcome = advance(std::min(options_.every, options_.steps - step_));
      if (written_ != step_) write_row();
      if (outcome.ok()) continue;
      failed = {outcome.code, std::string("--scheme ") + text(stepper_.config().scheme) +
                                  ", step " + std::to_string(step_ + 1) + ": " + outcome.text() +
                                  "; the rows before it are in " + options_.out};
      break;
    }
    return csv_.finish();
  }

 private:
  void write_headings() {
    csv_.text("step");
    for (std::size_t cell = 0; cell < z_.size(); ++cell) csv_.text("z_" + std::to_string(cell));
    csv_.end_row();
  }

  void write_row() {
    csv_.count(static_cast<std::uint64_t>(step_));
    for (const double cell : z_) csv_.number(cell);
    csv_.end_row();
    written_ = step_;
  }

  /// So many steps, or those before the first that fails.
  Status advance(long long steps) {
    if (steps > 1 && stepper_.config().normalise == Normalisation::none) {
      before_ = z_;
      if (stepper_.run(z_, static_cast<std::size_t>(steps)).ok()) {
        step_ += steps;
        return {};
      }
      z_ = before_;  // once more, to find the step
    }
    for (long long k = 0; k < steps; ++k) {
      if (!before_.empty()) before_ = z_;
      const Status outcome = stepper_.step(z_);
      if (!outcome.ok()) {
        if (!before_.empty()) z_ = before_;
        return outcome;
      }
      ++step_;
    }
    return {};
  }

  const PropagateOptions& options_;
  Stepper<double>& stepper_;
  std::vector<double>& z_;
  std::vector<double> before_;  // a step, where rows are left out
  CsvWriter csv_;
  long long step_ = 0;
  long long written_ = 0;
};

FileStatus run(const PropagateOptions& options, const Stepper<double>::Config& config) {
  Owned<Stepper<double>> stepper(config);
  if (!stepper->status().ok()) {
    return {stepper->status().code,
            std::string("--scheme ") + text(config.scheme) + " with --boundary " +
                text(config.boundary) +
                ", --dt, --dx, --velocity, --diffusivity, --theta: " + stepper->status().text()};
  }
  std::vector<double> z(config.cells);
  FileStatus status = initial_signal(options, 0, z);
  if (!status.ok()) return status;
  double log_norm = 0;
  const Status normalised = normalise(config.normalise, VectorView<double>(z), log_norm);
  if (!normalised.ok())
    return {normalised.code, std::string("initial signal: ") + normalised.text()};
  print_stability(config, options.steps);

  FileStatus failed;
  status = Run(options, *stepper, z).write(failed);
  if (status.ok() && config.normalise != Normalisation::none) {
    std::printf("\nnormalisation divided out a factor of exp(%.6g) in all\n", stepper->log_norm());
  }
  return status.ok() ? failed : status;
}

/// What does not depend on the number of steps: the stepper, the signal and, where rows are left
/// out, the signal once more.
Footprint memory_needed(const PropagateOptions& options, const Stepper<double>::Config& config) {
  Footprint need = Stepper<double>::footprint(config);
  need.append({"the signal", Footprint::saturating_multiply(
                                 config.cells, sizeof(double) * (options.every > 1 ? 2 : 1))});
  return need;
}

}  // namespace

FileStatus propagate(const PropagateOptions& options) {
  Stepper<double>::Config config;
  FileStatus status = configure(options, config);
  if (status.ok()) status = check_writable(options.out);
  if (!status.ok()) return status;
  require_memory(memory_needed(options, config));
  return run(options, config);
}

}  // namespace pinnscope::apps
