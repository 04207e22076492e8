#include "pinnscope/readings/label_search.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "pinnscope/nn/forward.hpp"
#include "pinnscope/nn/mlp.hpp"
#include "readings/steps.hpp"
#include "support/allocation.hpp"
#include "support/footprint.hpp"
#include "support/owned.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

struct OwnLabels {
  explicit OwnLabels(std::size_t n) : order(n), signs(n) { view().reset(); }
  Labels view() { return {order, signs}; }
  std::vector<std::size_t> order;
  std::vector<double> signs;
};

/// A step of other labels.
std::vector<double> relabelled(MatrixView<const double> step, std::uint64_t seed, bool signs) {
  OwnLabels rows(step.rows);
  OwnLabels columns(step.rows);
  rows.view().draw(Philox(seed, 1), signs);
  columns.view().draw(Philox(seed, 2), signs);
  std::vector<double> mixed(step.size());
  REQUIRE(relabel<double>(step, rows.view(), columns.view(), {mixed.data(), step.rows, step.rows})
              .ok());
  return mixed;
}

/// A step with noise of 1 / ratio times its energy.
std::vector<double> with_noise(Scheme scheme, std::size_t cells, double c, double r, double ratio) {
  test::Step step(scheme, cells, c, r);
  double energy = 0;
  for (const double entry : step.entries()) energy += entry * entry;
  const Philox source(6);
  const double deviation = std::sqrt(energy / ratio) / static_cast<double>(cells);
  for (std::size_t k = 0; k < step.entries().size(); ++k) {
    step.entries()[k] += deviation * source.normal(k);
  }
  return step.entries();
}

struct Found {
  BestLabelling labelling;
  OwnLabels rows;
  OwnLabels columns;
};

Found find(const std::vector<double>& step, std::size_t n, bool signs) {
  test::Owned<LabelSearch> search({.cells = n});
  Found found{{}, OwnLabels(n), OwnLabels(n)};
  REQUIRE(search
              ->find({step.data(), n, n}, signs, found.rows.view(), found.columns.view(),
                     found.labelling)
              .ok());
  return found;
}

struct Planted {
  Scheme scheme;
  double c;
  double r;
};

constexpr std::array kPlanted{Planted{Scheme::ftcs, 0.3, 0.2},
                              Planted{Scheme::ftcs, 1, 1},
                              Planted{Scheme::ftcs, 0, 0.3},
                              Planted{Scheme::ftcs, 0.5, 0.25},
                              Planted{Scheme::upwind, 0.4, 0.1},
                              Planted{Scheme::upwind, 0.3, 0},
                              Planted{Scheme::lax_wendroff, 0.6, 0.1},
                              Planted{Scheme::rk2, 0.4, 0.3},
                              Planted{Scheme::rk3, 0.7, 0.3},
                              Planted{Scheme::rk4, 1, 1},
                              Planted{Scheme::rk4, 0.3, 0.2},
                              Planted{Scheme::backward_euler, 0.3, 0.2},
                              Planted{Scheme::crank_nicolson, 0.5, 0.25}};

}  // namespace

TEST_CASE("planted bands without noise come back from other labels, mirror images with U >= 0") {
  for (const std::size_t cells : std::array<std::size_t, 2>{24, 31}) {
    for (const auto& [scheme, c, r] : kPlanted) {
      for (const bool signs : {false, true}) {
        const test::Step step(scheme, cells, c, r);
        const Found found = find(relabelled(step.view(), 3, signs), cells, signs);
        const SchemeFits& fits = found.labelling.fits;
        CAPTURE(text(scheme), cells, c, r, signs, text(fits.nearest().scheme), fits.nearest().share,
                fits.nearest().numbers.c, fits.nearest().numbers.r);
        bool own = false;
        for (std::size_t k = 0; k < fits.fits.size(); ++k) {
          if (fits.fits[k].scheme != scheme) continue;
          own = fits.is_tied(k) && std::abs(fits.fits[k].numbers.c - c) < 1e-12 &&
                std::abs(fits.fits[k].numbers.r - r) < 1e-12;
        }
        REQUIRE(own);
        REQUIRE(fits.nearest().unexplained < 1e-20);
        REQUIRE(std::abs(fits.nearest().gain - 1) < 1e-12);
      }
    }
  }
}

