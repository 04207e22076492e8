#include "common/signal_sheet.hpp"

#include <algorithm>
#include <cmath>

#include "common/signal_crew.hpp"
#include "pinnscope/io/number_text.hpp"
#include "pinnscope/signals/signal_summary.hpp"
#include "pinnscope/step/layer_chain.hpp"
#include "signals-script.hpp"

namespace pinnscope::apps {
namespace {

/// The ends of the names of tables.
constexpr const char* kActivations = "-activations";
constexpr const char* kMap = "-map";
constexpr const char* kLayers = "-layers";

constexpr std::size_t kNodes = 51;  // of the map, in each direction

/// The activations of the hidden layers, neuron after neuron.
std::vector<double> activations_of(Figure& figure, const Mlp<double>& network,
                                   const std::array<double, 2>& input) {
  const std::size_t hidden = network.layers() - 1;
  const std::size_t widest = network.largest_width();
  std::vector<double> activations(widest * hidden, LayerSignal::kUnknown);
  std::vector<double> before(input.begin(), input.end());
  for (std::size_t l = 0; l < hidden; ++l) {
    Owned<LayerChain<double>> chain({.width = widest,
                                     .activation = network.activation(l),
                                     .activation_parameters = network.activation_parameters()});
    std::vector<double> after(network.fan_out(l));
    figure.fail(chain->apply(network.weights(l), network.biases(l), before, after),
                "the activations of an input");
    for (std::size_t k = 0; k < after.size(); ++k) activations[k * hidden + l] = after[k];
    before = after;
  }
  return activations;
}

/// Layer and neuron of each entry, then its activation in each state. Returns the largest |a|.
double write_activations(Figure& figure, const SignalSheet& sheet) {
  const Mlp<double>& first = *sheet.states.front().network;
  const std::size_t hidden = first.layers() - 1;
  Column layer{"layer", {}};
  Column neuron{"neuron", {}};
  for (std::size_t k = 0; k < first.largest_width(); ++k) {
    for (std::size_t l = 0; l < hidden; ++l) {
      layer.values.push_back(static_cast<double>(l));
      neuron.values.push_back(static_cast<double>(k));
    }
  }
  std::vector<Column> columns{layer, neuron};
  double largest = 0;
  for (std::size_t s = 0; s < sheet.states.size(); ++s) {
    columns.push_back(
        {"a_" + std::to_string(s), activations_of(figure, *sheet.states[s].network, sheet.at)});
    for (const double a : columns.back().values) largest = std::fmax(largest, std::fabs(a));
  }
  figure.write(sheet.name + kActivations, columns);
  return largest;
}

/// The finite numbers of a panel.
struct Range {
  double least = LayerSignal::kUnknown;
  double largest = LayerSignal::kUnknown;

