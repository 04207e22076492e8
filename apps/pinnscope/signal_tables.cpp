#include <algorithm>
#include <cstdio>
#include <string_view>

#include "pinnscope/io/printable.hpp"
#include "signal_outputs.hpp"

namespace pinnscope::apps {
namespace {

void print_source(const SignalSource& source) {
  const Spread& exponents = source.exponents;
  std::printf("\n%s, %s, %llu input%s\n", printable(source.path).c_str(), source.state(),
              static_cast<unsigned long long>(exponents.count), exponents.count == 1 ? "" : "s");
  std::printf("exponent %.4g, from %.4g to %.4g\n", exponents.mean, exponents.least,
              exponents.largest);
  std::printf(
      "layer  neurons   l2 norm  saturated  from    to    log s_1   log s_n         q  "
      "theory       chi  theory\n");
  const auto place = [](const char* name) {
    const auto found = std::ranges::find_if(kLayerSignalNumbers, [&](const auto& number) {
      return std::string_view(number.name) == name;
    });
    return static_cast<std::size_t>(found - kLayerSignalNumbers.begin());
  };
  static const std::size_t kSaturated = place("saturated");
  for (std::size_t l = 0; l < source.mlp().layers(); ++l) {
    const LayerSignal mean = (*source.summary)->mean(l);
    const Spread& saturated = (*source.summary)->spread(l, kSaturated);
    std::printf(
        "%5zu  %7zu  %8.4g  %7.1f %%  %4.1f  %4.1f  %9.4f %9.4f  %8.4g %7.4g  %8.4g %7.4g\n", l,
        source.mlp().fan_out(l), mean.l2_norm, 100 * mean.saturated, 100 * saturated.least,
        100 * saturated.largest, mean.log_first_singular_value, mean.log_last_singular_value,
        mean.q, source.q[l], mean.chi, source.chi[l]);
  }
}

}  // namespace

void print_summary(const std::vector<SignalSource>& sources) {
  for (const SignalSource& source : sources) print_source(source);
  for (const bool start : {true, false}) {
    Spread over_runs;
    for (const SignalSource& source : sources) {
      if (source.start == start) over_runs.add(source.exponents.mean);
    }
    if (over_runs.count < 2) continue;
    std::printf("\nexponent over %llu runs, %s: %.4g, standard deviation %.2g\n",
                static_cast<unsigned long long>(over_runs.count), start ? "start" : "trained",
                over_runs.mean, over_runs.standard_deviation());
  }
  std::printf("\nexponent  %s\n", kExponentMeaning);
  if (sources.front().mlp().layers() < 3) {
    std::printf("exponent is not known: fewer than two hidden layers\n");
  }
  for (const LayerSignalNumber& number : kLayerSignalNumbers) {
    std::printf("%-11s  %s: %s\n", number.name, number.invariant ? "invariant" : "as labelled",
                number.meaning);
  }
  const char* obstacle = saturation_obstacle(sources.front().mlp().activation(0));
  if (*obstacle != '\0') std::printf("saturated is not known: %s\n", obstacle);
  std::printf(
      "theory       q and chi of wide random layers with the sigma_w and sigma_b of these, "
      "from the mean square of the inputs\n"
      "invariant    the same for every order of the neurons, and for either sign of each "
      "tanh neuron; so is the exponent\n");
}

}  // namespace pinnscope::apps
