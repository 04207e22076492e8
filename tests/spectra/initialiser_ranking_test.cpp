#include "pinnscope/spectra/initialiser_ranking.hpp"

#include <cmath>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "spectra/published_layer.hpp"
#include "support/allocation.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

struct Owned {
  explicit Owned(std::size_t capacity)
      : memory(WeightLawFitter::footprint({capacity}).bytes),
        arena(memory),
        fitter({capacity}, arena) {}

  std::vector<std::byte> memory;
  Arena arena;
  WeightLawFitter fitter;
};

/// A layer drawn by an initialiser and changed by a Laplace law with half its deviation.
std::vector<double> trained_layer(Initialiser initialiser, std::size_t fan_in,
                                  std::size_t fan_out) {
  const WeightModel model = memory_model(initialiser, fan_in, fan_out);
  const double change = standard_deviation(initialiser, fan_in, fan_out) / 2 / std::sqrt(2.0);
  const WeightLaw law{model.kind, 0, model.initial, change};
  const Philox random(3, static_cast<std::uint64_t>(initialiser));
  std::vector<double> sample(fan_in * fan_out);
  for (std::size_t i = 0; i < sample.size(); ++i) sample[i] = law.draw(random, i);
  return sample;
}

}  // namespace

TEST_CASE("every initialiser is recognised behind a change of half its deviation") {
  Owned owned(40 * 90);
  for (std::size_t i = 0; i < kInitialisers; ++i) {
    const auto initialiser = static_cast<Initialiser>(i);
    REQUIRE(owned.fitter.load(trained_layer(initialiser, 40, 90)).ok());
    InitialiserRanking ranking;
    REQUIRE(rank_initialisers(owned.fitter, 40, 90, ranking).ok());
    CAPTURE(i);
    REQUIRE(ranking[0].initialiser == initialiser);
    REQUIRE(ranking[0].status.ok());
    REQUIRE(ranking[0].akaike_excess == 0);
    REQUIRE(std::abs(ranking[0].fit.law.surviving_share() - 0.8) <= 0.05);
    REQUIRE(ranking[1].akaike_excess > 4);
    for (std::size_t k = 1; k < kInitialisers; ++k) {
      REQUIRE(ranking[k].akaike_excess >= ranking[k - 1].akaike_excess);
      REQUIRE(ranking[k].akaike_excess == ranking[k].fit.akaike - ranking[0].fit.akaike);
    }
  }
}

TEST_CASE("the published layers were drawn by Glorot's uniform law, which is LeCun's in a square") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  Owned owned(10000);
  for (const int network : {0, 1}) {
    for (const int layer : {1, 4, 7}) {
      CAPTURE(network, layer);
      REQUIRE(owned.fitter.load(test::published_layer(directory, network, layer)).ok());
      InitialiserRanking ranking;
      REQUIRE(rank_initialisers(owned.fitter, 100, 100, ranking).ok());
      REQUIRE(ranking[0].initialiser == Initialiser::glorot_uniform);
      REQUIRE(ranking[1].initialiser == Initialiser::lecun_uniform);
      REQUIRE(ranking[1].akaike_excess == 0);
      REQUIRE(ranking[2].akaike_excess > 50);
    }
  }
}

TEST_CASE("a model of memory has the scale of its initialiser") {
  const WeightModel glorot = memory_model(Initialiser::glorot_uniform, 100, 100);
  REQUIRE(glorot.kind == LawKind::uniform_laplace);
  REQUIRE(glorot.initial == std::sqrt(6.0 / 200));
  REQUIRE(memory_model(Initialiser::he_uniform, 24, 5).initial == 0.5);
  REQUIRE(memory_model(Initialiser::lecun_uniform, 12, 5).initial == 0.5);
  const WeightModel normal = memory_model(Initialiser::lecun_normal, 16, 5);
  REQUIRE(normal.kind == LawKind::normal_laplace);
  REQUIRE(normal.initial == 0.25);
  REQUIRE(memory_model(Initialiser::he_normal, 8, 5).initial == 0.5);
  REQUIRE(memory_model(Initialiser::glorot_normal, 3, 5).initial == 0.5);
}

TEST_CASE("a ranking is refused without a sample, without a shape, or far from any initialiser") {
  Owned owned(3);
  InitialiserRanking ranking;
  REQUIRE(rank_initialisers(owned.fitter, 2, 2, ranking).code == StatusCode::empty_input);
  REQUIRE(owned.fitter.load(std::vector<double>{1, 2, 4}).ok());
  REQUIRE(rank_initialisers(owned.fitter, 0, 2, ranking).code == StatusCode::out_of_range);
  REQUIRE(rank_initialisers(owned.fitter, 2, 0, ranking).code == StatusCode::out_of_range);
  REQUIRE(owned.fitter.load(std::vector<double>{1e200, 2e200, 4e200}).ok());
  REQUIRE(rank_initialisers(owned.fitter, 2, 2, ranking).code == StatusCode::not_converged);
}

TEST_CASE("a ranking allocates nothing") {
  if (!test::counts_allocations()) return;
  Owned owned(600);
  REQUIRE(owned.fitter.load(trained_layer(Initialiser::he_normal, 20, 30)).ok());
  InitialiserRanking ranking;
  Status status;
  REQUIRE(test::allocations_of(
              [&] { status = rank_initialisers(owned.fitter, 20, 30, ranking); }) == 0);
  REQUIRE(status.ok());
}
