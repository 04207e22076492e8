#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "commands.hpp"
#include "pinnscope/io/points.hpp"
#include "pinnscope/pde/problem.hpp"

namespace pinnscope::apps {

/// Where the inputs come from, one after the other: --at, the file, the grid.
class SignalInputs {
 public:
  SignalInputs(const SignalOptions& options, std::size_t inputs, const NetworkWeights& first);

  /// Whether the options suit the networks, before anything is read.
  FileStatus check();

  /// The box of the problem that the first network was trained on, else the unit square.
  const std::array<Input, 2>& box() const { return box_; }

  /// The next one; `listed` where it is not of the grid. False behind the last and on failure.
  bool next(std::vector<double>& input, bool& listed);

  const FileStatus& status() const { return status_; }

  std::string name(std::size_t input) const;

 private:
  bool next_of_file(std::vector<double>& input);
  bool next_of_grid(std::vector<double>& input);

  const SignalOptions& options_;
  std::size_t inputs_;
  std::size_t layers_;
  std::optional<PointReader> reader_;
  std::array<Input, 2> box_{Input{"x", 0, 1}, Input{"t", 0, 1}};
  FileStatus status_;
  std::size_t place_ = 0;
  std::size_t node_ = 0;
};

}  // namespace pinnscope::apps
