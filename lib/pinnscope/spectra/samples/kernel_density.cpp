#include "pinnscope/spectra/samples/kernel_density.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>
#include <numbers>
#include <span>

#include "pinnscope/spectra/samples/box_sums.hpp"
#include "pinnscope/spectra/samples/compensated_sum.hpp"
#include "pinnscope/spectra/samples/sorted_sample.hpp"

namespace pinnscope {
namespace {

constexpr double kLargestRatio = 1e150;    // |x| / h, so that its square is finite
constexpr double kFarthestExpansion = 20;  // bandwidths between two boxes that meet by series
constexpr double kMostBoxes = 0x1p40;      // |x| / box width, so that box numbers are exact
constexpr std::size_t kMostTerms = BoxSums::kMostTerms;  // 1 / 20! < 2^-60
constexpr std::size_t kDirectLimit = 4;  // pairs per point below which the plain sum is faster

/// Exponents beyond which a kernel is lost in the sum of n kernels the largest of which is 1.
double negligible_exponent(std::size_t n) noexcept {
  return 60 * std::numbers::ln2 + std::log(static_cast<double>(n));
}

/// ln sum exp(-(x - s)^2 / (2 h^2)) over sources[0, left) and sources[right, end), which lie on
/// their side of x. Precondition: at least one source.
double log_kernel_sum(VectorView<const double> sources, std::size_t left, std::size_t right,
                      double x, double bandwidth) noexcept {
  const double inverse = 1 / bandwidth;
  const double lost = negligible_exponent(sources.size());
  double nearest = std::numeric_limits<double>::infinity();
  if (left > 0) nearest = (x - sources[left - 1]) * inverse;
  if (right < sources.size()) nearest = std::min(nearest, (sources[right] - x) * inverse);
  double sum = 0;
  const auto add = [&](double distance) {
    const double exponent = (distance - nearest) * (distance + nearest) / 2;
    if (exponent > lost) return false;
    sum += std::exp(-exponent);
    return true;
  };
  for (std::size_t i = left; i > 0 && add((x - sources[i - 1]) * inverse);) --i;
  for (std::size_t i = right; i < sources.size() && add((sources[i] - x) * inverse);) ++i;
  return std::log(sum) - nearest * nearest / 2;
}

/// Targets of one box; their offsets from its centre and their sums are in the storage.
struct BoxTargets {
  double number = 0;
  VectorView<const double> values;
};

/// Sums of kernels over sorted sources, box by box. Boxes are [k w, (k + 1) w) with w a power of
/// two in (h, 2 h]: the offset from a box's centre is then exact before it is divided by h.
class BoxedSources {
 public:
  BoxedSources(VectorView<const double> sources, double bandwidth,
               const KernelDensity::Storage& storage) noexcept
      : sources_(sources),
        storage_(storage),
        bandwidth_(bandwidth),
        inverse_(1 / bandwidth),
        lost_(negligible_exponent(sources.size())) {
    int exponent = 0;
    std::frexp(bandwidth, &exponent);
    width_ = std::ldexp(1.0, exponent);
    ratio_ = width_ * inverse_;
    const double product = ratio_ * ratio_ / 4;  // the largest |a b|
    double term = 1;
    for (terms_ = 1; terms_ < kMostTerms && term > 0x1p-57; ++terms_) {
      inverse_factorials_[terms_] = inverse_factorials_[terms_ - 1] / static_cast<double>(terms_);
      term *= product / static_cast<double>(terms_);
    }
    usable_ = std::isfinite(width_) && width_ > std::numeric_limits<double>::min() &&
              std::max(std::abs(sources.front()), std::abs(sources.back())) < width_ * kMostBoxes;
    if (usable_) sort_into_boxes();
  }

