#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace pinnscope::apps {

/// What evidence says of a claim or of a number.
enum class Verdict : std::uint8_t { holds, differs, cannot_tell };

inline constexpr std::array kVerdicts{Verdict::holds, Verdict::differs, Verdict::cannot_tell};

/// "holds", "differs", "cannot tell".
const char* text(Verdict verdict);

/// Of a family of tests, after Holm's correction.
inline constexpr double kLevel = 0.05;

/// A number that is not there.
inline constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

/// A number and its 95 % interval.
struct Interval {
  double value = 0;
  double lower = 0;
  double upper = 0;
};

/// A member of a family of tests (a layer): how far it departs from what its null has on average,
/// and its p-value. Members of one claim may be about several networks.
struct Member {
  double departure = 0;
  double p_value = 1;
  double holm = 1;  // corrected over the family
};

/// Corrects the p-values of a family. NaN where there is none.
void correct(std::span<Member> family);

/// Whether a corrected p-value rejects: at most kLevel, but for rounding.
inline bool rejects(double corrected) { return corrected <= kLevel * (1 + 1e-9); }

/// Verdicts that the same networks get under other labels of their neurons.
struct Labellings {
  std::size_t total = 0;  // none: the number does not know of labels
  std::size_t same = 0;   // with the verdict of these labels
  std::size_t other = 0;  // that hold where it differs, or differ where it holds
};

/// Of the labellings, those that may contradict a verdict on the network, twice as many as noise
/// does at kLevel, and those that must share it.
inline constexpr double kMostContradicting = 2 * kLevel;
inline constexpr double kLeastAgreeing = 0.5;

/// What a verdict follows from. A departure of 0 is what the claim says.
struct Evidence {
  Interval departure{};
  double margin = 0;            // departures up to it are none to speak of
  double largest = 0;           // of the members; without members, 0
  std::size_t tests = 0;        // in the family; 0 where the interval alone decides
  std::size_t members = 0;      // of the family, those of this network
  std::size_t rejected = 0;     // of these, how many reject their null
  std::size_t beyond = 0;       // of these, how many depart by more than the margin
  std::size_t missing = 0;      // members without a number
  std::size_t draws = 0;        // under each null
  double smallest_p_value = 0;  // that the design can reach, where the claim is about a population
  bool applies = true;          // false where what is at hand is not what the claim is about
  bool definite = true;         // false where a departure may be one of the description alone
  bool states_departure = false;  // the claim says that there is one: holds and differs exchanged
  bool one_sided = false;         // less than the claim says is no departure
  Labellings labellings{};        // of the same networks, where the number is one of their labels
};

struct Judgement {
  Verdict verdict = Verdict::cannot_tell;
  std::string reason;  // half a sentence without a full stop
};

/// The one place where evidence turns into a verdict.
///   holds:       the whole interval, and every member, lies within the margin;
///   differs:     a member rejects its null and departs by more than the margin; without tests, the
///                whole interval lies beyond the margin;
///   cannot tell: what lies between, a number that is missing, a design that can reject nothing
///                (draws too few for the tests, networks too few for the problem), and what other
///                labels of the same networks contradict.
/// So a test without power never speaks for a claim: not rejecting is not holding.
Judgement judge(const Evidence& evidence);

/// A printed number beside the least and the most that recomputing it gives, to half a unit of the
/// last digit printed. NaN differs from every number.
Verdict judge_number(double printed, double least, double most, double half_digit);

/// Resamples of every interval.
inline constexpr std::size_t kResamples = 2000;

/// The mean of `values`, with the percentile interval over resamples of the values. A function of
/// (values, seed, stream) alone. NaN where there are none.
Interval bootstrap_mean(std::span<const double> values, std::uint64_t seed, std::uint64_t stream);

/// The root of sum `squares` / sum `scales` (one of each a block), resampled in blocks.
Interval bootstrap_ratio(std::span<const double> squares, std::span<const double> scales,
                         std::uint64_t seed, std::uint64_t stream);

/// The mean over layers of observed[l] less the mean of its draws, null[l]. A resample takes layers
/// anew, and for each one of its draws in place of their mean: so the interval holds both how
/// layers vary and how one noise matrix differs from another.
Interval bootstrap_departure(std::span<const double> observed,
                             std::span<const std::span<const double>> null, std::uint64_t seed,
                             std::uint64_t stream);

/// `value` and the range of the middle 95 % of `values`.
Interval middle_range(double value, std::vector<double> values);

/// (1 + draws at least as large) / (draws + 1); NaN draws are not counted, NaN without any.
double upper_p_value(double observed, std::span<const double> draws);

/// The mean of the finite numbers; NaN without any.
double mean_of(std::span<const double> values);

}  // namespace pinnscope::apps