TEST_CASE("a band in ten times weaker noise is found, and what is found is what the labels say") {
  constexpr std::size_t kCells = 60;
  const std::vector<double> noisy = with_noise(Scheme::ftcs, kCells, 0.3, 0.2, 10);
  const std::vector<double> mixed = relabelled({noisy.data(), kCells, kCells}, 4, true);
  Found found = find(mixed, kCells, true);
  REQUIRE(std::abs(found.labelling.fits.nearest().share - 10 / 11.0) < 0.01);
  std::vector<double> banded(mixed.size());
  const MatrixView<double> view{banded.data(), kCells, kCells};
  REQUIRE(
      relabel<double>({mixed.data(), kCells, kCells}, found.rows.view(), found.columns.view(), view)
          .ok());
  test::Owned<SchemeSearch> search({.cells = kCells});
  SchemeFits fits;
  REQUIRE(search->fit(view, fits).ok());
  REQUIRE(fits.nearest().share == found.labelling.fits.nearest().share);
}

// Of a band with as much energy as the noise around it; what the planted order has is 1 / 2.
TEST_CASE("a band in noise of its own energy comes back, be it two diagonals wide or nine") {
  constexpr std::size_t kCells = 100;
  for (const auto& [scheme, c, r] :
       {Planted{Scheme::upwind, 0.5, 0}, Planted{Scheme::ftcs, 0, 0.3}, Planted{Scheme::rk4, 1, 1},
        Planted{Scheme::spectral, 0.5, 0.5}}) {
    const std::vector<double> noisy = with_noise(scheme, kCells, c, r, 1);
    const std::vector<double> mixed = relabelled({noisy.data(), kCells, kCells}, 9, true);
    const Found found = find(mixed, kCells, true);
    CAPTURE(text(scheme), found.labelling.fits.nearest().share);
    REQUIRE(found.labelling.fits.nearest().share > 0.42);
  }
}

TEST_CASE("what a share must exceed is that of permutations, by far, and an effect") {
  const BestShareNull null = best_share_null(std::array{0.30, 0.32, 0.34});
  REQUIRE(std::abs(null.mean - 0.32) < 1e-15);
  REQUIRE(std::abs(null.standard_deviation - 0.02) < 1e-15);
  REQUIRE(std::abs(null.needed() - 0.42) < 1e-14);
  REQUIRE(null.answer(0.43) == SchemeAnswer::scheme);
  REQUIRE(null.answer(0.41) == SchemeAnswer::none);
  REQUIRE(best_share_null(std::array{0.01, 0.01}).needed() == kLeastSchemeShare);
  REQUIRE(best_share_null(std::array{0.5, 0.7, 0.9}).answer(1) == SchemeAnswer::cannot_tell);
  REQUIRE(std::isnan(best_share_null(std::array{0.3}).needed()));
  REQUIRE(best_share_null(std::array{0.3}).answer(1) == SchemeAnswer::cannot_tell);
  REQUIRE(best_share_null({}).answer(1) == SchemeAnswer::cannot_tell);
}

TEST_CASE("what a search finds does not depend on what it searched before") {
  const std::vector<double> first = with_noise(Scheme::rk2, 30, 0.4, 0.3, 2);
  const std::vector<double> second = with_noise(Scheme::ftcs, 30, 0.3, 0.2, 0.5);
  test::Owned<LabelSearch> search({.cells = 30});
  Found again{{}, OwnLabels(30), OwnLabels(30)};
  for (const std::vector<double>* step : {&first, &second}) {
    REQUIRE(search
                ->find({step->data(), 30, 30}, true, again.rows.view(), again.columns.view(),
                       again.labelling)
                .ok());
  }
  const Found alone = find(second, 30, true);
  REQUIRE(again.rows.order == alone.rows.order);
  REQUIRE(again.columns.signs == alone.columns.signs);
  REQUIRE(again.labelling.band_share == alone.labelling.band_share);
  REQUIRE(again.labelling.fits.nearest().criterion == alone.labelling.fits.nearest().criterion);
}