  /// The sum over targets of ln sum_j exp(-(t - s_j)^2 / (2 h^2)). `alone`: the targets are the
  /// sources and none counts itself.
  double log_sums(VectorView<const double> targets, bool alone) const noexcept {
    CompensatedSum total;
    if (!usable_) {
      add_far(targets, 0, alone, total);
      return total.value();
    }
    std::size_t near = 0;  // first source box not left of the target's
    for (std::size_t begin = 0; begin < targets.size();) {
      const double box = box_of(targets[begin]);
      const double end_of_box = end_of(box);
      std::size_t end = begin + 1;
      while (end < targets.size() && targets[end] < end_of_box) ++end;
      while (near < boxes_ && storage_.box_numbers[near] < box) ++near;
      const BoxTargets chunk{box, targets.subspan(begin, end - begin)};
      add_box(chunk, begin, near, alone, total);
      begin = end;
    }
    return total.value();
  }

 private:
  double box_of(double x) const noexcept { return std::floor(x / width_); }
  double end_of(double box) const noexcept { return (box + 1) * width_; }
  double offset_in(double box, double x) const noexcept {
    return (x - (box + 0.5) * width_) * inverse_;
  }

  void sort_into_boxes() noexcept {
    boxes_ = 0;
    double end_of_box = -std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      if (sources_[i] >= end_of_box) {
        storage_.box_numbers[boxes_] = box_of(sources_[i]);
        end_of_box = end_of(storage_.box_numbers[boxes_]);
        storage_.box_begins[boxes_++] = i;
      }
      storage_.offsets[i] = offset_in(storage_.box_numbers[boxes_ - 1], sources_[i]);
    }
    storage_.box_begins[boxes_] = sources_.size();
  }

  void add_box(const BoxTargets& targets, std::size_t first_target, std::size_t near, bool alone,
               CompensatedSum& total) const noexcept {
    const std::size_t n = targets.values.size();
    const bool own_counts = !alone || n > 1;
    std::size_t right = near;
    if (alone && !own_counts) ++right;
    double gap = std::numeric_limits<double>::infinity();  // boxes to the nearest source box
    if (right < boxes_) gap = storage_.box_numbers[right] - targets.number;
    if (near > 0) gap = std::min(gap, targets.number - storage_.box_numbers[near - 1]);
    if (!(gap * ratio_ <= kFarthestExpansion)) {
      return add_far(targets.values, first_target, alone, total);
    }
    for (std::size_t i = 0; i < n; ++i) {
      storage_.target_offsets[i] = offset_in(targets.number, targets.values[i]);
      storage_.target_sums[i] = 0;
    }
    const double reference = gap * ratio_;
    const double reach = 1 + std::sqrt((gap + 1) * (gap + 1) + 2 * lost_ / (ratio_ * ratio_));
    for (std::size_t k = near; k > 0 && targets.number - storage_.box_numbers[k - 1] <= reach;
         --k) {
      add_pair(targets, k - 1, reference);
    }
    for (std::size_t k = right; k < boxes_ && storage_.box_numbers[k] - targets.number <= reach;
         ++k) {
      add_pair(targets, k, reference);
    }
    const double self = alone && own_counts ? 1 : 0;  // its reference is its own box
    for (std::size_t i = 0; i < n; ++i) {
      total.add(std::log(storage_.target_sums[i] - self) - reference * reference / 2);
    }
  }

  void add_far(VectorView<const double> targets, std::size_t first_target, bool alone,
               CompensatedSum& total) const noexcept {
    for (std::size_t i = 0; i < targets.size(); ++i) {
      const double x = targets[i];
      const auto place = static_cast<std::size_t>(
          std::lower_bound(sources_.begin(), sources_.end(), x) - sources_.begin());
      const std::size_t left = alone ? first_target + i : place;
      const std::size_t right = alone ? left + 1 : place;
      total.add(log_kernel_sum(sources_, left, right, x, bandwidth_));
    }
  }

