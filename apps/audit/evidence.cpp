#include "evidence.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "common/formatted.hpp"
#include "pinnscope/core/random.hpp"
#include "pinnscope/spectra/nulls/null_distribution.hpp"

namespace pinnscope::apps {
namespace {

/// Whole numbers below a bound, one after the other.
class Picks {
 public:
  Picks(std::uint64_t seed, std::uint64_t stream)
      : random_(seed, StreamPurpose::resamples, stream) {}

  std::size_t below(std::size_t bound) {
    const double u = random_.uniform(index_++) * static_cast<double>(bound);
    return std::min(bound - 1, static_cast<std::size_t>(u));
  }

 private:
  Philox random_;
  std::uint64_t index_ = 0;
};

bool within(const Evidence& evidence) {
  const bool above_least = evidence.one_sided || evidence.departure.lower >= -evidence.margin;
  return above_least && evidence.departure.upper <= evidence.margin;
}

bool beyond(const Evidence& evidence) {
  const bool below_least = !evidence.one_sided && evidence.departure.upper < -evidence.margin;
  return below_least || evidence.departure.lower > evidence.margin;
}

Verdict other(Verdict verdict) {
  switch (verdict) {
    case Verdict::holds: return Verdict::differs;
    case Verdict::differs: return Verdict::holds;
    case Verdict::cannot_tell: return Verdict::cannot_tell;
  }
  return verdict;
}

/// Why the evidence could not speak against the claim whatever it were; empty where it could.
std::string without_power(const Evidence& evidence) {
  const std::size_t needed = evidence.tests > 0 ? draws_needed(evidence.tests, kLevel, 1) : 0;
  if (evidence.draws < needed) {
    return std::to_string(evidence.draws) + " draws cannot reject one of " +
           std::to_string(evidence.tests) + " tests: ask for --draws " + std::to_string(needed);
  }
  if (!rejects(evidence.smallest_p_value)) {
    return formatted("no test of so few networks has p below %.2g", evidence.smallest_p_value);
  }
  return {};
}

/// Whether a verdict is one of these labels alone.
bool depends_on_labels(const Labellings& labellings) {
  const auto total = static_cast<double>(labellings.total);
  return labellings.total > 0 &&
         (static_cast<double>(labellings.other) > kMostContradicting * total ||
          static_cast<double>(labellings.same) < kLeastAgreeing * total);
}

Judgement judge_departure(const Evidence& evidence) {
  const Interval& departure = evidence.departure;
  if (!evidence.applies) return {Verdict::cannot_tell, "it is not what the claim is about"};
  const std::string powerless = without_power(evidence);
  if (!powerless.empty()) return {Verdict::cannot_tell, powerless};
  const bool known = std::isfinite(departure.lower) && std::isfinite(departure.upper);
  const bool departs = evidence.tests > 0 ? evidence.beyond > 0 : known && beyond(evidence);
  if (departs) {
    if (!evidence.definite) return {Verdict::cannot_tell, ""};
    return {Verdict::differs, ""};
  }
  if (!known || evidence.missing > 0) return {Verdict::cannot_tell, "a number is missing"};
  if (within(evidence) && evidence.largest <= evidence.margin) {
    return {Verdict::holds, ""};
  }
  return {Verdict::cannot_tell, "neither within the margin nor beyond it"};
}

}  // namespace

const char* text(Verdict verdict) {
  switch (verdict) {
    case Verdict::holds: return "holds";
    case Verdict::differs: return "differs";
    case Verdict::cannot_tell: return "cannot tell";
  }
  return "unknown verdict";
}

void correct(std::span<Member> family) {
  std::vector<double> p_values;
  for (const Member& member : family) p_values.push_back(member.p_value);
  std::vector<double> adjusted(p_values.size());
  adjust_by_holm(p_values, adjusted);
  for (std::size_t k = 0; k < family.size(); ++k) family[k].holm = adjusted[k];
}

Judgement judge(const Evidence& evidence) {
  Judgement judgement = judge_departure(evidence);
  if (judgement.verdict != Verdict::cannot_tell && depends_on_labels(evidence.labellings)) {
    judgement = {Verdict::cannot_tell, "other labels of the same network say otherwise"};
  }
  if (evidence.states_departure) judgement.verdict = other(judgement.verdict);
  return judgement;
}

Verdict judge_number(double printed, double least, double most, double half_digit) {
  // Printed numbers are decimal: a few roundings beside half a digit.
  const double slack = half_digit * (1 + 1e-9);
  return printed >= least - slack && printed <= most + slack ? Verdict::holds : Verdict::differs;
}

Interval middle_range(double value, std::vector<double> values) {
  std::erase_if(values, [](double v) { return std::isnan(v); });
  if (values.empty()) return {value, kUnknown, kUnknown};
  std::sort(values.begin(), values.end());
  const auto at = [&](double p) {
    const double place = p * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, values.size() - 1);
    if (values[below] == values[above]) return values[below];
    return values[below] + (place - static_cast<double>(below)) * (values[above] - values[below]);
  };
  return {value, at(0.025), at(0.975)};
}

