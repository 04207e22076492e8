#include "signal_inputs.hpp"

#include "pinnscope/io/saved_network.hpp"

namespace pinnscope::apps {

SignalInputs::SignalInputs(const SignalOptions& options, std::size_t inputs,
                           const NetworkWeights& first)
    : options_(options), inputs_(inputs), layers_(first.layers.size()) {
  const Problem* known = recipe_of(first.metadata).problem;
  if (known != nullptr && known->inputs.size() == 2) box_ = {known->inputs[0], known->inputs[1]};
  if (!options.inputs) return;
  if (inputs == 2) {
    reader_.emplace(*options.inputs, std::vector<std::string>{box_[0].name, box_[1].name});
  } else {
    reader_.emplace(*options.inputs);
  }
}

FileStatus SignalInputs::check() {
  std::vector<double> input;
  for (const std::string& words : options_.at) {
    const FileStatus status = parse_input("--at", words, inputs_, input);
    if (!status.ok()) return status;
  }
  if (!options_.grid.empty() && inputs_ != 2) {
    return file_failure(StatusCode::shape_mismatch, "--grid",
                        "expected a network of 2 inputs, found " + std::to_string(inputs_));
  }
  if (!options_.plots || (inputs_ == 2 && layers_ > 2)) return {};
  return file_failure(StatusCode::shape_mismatch, "--plots",
                      "expected a network of 2 inputs and 2 hidden layers or more, found " +
                          std::to_string(inputs_) + " and " + std::to_string(layers_ - 1));
}

bool SignalInputs::next(std::vector<double>& input, bool& listed) {
  listed = true;
  if (place_ < options_.at.size()) {
    status_ = parse_input("--at", options_.at[place_++], inputs_, input);
    return status_.ok();
  }
  if (reader_ && next_of_file(input)) return true;
  listed = false;
  return status_.ok() && next_of_grid(input);
}

bool SignalInputs::next_of_file(std::vector<double>& input) {
  VectorView<const double> row;
  if (!reader_->next(row)) {
    status_ = reader_->status();
    return false;
  }
  if (row.size() != inputs_) {
    status_ = file_failure(StatusCode::shape_mismatch, input_name(*options_.inputs),
                           "expected " + std::to_string(inputs_) + " numbers a line, found " +
                               std::to_string(row.size()));
    return false;
  }
  input.assign(row.begin(), row.end());
  return true;
}

bool SignalInputs::next_of_grid(std::vector<double>& input) {
  if (options_.grid.empty() || node_ == options_.grid[0] * options_.grid[1]) return false;
  const std::array<std::size_t, 2> node{node_ % options_.grid[0], node_ / options_.grid[0]};
  input.resize(2);
  for (std::size_t i = 0; i < 2; ++i) {
    const double share = options_.grid[i] == 1 ? 0.5
                                               : static_cast<double>(node[i]) /
                                                     static_cast<double>(options_.grid[i] - 1);
    input[i] = box_[i].low + share * (box_[i].high - box_[i].low);
  }
  ++node_;
  return true;
}

std::string SignalInputs::name(std::size_t input) const {
  if (inputs_ != 2) return "x_" + std::to_string(input);
  return box_[input].name;
}

}  // namespace pinnscope::apps
