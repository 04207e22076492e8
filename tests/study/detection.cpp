// What a search for labels finds of planted bands in noise, and how often in noise alone.
//   detection [REPEATS] [CELLS] [THREADS]

#include <array>
#include <memory>

#include "pinnscope/core/workers.hpp"
#include "pinnscope/readings/label_search.hpp"
#include "pinnscope/spectra/nulls/null_model.hpp"
#include "study/planted.hpp"

namespace {

using namespace pinnscope;
using namespace pinnscope::study;

constexpr std::array kStructures{
    Planted{Scheme::upwind, {0.3, 0}},            // two diagonals
    Planted{Scheme::ftcs, {0.3, 0.2}},            // three
    Planted{Scheme::ftcs, {0, 0.3}},              // three, symmetric
    Planted{Scheme::rk2, {0.4, 0.3}},             // five
    Planted{Scheme::rk4, {1, 1}},                 // nine
    Planted{Scheme::crank_nicolson, {0.9, 0.4}},  // all
    Planted{Scheme::spectral, {0.5, 0.5}},        // all
};
constexpr std::array kRatios{0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 2.0, 5.0, 10.0};

/// As many as `pinnscope pde` asks for.
constexpr std::size_t kSearches = 9;
/// What c and r of the right band are within.
constexpr double kNear = 0.1;

/// Whether the scheme is among those that cannot be told from the nearest, with its numbers.
bool is_right(const SchemeFits& fits, const Planted& planted) {
  for (std::size_t k = 0; k < kSchemes.size(); ++k) {
    const StepNumbers& numbers = fits.fits[k].numbers;
    if (kSchemes[k] != planted.scheme || !fits.is_tied(k)) continue;
    return std::abs(numbers.c - planted.numbers.c) < kNear &&
           std::abs(numbers.r - planted.numbers.r) < kNear;
  }
  return false;
}

/// Searches of one band at one ratio: each matrix, and a permutation of its entries.
class Curve {
 public:
  Curve(std::size_t cells, std::size_t repeats, Workers& crew)
      : cells_(cells), repeats_(repeats), crew_(crew), found_(2 * repeats) {
    for (std::size_t thread = 0; thread < crew.threads(); ++thread) {
      searches_.push_back(std::make_unique<Owned<LabelSearch>>(LabelSearch::Config{cells}));
    }
  }

  void search(const Planted& planted, double ratio, std::uint64_t seed) {
    crew_.run(found_.size(), [&](std::size_t lane, std::size_t thread) {
      const std::size_t repeat = lane / 2;
      std::vector<double> step = plant(planted, cells_, ratio, seed + repeat);
      std::vector<double> permuted(step.size());
      MatrixView<double> searched{step.data(), cells_, cells_};
      if (lane % 2 == 1) {
        const MatrixView<double> drawn{permuted.data(), cells_, cells_};
        require(draw_null({}, searched, Philox(seed + repeat, kStudyStream + 3), drawn));
        searched = drawn;
      }
      OwnLabels rows(cells_);
      OwnLabels columns(cells_);
      require(
          (*searches_[thread])->find(searched, true, rows.view(), columns.view(), found_[lane]));
    });
  }

  const BestLabelling& planted(std::size_t repeat) const { return found_[2 * repeat]; }
  double share(std::size_t repeat) const { return share_of(planted(repeat)); }
  double permuted_share(std::size_t repeat) const { return share_of(found_[2 * repeat + 1]); }

  /// Of the permutations of the matrices that follow this one.
  BestShareNull null(std::size_t repeat) const {
    std::vector<double> shares;
    for (std::size_t k = 1; k <= kSearches; ++k) {
      shares.push_back(permuted_share((repeat + k) % repeats_));
    }
    return best_share_null(shares);
  }

 private:
  static double share_of(const BestLabelling& found) { return found.fits.nearest().share; }

  std::size_t cells_;
  std::size_t repeats_;
  Workers& crew_;
  std::vector<BestLabelling> found_;
  std::vector<std::unique_ptr<Owned<LabelSearch>>> searches_;
};

void print(const Proportion& proportion) {
  std::printf(",%.3f,%.3f,%.3f", proportion.share, proportion.lower, proportion.upper);
}

}  // namespace

int main(int count, char** words) {
  const auto number = [&](int k, std::size_t otherwise) {
    return count > k ? static_cast<std::size_t>(std::strtoull(words[k], nullptr, 10)) : otherwise;
  };
  const std::size_t repeats = number(1, 50);
  const std::size_t cells = number(2, 100);
  if (repeats <= kSearches || cells == 0) {
    std::fprintf(stderr, "detection: expected more than %zu repeats, found %zu\n", kSearches,
                 repeats);
    return 2;
  }
  Workers crew(number(3, 1));
  Curve curve(cells, repeats, crew);
  std::printf(
      "scheme,courant,diffusion,ratio,share,share_of_permuted,needed,found,found_lower,"
      "found_upper,right,right_lower,right_upper\n");
  std::size_t false_alarms = 0;
  std::size_t nulls = 0;
  for (std::size_t k = 0; k < kStructures.size(); ++k) {
    const Planted& planted = kStructures[k];
    for (std::size_t q = 0; q < kRatios.size(); ++q) {
      curve.search(planted, kRatios[q], 1000000 * k + 10000 * q);
      std::size_t found = 0;
      std::size_t right = 0;
      double share = 0;
      double permuted = 0;
      double needed = 0;
      for (std::size_t repeat = 0; repeat < repeats; ++repeat) {
        const BestShareNull null = curve.null(repeat);
        const bool is_found = null.answer(curve.share(repeat)) == SchemeAnswer::scheme;
        found += is_found ? 1 : 0;
        right += is_found && is_right(curve.planted(repeat).fits, planted) ? 1 : 0;
        ++nulls;
        if (null.answer(curve.permuted_share(repeat)) == SchemeAnswer::scheme) ++false_alarms;
        share += curve.share(repeat) / static_cast<double>(repeats);
        permuted += curve.permuted_share(repeat) / static_cast<double>(repeats);
        needed += null.needed() / static_cast<double>(repeats);
      }
      std::printf("%s,%g,%g,%g,%.3f,%.3f,%.3f", text(planted.scheme), planted.numbers.c,
                  planted.numbers.r, kRatios[q], share, permuted, needed);
      print(proportion(found, repeats));
      print(proportion(right, repeats));
      std::printf("\n");
      std::fflush(stdout);
    }
  }
  const Proportion alarms = proportion(false_alarms, nulls);
  std::fprintf(stderr, "false alarms: %zu of %zu permuted matrices, %.2g to %.2g\n", false_alarms,
               nulls, alarms.lower, alarms.upper);
  return 0;
}
