#include "pinnscope/spectra/laws/initialiser_ranking.hpp"

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "spectra/published_layer.hpp"
#include "support/allocation.hpp"
#include "support/owned.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

using Owned = test::Owned<WeightLawFitter>;

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
  Owned owned({40 * 90});
  for (std::size_t i = 0; i < kInitialisers; ++i) {
    const auto initialiser = static_cast<Initialiser>(i);
    REQUIRE(owned->load(trained_layer(initialiser, 40, 90)).ok());
    InitialiserRanking ranking;
    REQUIRE(rank_initialisers(*owned, 40, 90, ranking).ok());
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
  Owned owned({10000});
  for (const int network : {0, 1}) {
    for (const int layer : {1, 4, 7}) {
      CAPTURE(network, layer);
      REQUIRE(owned->load(test::published_layer(directory, network, layer)).ok());
      InitialiserRanking ranking;
      REQUIRE(rank_initialisers(*owned, 100, 100, ranking).ok());
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
  Owned owned({3});
  InitialiserRanking ranking;
  REQUIRE(rank_initialisers(*owned, 2, 2, ranking).code == StatusCode::empty_input);
  REQUIRE(owned->load(std::vector<double>{1, 2, 4}).ok());
  REQUIRE(rank_initialisers(*owned, 0, 2, ranking).code == StatusCode::out_of_range);
  REQUIRE(rank_initialisers(*owned, 2, 0, ranking).code == StatusCode::out_of_range);
  REQUIRE(owned->load(std::vector<double>{1e200, 2e200, 4e200}).ok());
  REQUIRE(rank_initialisers(*owned, 2, 2, ranking).code == StatusCode::not_converged);
}

TEST_CASE("a ranking allocates nothing") {
  if (!test::counts_allocations()) return;
  Owned owned({600});
  REQUIRE(owned->load(trained_layer(Initialiser::he_normal, 20, 30)).ok());
  InitialiserRanking ranking;
  Status status;
  REQUIRE(test::allocations_of([&] { status = rank_initialisers(*owned, 20, 30, ranking); }) == 0);
  REQUIRE(status.ok());
}

namespace {

enum class Change { none, laplace, normal };

/// The layers of a network 2-width-...-width-1 drawn by an initialiser, each with a change of this
/// share of the initial variance, explained.
std::vector<ExplainedLayer> drawn_network(Owned& owned, Initialiser initialiser, Change change,
                                          double share, std::size_t width, std::size_t depth,
                                          std::uint64_t seed, double scale = 1) {
  std::vector<ExplainedLayer> layers;
  for (std::size_t l = 0; l <= depth; ++l) {
    const std::size_t fan_in = l == 0 ? 2 : width;
    const std::size_t fan_out = l == depth ? 1 : width;
    const double deviation = standard_deviation(initialiser, fan_in, fan_out);
    const double size = deviation * std::sqrt(share);
    const Philox random(seed, 2 * l), changes(seed, 2 * l + 1);
    const WeightLaw law{change == Change::laplace ? LawKind::laplace : LawKind::normal, 0, 1,
                        change == Change::laplace ? size / std::sqrt(2.0) : size};
    std::vector<double> sample(fan_in * fan_out);
    for (std::size_t i = 0; i < sample.size(); ++i) {
      sample[i] = is_uniform(initialiser) ? std::sqrt(3.0) * deviation * (2 * random.uniform(i) - 1)
                                          : deviation * random.normal(i);
      if (change != Change::none) sample[i] += law.draw(changes, i);
      sample[i] *= scale;
    }
    REQUIRE(owned->load(sample).ok());
    layers.push_back({{}, sample.size()});
    REQUIRE(explain_layer(*owned, fan_in, fan_out, layers.back().explanations).ok());
  }
  return layers;
}

}  // namespace

TEST_CASE("a network's initialiser is named rightly or not at all") {
  Owned owned({20 * 20});
  std::size_t named = 0, wrong = 0;
  for (std::size_t i = 0; i < kInitialisers; ++i) {
    for (const Change change : {Change::none, Change::laplace, Change::normal}) {
      for (const double share : {0.1, 0.5, 2.0}) {
        for (std::uint64_t seed = 0; seed < 4; ++seed) {
          const auto initialiser = static_cast<Initialiser>(i);
          const NetworkInitialiser found =
              judge_network(drawn_network(owned, initialiser, change, share, 20, 4, seed));
          if (!found.recognised()) continue;
          ++named;
          if (found.best != initialiser) ++wrong;
        }
      }
    }
  }
  REQUIRE(wrong == 0);
  REQUIRE(named >= 40);  // of 216
}

TEST_CASE("wide networks are named whether their change is Laplace, normal or none") {
  Owned owned({60 * 60});
  for (const Change change : {Change::none, Change::laplace, Change::normal}) {
    for (const Initialiser initialiser :
         {Initialiser::glorot_uniform, Initialiser::glorot_normal, Initialiser::he_uniform}) {
      const auto layers = drawn_network(owned, initialiser, change, 0.3, 60, 3, 2);
      const NetworkInitialiser found = judge_network(layers);
      CAPTURE(text(initialiser), static_cast<int>(change), static_cast<int>(found.reason));
      REQUIRE(found.recognised());
      REQUIRE(found.best == initialiser);
      REQUIRE(found.excess > kLeastExcess);
      REQUIRE(test::close(found.share, change == Change::none ? 1 : 1 / 1.3, 0.08));
      REQUIRE(found.worst_misfit <= 0);
    }
  }
}

TEST_CASE("a normal initialiser with a normal change is not told from a narrower one") {
  Owned owned({30 * 30});
  const NetworkInitialiser found =
      judge_network(drawn_network(owned, Initialiser::he_normal, Change::normal, 0.5, 30, 4, 1));
  REQUIRE(found.reason == InitialiserReason::close);
  REQUIRE(!is_uniform(found.best));
  REQUIRE(!is_uniform(found.rival));
}

TEST_CASE("laws that no initialiser draws, small networks and lost ones have no name") {
  Owned owned({40 * 40});
  // Half as wide as any: not an initialiser without a change.
  const NetworkInitialiser narrow = judge_network(
      drawn_network(owned, Initialiser::glorot_uniform, Change::none, 0, 40, 3, 1, 0.4));
  REQUIRE(narrow.reason == InitialiserReason::misfit);
  REQUIRE(narrow.on_bound == 4);
  REQUIRE(narrow.worst_misfit > 0.05);
  const NetworkInitialiser lost = judge_network(
      drawn_network(owned, Initialiser::glorot_uniform, Change::laplace, 30, 40, 3, 1));
  REQUIRE(!lost.recognised());
  const NetworkInitialiser small =
      judge_network(drawn_network(owned, Initialiser::glorot_uniform, Change::none, 0, 5, 1, 1));
  REQUIRE(small.reason == InitialiserReason::too_few_entries);
  REQUIRE(judge_network({}).reason == InitialiserReason::too_few_entries);
  // In a square Glorot's law is LeCun's.
  const auto square = drawn_network(owned, Initialiser::glorot_uniform, Change::none, 0, 40, 3, 1);
  const NetworkInitialiser tied = judge_network(std::span(square).subspan(1, 2));
  REQUIRE(tied.reason == InitialiserReason::close);
  REQUIRE(tied.excess == 0);
}

TEST_CASE("a verdict is the sum of the layers, not their majority") {
  std::vector<ExplainedLayer> layers(3);
  for (ExplainedLayer& layer : layers) {
    layer.entries = 400;
    for (LayerExplanation& explanation : layer.explanations) explanation = {100, 0.02, 0.5, false};
  }
  const auto glorot = static_cast<std::size_t>(Initialiser::glorot_normal);
  const auto he = static_cast<std::size_t>(Initialiser::he_normal);
  layers[0].explanations[he].akaike = layers[1].explanations[he].akaike = 96;
  layers[2].explanations[glorot].akaike = 70;
  layers[1].explanations[glorot].on_bound = true;
  const NetworkInitialiser found = judge_network(layers);
  REQUIRE(found.recognised());
  REQUIRE(found.best == Initialiser::glorot_normal);
  REQUIRE(found.rival == Initialiser::he_normal);
  REQUIRE(found.excess == 22);
  REQUIRE(found.on_bound == 1);
  REQUIRE(found.share == 0.5);
  layers[2].explanations[glorot].distance = 0.1;
  REQUIRE(judge_network(layers).reason == InitialiserReason::misfit);
  REQUIRE(judge_network(layers).worst_layer == 2);
}

TEST_CASE("explanations are refused without a sample or a shape, and allocate nothing") {
  Owned owned({600});
  LayerExplanations explanations;
  REQUIRE(explain_layer(*owned, 2, 2, explanations).code == StatusCode::empty_input);
  REQUIRE(owned->load(trained_layer(Initialiser::he_normal, 20, 30)).ok());
  REQUIRE(explain_layer(*owned, 0, 2, explanations).code == StatusCode::out_of_range);
  if (!test::counts_allocations()) return;
  REQUIRE(test::allocations_of([&] {
            static_cast<void>(explain_layer(*owned, 20, 30, explanations));
            static_cast<void>(judge_network({}));
          }) == 0);
}