  /// sums[i] += sum_j exp((reference^2 - (t_i - s_j)^2 / h^2) / 2) over the sources of one box.
  void add_pair(const BoxTargets& targets, std::size_t box, double reference) const noexcept {
    const std::size_t begin = storage_.box_begins[box];
    const std::size_t sources = storage_.box_begins[box + 1] - begin;
    const std::size_t n = targets.values.size();
    if (sources * n <= kDirectLimit * (sources + n)) {
      return kernels_.pairs(targets.values, sources_.subspan(begin, sources), inverse_, reference,
                            storage_.target_sums.data());
    }
    const double distance = (storage_.box_numbers[box] - targets.number) * ratio_;
    std::array<double, kMostTerms> moments{};
    kernels_.gather(storage_.offsets.subspan(begin, sources), distance, terms_, moments.data());
    const double scale = std::exp((reference - distance) * (reference + distance) / 2);
    for (std::size_t k = 0; k < terms_; ++k) moments[k] *= scale * inverse_factorials_[k];
    kernels_.scatter(std::span(moments).first(terms_), distance, storage_.target_offsets.first(n),
                     storage_.target_sums.data());
  }

  const BoxSums& kernels_ = fastest<BoxSums>();
  VectorView<const double> sources_;
  const KernelDensity::Storage& storage_;
  double bandwidth_;
  double inverse_;
  double lost_;
  double width_ = 0;
  double ratio_ = 0;  // box width in bandwidths, in (1, 2]
  std::array<double, kMostTerms> inverse_factorials_{1.0};
  std::size_t terms_ = 1;
  std::size_t boxes_ = 0;
  bool usable_ = false;
};

/// ln of 1 / (n h sqrt(2 pi)).
double log_normalisation(std::size_t n, double bandwidth) noexcept {
  return -std::log(static_cast<double>(n)) - std::log(bandwidth) -
         0.5 * std::log(2 * std::numbers::pi);
}

void choose(VectorView<const double> bandwidths, VectorView<const double> scores,
            BandwidthChoice& best) noexcept {
  const auto place = std::max_element(scores.begin(), scores.end()) - scores.begin();
  const auto index = static_cast<std::size_t>(place);
  const auto [smallest, largest] = std::minmax_element(bandwidths.begin(), bandwidths.end());
  const double chosen = bandwidths[index];
  best = {index, chosen, scores[index], chosen == *smallest || chosen == *largest};
}

}  // namespace

KernelDensity::KernelDensity(const Config& config, Arena& arena) noexcept {
  Layout carve(arena);
  storage_ = layout(carve, config);
}

template <class T>
Status KernelDensity::load_any(VectorView<const T> sample) noexcept {
  size_ = 0;
  const std::size_t capacity = storage_.sample.size();
  if (sample.size() > capacity) {
    return {StatusCode::shape_mismatch, static_cast<int>(capacity)};
  }
  const VectorView<double> copy = storage_.sample.first(sample.size());
  if (const Status status = copy_sample(sample, copy); !status.ok()) return status;
  std::copy(copy.begin(), copy.end(), storage_.sorted.begin());
  size_ = sample.size();
  const VectorView<double> ascending = storage_.sorted.first(size_);
  std::sort(ascending.begin(), ascending.end());
  return {};
}

Status KernelDensity::load(VectorView<const float> sample) noexcept { return load_any(sample); }

Status KernelDensity::load(VectorView<const double> sample) noexcept { return load_any(sample); }

Status KernelDensity::check_bandwidths(VectorView<const double> bandwidths) const noexcept {
  if (size_ == 0 || bandwidths.empty()) return {StatusCode::empty_input};
  const double widest = std::max(std::abs(sorted().front()), std::abs(sorted().back()));
  for (std::size_t i = 0; i < bandwidths.size(); ++i) {
    const double bandwidth = bandwidths[i];
    const bool usable = std::isfinite(bandwidth) && bandwidth >= std::numeric_limits<double>::min();
    if (!usable || widest / bandwidth > kLargestRatio) {
      return {StatusCode::out_of_range, static_cast<int>(i)};
    }
  }
  return {};
}

