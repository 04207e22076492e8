#include "signal_following.hpp"

#include <algorithm>
#include <filesystem>

#include "common/machine.hpp"
#include "common/signal_crew.hpp"
#include "pinnscope/io/csv.hpp"
#include "pinnscope/io/number_text.hpp"

namespace pinnscope::apps {
namespace {

/// The run itself: blocks of inputs through every source, into the files.
class Following {
 public:
  Following(const SignalOptions& options, std::vector<SignalSource>& sources, SignalInputs& inputs,
            const std::vector<double>& neighbour)
      : options_(options),
        sources_(sources),
        inputs_(inputs),
        layers_(sources.front().mlp().layers()),
        coordinates_(sources.front().mlp().inputs()),
        block_(block_size()),
        crew_(widths(), neighbour, thread_count(options.threads)) {
    require_memory(
        block_ * (sources.size() * layers_ * sizeof(LayerSignal) + coordinates_ * sizeof(double)),
        "for the signals of a block of inputs");
    points_.resize(block_ * coordinates_);
    listed_.resize(block_);
    signals_.resize(sources.size());
    for (auto& signals : signals_) signals.resize(block_ * layers_);
  }

  FileStatus run() {
    FileStatus status = open();
    while (status.ok()) {
      const std::size_t count = read();
      if (!inputs_.status().ok()) return inputs_.status();
      if (count == 0) break;
      for (std::size_t s = 0; s < sources_.size() && status.ok(); ++s) status = follow(s, count);
      if (status.ok()) status = write(count);
      before_ += count;
    }
    if (status.ok()) status = inputs_file_.finish();
    if (status.ok() && any_listed_) status = signals_file_.finish();
    return status;
  }

  /// The mean of the squares of all coordinates.
  double mean_square() const { return squares_ / static_cast<double>(before_ * coordinates_); }

  /// Whether an input was not of the grid.
  bool any_listed() const { return any_listed_; }

 private:
  std::vector<std::size_t> widths() const {
    const auto widths = sources_.front().mlp().widths();
    return {widths.begin(), widths.end()};
  }

  /// Inputs whose signals are in memory at once: some 16 MiB of them.
  std::size_t block_size() const {
    const std::size_t of_one = sources_.size() * layers_ * sizeof(LayerSignal);
    return std::clamp<std::size_t>((std::size_t{1} << 24) / of_one, SignalCrew::kTile, 4096);
  }

  std::string path(const char* name) const {
    return (std::filesystem::path(options_.out) / name).string();
  }

  FileStatus open() {
    const FileStatus status = inputs_file_.open(path("inputs.csv"));
    if (!status.ok()) return status;
    write_place(inputs_file_);
    for (const char* name : {"exponent", "log_s_1", "log_s_n", "saturated"})
      inputs_file_.text(name);
    inputs_file_.end_row();
    return {};
  }

  void write_place(CsvWriter& file) const {
    file.text("input");
    for (std::size_t i = 0; i < coordinates_; ++i) file.text(inputs_.name(i));
    file.text("run");
    file.text("state");
  }

  std::size_t read() {
    std::size_t count = 0;
    std::vector<double> input;
    bool listed = false;
    for (; count < block_ && inputs_.next(input, listed); ++count) {
      listed_[count] = listed;
      for (std::size_t i = 0; i < coordinates_; ++i) {
        points_[count + i * block_] = input[i];
        squares_ += input[i] * input[i];
      }
    }
    return count;
  }

  FileStatus follow(std::size_t s, std::size_t count) {
    SignalSource& source = sources_[s];
    const Status outcome =
        crew_.evaluate(source.mlp(), {points_.data(), count, coordinates_, block_},
                       {signals_[s].data(), layers_, count});
    if (outcome.code == StatusCode::not_finite) {
      const auto place = static_cast<std::size_t>(outcome.info);
      std::string coordinates;
      for (std::size_t i = 0; i < coordinates_; ++i) {
        coordinates += (i == 0 ? "" : ", ") + shortest_text(points_[place + i * block_]);
      }
      return file_failure(outcome.code, source.path,
                          "input " + std::to_string(before_ + place + 1) + " (" + coordinates +
                              "): its signal is not a finite number in some layer (" +
                              source.state() + ")");
    }
    if (!outcome.ok()) return file_failure(outcome.code, source.path, outcome.text());
    for (std::size_t p = 0; p < count; ++p) {
      (*source.summary)->add(signals_of(s, p));
      source.exponents.add(signal_exponent(signals_of(s, p)));
    }
    return {};
  }

  VectorView<const LayerSignal> signals_of(std::size_t s, std::size_t p) const {
    return {signals_[s].data() + p * layers_, layers_};
  }

  /// An input without an end must not go on behind a failure.
  FileStatus write(std::size_t count) {
    for (std::size_t p = 0; p < count; ++p) {
      for (std::size_t s = 0; s < sources_.size(); ++s) {
        const VectorView<const LayerSignal> layers = signals_of(s, p);
        const LayerSignal& last = layers[layers_ > 1 ? layers_ - 2 : 0];
        write_place(inputs_file_, p, s);
        for (const double number : {signal_exponent(layers), last.log_first_singular_value,
                                    last.log_last_singular_value, last.saturated}) {
          inputs_file_.number(number);
        }
        inputs_file_.end_row();
        if (listed_[p]) write_signals(p, s, layers);
      }
    }
    return inputs_file_.ok() ? signals_file_.status() : inputs_file_.status();
  }

  void write_place(CsvWriter& file, std::size_t p, std::size_t s) const {
    file.count(before_ + p);
    for (std::size_t i = 0; i < coordinates_; ++i) file.number(points_[p + i * block_]);
    file.count(sources_[s].run);
    file.text(sources_[s].state());
  }

  void write_signals(std::size_t p, std::size_t s, VectorView<const LayerSignal> layers) {
    if (!any_listed_) {
      any_listed_ = true;
      static_cast<void>(signals_file_.open(path("signals.csv")));  // a failure stays with it
      write_place(signals_file_);
      signals_file_.text("layer");
      for (const LayerSignalNumber& number : kLayerSignalNumbers) signals_file_.text(number.name);
      signals_file_.end_row();
    }
    for (std::size_t l = 0; l < layers_; ++l) {
      write_place(signals_file_, p, s);
      signals_file_.count(l);
      for (const LayerSignalNumber& number : kLayerSignalNumbers) {
        signals_file_.number(layers[l].*number.member);
      }
      signals_file_.end_row();
    }
  }

  const SignalOptions& options_;
  std::vector<SignalSource>& sources_;
  SignalInputs& inputs_;
  std::size_t layers_;
  std::size_t coordinates_;
  std::size_t block_;
  SignalCrew crew_;
  CsvWriter inputs_file_;
  CsvWriter signals_file_;
  bool any_listed_ = false;
  std::vector<double> points_;  // a row each, block_ rows
  std::vector<char> listed_;
  std::vector<std::vector<LayerSignal>> signals_;
  std::size_t before_ = 0;  // inputs of the blocks that are written
  double squares_ = 0;
};

}  // namespace

FileStatus follow_inputs(const SignalOptions& options, const std::vector<double>& neighbour,
                         SignalInputs& inputs, std::vector<SignalSource>& sources,
                         double& mean_square, bool& listed) {
  Following following(options, sources, inputs, neighbour);
  const FileStatus status = following.run();
  mean_square = following.mean_square();
  listed = following.any_listed();
  return status;
}

}  // namespace pinnscope::apps
