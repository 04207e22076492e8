#include <cmath>
#include <cstdio>

#include "commands.hpp"
#include "common/owned.hpp"
#include "pinnscope/core/random.hpp"
#include "pinnscope/io/atomic_file.hpp"
#include "pinnscope/io/csv.hpp"
#include "pinnscope/io/points.hpp"
#include "pinnscope/step/stepper.hpp"
#include "stability_table.hpp"

namespace pinnscope::apps {
namespace {

constexpr long long kMostNumbers = 50'000'000;  // of the table: cells times steps

/// Fills `value` from its name, or says which names there are.
template <class Choice, class List>
FileStatus choose(const char* option, const std::string& name, const List& list, Choice& value) {
  if (parse(name, value)) return {};
  std::string known;
  for (const Choice choice : list) known += std::string(known.empty() ? "" : ", ") + text(choice);
  return {StatusCode::out_of_range,
          std::string(option) + ": expected one of " + known + ", found " + in_quotes(name)};
}

FileStatus configure(const PropagateOptions& options, Stepper<double>::Config& config) {
  FileStatus status = choose("--scheme", options.scheme, kSchemes, config.scheme);
  if (status.ok()) status = choose("--boundary", options.boundary, kBoundaries, config.boundary);
  constexpr std::array kNormalisations{Normalisation::none, Normalisation::l1};
  if (status.ok()) {
    status = choose("--normalise", options.normalise, kNormalisations, config.normalise);
  }
  if (!status.ok()) return status;
  const bool sane = options.cells > 0 && options.steps >= 0 && options.cells <= kMostNumbers &&
                    options.steps < kMostNumbers / options.cells;
  if (!sane) {
    return {StatusCode::out_of_range,
            "--cells, --steps: expected at least one cell and at most " +
                std::to_string(kMostNumbers) + " cells times steps, found " +
                std::to_string(options.cells) + " and " + std::to_string(options.steps)};
  }
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

FileStatus initial_signal(const PropagateOptions& options, std::vector<double>& z) {
  if (!options.initial) {
    NumpyRand draw(options.seed);
    for (double& cell : z) cell = 2 * draw() - 1;
    return {};
  }
  if (options.initial->empty()) {
    return {StatusCode::empty_input, "--initial: expected the name of a file, found none"};
  }
  Points file;
  const FileStatus status = read_points(*options.initial, 0, file);
  if (!status.ok()) return status;
  if (file.values.n_elem != z.size()) {
    return file_failure(StatusCode::shape_mismatch, *options.initial,
                        "expected " + std::to_string(z.size()) + " numbers, found " +
                            std::to_string(file.values.n_elem));
  }
  const arma::mat rows = file.values.t();  // in the order of the file
  z.assign(rows.begin(), rows.end());
  return {};
}

}  // namespace

FileStatus propagate(const PropagateOptions& options) {
  Stepper<double>::Config config;
  FileStatus status = configure(options, config);
  if (status.ok()) status = check_writable(options.out);
  if (!status.ok()) return status;
  Owned<Stepper<double>> stepper(config);
  if (!stepper->status().ok()) {
    return {stepper->status().code,
            std::string("--scheme ") + text(config.scheme) + " with --boundary " +
                text(config.boundary) +
                ", --dt, --dx, --velocity, --diffusivity, --theta: " + stepper->status().text()};
  }
  std::vector<double> z(config.cells);
  status = initial_signal(options, z);
  if (!status.ok()) return status;
  double log_norm = 0;
  const Status normalised = normalise(config.normalise, VectorView<double>(z), log_norm);
  if (!normalised.ok())
    return {normalised.code, std::string("initial signal: ") + normalised.text()};
  print_stability(config, options.steps);

  std::vector<Column> table{{"step", {}}};
  for (std::size_t cell = 0; cell < z.size(); ++cell) {
    table.push_back({"z_" + std::to_string(cell), {}});
  }
  FileStatus ended;
  for (long long step = 0; step <= options.steps; ++step) {
    const Status outcome = step > 0 ? stepper->step(z) : Status{};
    if (!outcome.ok()) {
      ended = {outcome.code, std::string("--scheme ") + text(config.scheme) + ", step " +
                                 std::to_string(step) + ": " + outcome.text() +
                                 "; the rows before it are in " + options.out};
      break;
    }
    table[0].values.push_back(static_cast<double>(step));
    for (std::size_t cell = 0; cell < z.size(); ++cell) table[cell + 1].values.push_back(z[cell]);
  }
  if (config.normalise != Normalisation::none) {
    std::printf("\nnormalisation divided out a factor of exp(%.6g) in all\n", stepper->log_norm());
  }
  status = write_csv(options.out, table);
  return status.ok() ? ended : status;
}

}  // namespace pinnscope::apps