  void add(double number) {
    if (!std::isfinite(number)) return;
    least = std::fmin(least, number);
    largest = std::fmax(largest, number);
  }
};

/// What gnuplot can draw: it refuses a range of one number, and one of none.
Range drawable(Range range) {
  constexpr double kNarrowest = 0.01;
  if (std::isnan(range.least)) return {0, 1};
  const double missing = std::fmax(0, kNarrowest - (range.largest - range.least));
  return {range.least - missing / 2, range.largest + missing / 2};
}

/// The ordinate of a panel by layer, as the script has it: what gnuplot finds, or a range.
std::string ordinate(const Range& range, bool from_zero) {
  if (std::isnan(range.least)) return "unknown";
  constexpr double kSame = 1e-6;
  const double least = from_zero ? 0 : range.least;
  if (range.largest - least > kSame * std::fmax(1, std::fabs(least))) return "auto";
  return "[" + shortest_text(least) + ":" + shortest_text(least + 1) + "]";
}

/// Of the exponent on the map, and of the means by layer.
struct Ranges {
  Range exponent, norm, saturated, growth;
};

/// The map of the exponent and, by layer, the means over it. Returns what they range over.
Ranges write_map(Figure& figure, const SignalSheet& sheet) {
  const auto widths = sheet.states.front().network->widths();
  SignalCrew crew({widths.begin(), widths.end()}, {}, sheet.threads);
  const std::vector<double> x = linspace(sheet.box[0].low, sheet.box[0].high, kNodes);
  const std::vector<double> t = linspace(sheet.box[1].low, sheet.box[1].high, kNodes);
  constexpr std::size_t kPoints = kNodes * kNodes;
  std::vector<double> points(2 * kPoints);
  for (std::size_t p = 0; p < kPoints; ++p) {
    points[p] = x[p % kNodes];
    points[kPoints + p] = t[p / kNodes];
  }
  const std::size_t layers = widths.size() - 1;
  std::vector<Column> map{{"x", {points.begin(), points.begin() + kPoints}},
                          {"t", {points.begin() + kPoints, points.end()}}};
  std::vector<Column> means{{"layer", {}}};
  for (std::size_t l = 0; l + 1 < layers; ++l) {
    means[0].values.push_back(static_cast<double>(l));
  }
  Ranges ranges;
  require_memory(layers * kPoints * sizeof(LayerSignal), "for the signals of a map");
  std::vector<LayerSignal> signals(layers * kPoints);
  for (std::size_t s = 0; s < sheet.states.size(); ++s) {
    figure.fail(crew.evaluate(*sheet.states[s].network, {points.data(), kPoints, 2},
                              {signals.data(), layers, kPoints}),
                sheet.states[s].name);
    const std::string of_state = "_" + std::to_string(s);
    Column exponents{"exponent" + of_state, {}};
    Owned<SignalSummary> summary({.layers = layers});
    for (std::size_t p = 0; p < kPoints; ++p) {
      summary->add({&signals[p * layers], layers});
      exponents.values.push_back(signal_exponent({&signals[p * layers], layers}));
      ranges.exponent.add(exponents.values.back());
    }
    map.push_back(exponents);
    Column norm{"l2_norm" + of_state, {}};
    Column saturated{"saturated" + of_state, {}};
    Column growth{"log_s_1" + of_state, {}};
    for (std::size_t l = 0; l + 1 < layers; ++l) {
      const LayerSignal mean = summary->mean(l);
      norm.values.push_back(mean.l2_norm);
      saturated.values.push_back(mean.saturated);
      growth.values.push_back(mean.log_first_singular_value);
      ranges.norm.add(mean.l2_norm);
      ranges.saturated.add(mean.saturated);
      ranges.growth.add(mean.log_first_singular_value);
    }
    means.insert(means.end(), {norm, saturated, growth});
  }
  figure.write(sheet.name + kMap, map);
  figure.write(sheet.name + kLayers, means);
  return ranges;
}

}  // namespace

std::vector<std::string> signal_sheet_files(const std::string& name) {
  std::vector<std::string> files = sheet_files(name);
  for (const char* table : {kActivations, kMap, kLayers}) files.push_back(name + table + ".csv");
  return files;
}

void draw_signal_sheet(Figure& figure, const SignalSheet& sheet) {
  if (!figure.status().ok()) return;
  const double largest = write_activations(figure, sheet);
  const Ranges ranges = write_map(figure, sheet);
  const Range exponent = drawable(ranges.exponent);
  std::vector<std::string> names;
  for (const SignalSheetState& state : sheet.states) names.push_back(state.name);
  const Mlp<double>& first = *sheet.states.front().network;
  const auto number = [](std::size_t count) { return static_cast<double>(count); };
  figure.draw(
      sheet.name,
      assignment("sheet", sheet.name) + word_list("names", names) +
          assignment("states", number(names.size())) +
          assignment("hidden", number(first.layers() - 1)) +
          assignment("neurons", number(first.largest_width())) +
          assignment("largest", largest > 0 ? largest : 1) +
          assignment("least_exponent", exponent.least) +
          assignment("largest_exponent", exponent.largest) +
          assignment("exponents", std::isnan(ranges.exponent.least) ? "unknown" : "known") +
          word_list("ordinates", {ordinate(ranges.norm, true), ordinate(ranges.saturated, true),
                                  ordinate(ranges.growth, false)}) +
          assignment("x_axis", sheet.box[0].name) + assignment("t_axis", sheet.box[1].name) +
          assignment("x_low", sheet.box[0].low) + assignment("x_high", sheet.box[0].high) +
          assignment("t_low", sheet.box[1].low) + assignment("t_high", sheet.box[1].high),
      kSignalsScript);
}

}  // namespace pinnscope::apps