Interval bootstrap_mean(std::span<const double> values, std::uint64_t seed, std::uint64_t stream) {
  if (values.empty()) return {kUnknown, kUnknown, kUnknown};
  Picks picks(seed, stream);
  std::vector<double> means(kResamples);
  double total = 0;
  for (const double value : values) total += value;
  for (double& mean : means) {
    double sum = 0;
    for (std::size_t k = 0; k < values.size(); ++k) sum += values[picks.below(values.size())];
    mean = sum / static_cast<double>(values.size());
  }
  return middle_range(total / static_cast<double>(values.size()), std::move(means));
}

Interval bootstrap_ratio(std::span<const double> squares, std::span<const double> scales,
                         std::uint64_t seed, std::uint64_t stream) {
  if (squares.empty()) return {kUnknown, kUnknown, kUnknown};
  Picks picks(seed, stream);
  std::vector<double> ratios(kResamples);
  double above = 0;
  double under = 0;
  for (std::size_t k = 0; k < squares.size(); ++k) {
    above += squares[k];
    under += scales[k];
  }
  for (double& ratio : ratios) {
    double numerator = 0;
    double denominator = 0;
    for (std::size_t k = 0; k < squares.size(); ++k) {
      const std::size_t block = picks.below(squares.size());
      numerator += squares[block];
      denominator += scales[block];
    }
    ratio = std::sqrt(numerator / denominator);
  }
  return middle_range(std::sqrt(above / under), std::move(ratios));
}

Interval bootstrap_departure(std::span<const double> observed,
                             std::span<const std::span<const double>> null, std::uint64_t seed,
                             std::uint64_t stream) {
  if (observed.empty()) return {kUnknown, kUnknown, kUnknown};
  const auto count = static_cast<double>(observed.size());
  double value = 0;
  for (std::size_t l = 0; l < observed.size(); ++l) value += observed[l] - mean_of(null[l]);
  if (std::isnan(value)) return {kUnknown, kUnknown, kUnknown};
  Picks picks(seed, stream);
  std::vector<double> means(kResamples);
  for (double& mean : means) {
    double sum = 0;
    for (std::size_t k = 0; k < observed.size(); ++k) {
      const std::size_t layer = picks.below(observed.size());
      sum += observed[layer] - null[layer][picks.below(null[layer].size())];
    }
    mean = sum / count;
  }
  return middle_range(value / count, std::move(means));
}

double upper_p_value(double observed, std::span<const double> draws) {
  std::size_t finite = 0;
  std::size_t exceedances = 0;
  for (const double draw : draws) {
    if (std::isnan(draw)) continue;
    ++finite;
    exceedances += draw >= observed ? 1 : 0;
  }
  if (finite == 0 || std::isnan(observed)) return kUnknown;
  return static_cast<double>(1 + exceedances) / static_cast<double>(finite + 1);
}

double mean_of(std::span<const double> values) {
  double sum = 0;
  std::size_t finite = 0;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    sum += value;
    ++finite;
  }
  return finite > 0 ? sum / static_cast<double>(finite) : kUnknown;
}

}  // namespace pinnscope::apps