TEST_CASE("labels that are found for a layer keep the function of its network") {
  constexpr std::array<std::size_t, 4> kWidths{2, 16, 16, 1};
  test::Owned<Mlp<double>> network({.widths = kWidths});
  test::Owned<Mlp<double>> banded({.widths = kWidths});
  const Philox source(12);
  for (std::size_t k = 0; k < network->parameters().size(); ++k) {
    network->parameters()[k] = source.normal(k) / 3;
  }
  test::Owned<Relabelling> relabelling({.widths = kWidths});
  std::vector<double> step(256);
  const MatrixView<double> view{step.data(), 16, 16};
  for (std::size_t i = 0; i < 16; ++i) {
    for (std::size_t j = 0; j < 16; ++j) view(i, j) = network->weights(1)(j, i);
  }
  test::Owned<LabelSearch> search({.cells = 16});
  BestLabelling found;
  REQUIRE(search->find(view, true, relabelling->labels(2), relabelling->labels(1), found).ok());
  REQUIRE(relabelling->apply<double>(*network, *banded).ok());
  REQUIRE(banded->weights(1)(3, 5) != network->weights(1)(3, 5));
  test::Owned<ForwardPass<double>> pass({.widths = kWidths});
  for (const auto& point : {std::array{0.1, 0.7}, std::array{-1.3, 0.2}}) {
    std::array<double, 1> before{};
    std::array<double, 1> after{};
    REQUIRE(pass->evaluate_point(*network, point, before).ok());
    REQUIRE(pass->evaluate_point(*banded, point, after).ok());
    REQUIRE(std::abs(before[0] - after[0]) < 1e-14);
  }
}

TEST_CASE("labels found are each neuron once, also on rings of a few") {
  const Philox source(3);
  for (const std::size_t cells : std::array<std::size_t, 7>{1, 2, 3, 5, 8, 9, 17}) {
    std::vector<double> w(cells * cells);
    for (std::size_t k = 0; k < w.size(); ++k) w[k] = source.normal(k);
    Found found = find(w, cells, true);
    for (std::vector<std::size_t>* order : {&found.rows.order, &found.columns.order}) {
      std::ranges::sort(*order);
      for (std::size_t i = 0; i < cells; ++i) REQUIRE((*order)[i] == i);
    }
    for (const double sign : found.rows.signs) REQUIRE(std::abs(sign) == 1);
  }
}

TEST_CASE("a search for labels uses the memory that it measures and allocates nothing") {
  const LabelSearch::Config config{.cells = 9};
  const test::Step step(Scheme::ftcs, 9, 0.3, 0.2);
  const std::vector<double> mixed = relabelled(step.view(), 2, true);
  test::check_footprint<LabelSearch>(config, [&](LabelSearch& search) {
    OwnLabels rows(9);
    OwnLabels columns(9);
    BestLabelling found;
    Status status;
    REQUIRE(test::allocations_of([&] {
              status = search.find({mixed.data(), 9, 9}, true, rows.view(), columns.view(), found);
            }) == 0);
    REQUIRE(status.ok());
    REQUIRE(found.fits.nearest().unexplained < 1e-20);
    OwnLabels other(8);
    REQUIRE(search.find({mixed.data(), 9, 9}, true, other.view(), columns.view(), found).code ==
            StatusCode::shape_mismatch);
    const std::vector<double> nothing(81);
    REQUIRE(search.find({nothing.data(), 9, 9}, true, rows.view(), columns.view(), found).code ==
            StatusCode::degenerate);
  });
}