Status KernelDensity::log_densities(double bandwidth, VectorView<const double> points,
                                    VectorView<double> log_densities) const noexcept {
  assert(points.size() == log_densities.size());
  if (const Status status = check_bandwidths({&bandwidth, 1}); !status.ok()) return status;
  const double normalisation = log_normalisation(size_, bandwidth);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double x = points[i];
    if (!std::isfinite(x)) return {StatusCode::not_finite, static_cast<int>(i)};
    if (std::abs(x) / bandwidth > kLargestRatio) return {StatusCode::out_of_range, 0};
    const auto place = static_cast<std::size_t>(
        std::lower_bound(sorted().begin(), sorted().end(), x) - sorted().begin());
    log_densities[i] = normalisation + log_kernel_sum(sorted(), place, place, x, bandwidth);
  }
  return {};
}

Status KernelDensity::densities(double bandwidth, VectorView<const double> points,
                                VectorView<double> densities) const noexcept {
  const Status status = log_densities(bandwidth, points, densities);
  if (!status.ok()) return status;
  for (double& density : densities) density = std::exp(density);
  return {};
}

Status KernelDensity::cross_validate(std::size_t folds, VectorView<const double> bandwidths,
                                     VectorView<double> scores, BandwidthChoice& best) noexcept {
  assert(scores.size() == bandwidths.size());
  if (const Status status = check_bandwidths(bandwidths); !status.ok()) return status;
  if (folds < 2 || folds > size_) return {StatusCode::out_of_range, -1};
  std::fill(scores.begin(), scores.end(), 0.0);
  const VectorView<const double> sample = storage_.sample.first(size_);
  for (std::size_t fold = 0, begin = 0; fold < folds; ++fold) {
    const std::size_t length = size_ / folds + (fold < size_ % folds ? 1 : 0);
    const VectorView<double> held_out = storage_.held_out.first(length);
    const VectorView<double> training = storage_.training.first(size_ - length);
    const auto first = sample.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto last = first + static_cast<std::ptrdiff_t>(length);
    std::copy(first, last, held_out.begin());
    std::copy(last, sample.end(), std::copy(sample.begin(), first, training.begin()));
    std::sort(held_out.begin(), held_out.end());
    std::sort(training.begin(), training.end());
    for (std::size_t b = 0; b < bandwidths.size(); ++b) {
      const BoxedSources sources(training, bandwidths[b], storage_);
      const double sums = sources.log_sums(held_out, false);
      const double normalisation = log_normalisation(training.size(), bandwidths[b]);
      scores[b] +=
          (sums + static_cast<double>(length) * normalisation) / static_cast<double>(folds);
    }
    begin += length;
  }
  choose(bandwidths, scores, best);
  return {};
}

Status KernelDensity::leave_one_out(VectorView<const double> bandwidths, VectorView<double> scores,
                                    BandwidthChoice& best) noexcept {
  assert(scores.size() == bandwidths.size());
  if (const Status status = check_bandwidths(bandwidths); !status.ok()) return status;
  if (size_ < 2) return {StatusCode::degenerate};
  for (std::size_t b = 0; b < bandwidths.size(); ++b) {
    const BoxedSources sources(sorted(), bandwidths[b], storage_);
    scores[b] = sources.log_sums(sorted(), true) +
                static_cast<double>(size_) * log_normalisation(size_ - 1, bandwidths[b]);
  }
  choose(bandwidths, scores, best);
  return {};
}

void geometric_bandwidths(double first, double last, VectorView<double> bandwidths) noexcept {
  assert(first > 0 && last > 0);
  if (bandwidths.empty()) return;
  const std::size_t steps = bandwidths.size() - 1;
  for (std::size_t i = 0; i < bandwidths.size(); ++i) {
    const double share = steps == 0 ? 0 : static_cast<double>(i) / static_cast<double>(steps);
    bandwidths[i] = std::exp((1 - share) * std::log(first) + share * std::log(last));
  }
  bandwidths.front() = first;
  if (steps > 0) bandwidths.back() = last;
}

}  // namespace pinnscope
