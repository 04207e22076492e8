#include "pinnscope/io/csv.hpp"
#include "signal_outputs.hpp"

namespace pinnscope::apps {
namespace {

constexpr std::size_t kNumbers = kLayerSignalNumbers.size();

}  // namespace

FileStatus write_layers(const std::string& path, const std::vector<SignalSource>& sources) {
  CsvWriter file;
  const FileStatus status = file.open(path);
  if (!status.ok()) return status;
  for (const char* name : {"run", "state", "layer", "neurons", "inputs"}) file.text(name);
  for (const LayerSignalNumber& number : kLayerSignalNumbers) {
    for (const char* part : {"", "_deviation", "_least", "_largest"}) {
      file.text(std::string(number.name) + part);
    }
  }
  for (const char* name : {"sigma_w", "sigma_b", "mean_field_q", "mean_field_chi"}) file.text(name);
  file.end_row();
  for (const SignalSource& source : sources) {
    for (std::size_t l = 0; l < source.mlp().layers(); ++l) {
      file.count(source.run);
      file.text(source.state());
      file.count(l);
      file.count(source.mlp().fan_out(l));
      file.count(source.exponents.count);
      for (std::size_t k = 0; k < kNumbers; ++k) {
        const Spread& spread = (*source.summary)->spread(l, k);
        for (const double number :
             {spread.mean, spread.standard_deviation(), spread.least, spread.largest}) {
          file.number(number);
        }
      }
      for (const double number :
           {source.fields[l].sigma_w, source.fields[l].sigma_b, source.q[l], source.chi[l]}) {
        file.number(number);
      }
      file.end_row();
    }
  }
  return file.finish();
}

FileStatus write_runs(const std::string& path, const std::vector<SignalSource>& sources) {
  CsvWriter file;
  const FileStatus status = file.open(path);
  if (!status.ok()) return status;
  for (const char* name : {"run", "state", "file", "inputs", "exponent", "exponent_deviation",
                           "exponent_least", "exponent_largest"}) {
    file.text(name);
  }
  file.end_row();
  for (const SignalSource& source : sources) {
    file.count(source.run);
    file.text(source.state());
    file.text(source.path);
    const Spread& spread = source.exponents;
    file.count(spread.count);
    for (const double number :
         {spread.mean, spread.standard_deviation(), spread.least, spread.largest}) {
      file.number(number);
    }
    file.end_row();
  }
  return file.finish();
}

FileStatus write_ensemble(const std::string& path, const std::vector<SignalSource>& sources) {
  CsvWriter file;
  const FileStatus status = file.open(path);
  if (!status.ok()) return status;
  for (const char* name : {"state", "layer", "runs"}) file.text(name);
  for (const LayerSignalNumber& number : kLayerSignalNumbers) {
    file.text(std::string(number.name) + "_mean");
    file.text(std::string(number.name) + "_standard_deviation");
  }
  for (const char* name : {"exponent_mean", "exponent_standard_deviation"}) file.text(name);
  file.end_row();
  const std::size_t layers = sources.front().mlp().layers();
  for (const bool start : {true, false}) {
    Owned<SignalSummary> over_runs({.layers = layers});
    Spread exponents;
    for (const SignalSource& source : sources) {
      if (source.start != start) continue;
      std::vector<LayerSignal> means(layers);
      for (std::size_t l = 0; l < layers; ++l) means[l] = (*source.summary)->mean(l);
      over_runs->add(means);
      exponents.add(source.exponents.mean);
    }
    for (std::size_t l = 0; l < layers && exponents.count > 0; ++l) {
      file.text(start ? "start" : "trained");
      file.count(l);
      file.count(exponents.count);
      for (std::size_t k = 0; k < kNumbers; ++k) {
        file.number(over_runs->spread(l, k).mean);
        file.number(over_runs->spread(l, k).standard_deviation());
      }
      file.number(exponents.mean);
      file.number(exponents.standard_deviation());
      file.end_row();
    }
  }
  return file.finish();
}

}  // namespace pinnscope::apps
