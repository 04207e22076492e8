#include "audit/noise.hpp"

#include <algorithm>
#include <armadillo>
#include <cmath>

#include "audit/evidence.hpp"
#include "pinnscope/core/random.hpp"
#include "support/test.hpp"

using namespace pinnscope;
using namespace pinnscope::apps;

namespace {

constexpr std::size_t kOrder = 40;

arma::mat normal_matrix(std::uint64_t stream) {
  const Philox random(11, stream);
  arma::mat drawn(kOrder, kOrder);
  for (std::uint64_t i = 0; i < drawn.n_elem; ++i) drawn[i] = random.normal(i);
  return drawn;
}

}  // namespace

TEST_CASE("The identity has the entropy and the distances of its closed forms") {
  // n singular values of 1: entropy ln n. s^2 / (n rms^2) = 1 with rms^2 = 1 / n; the law of
  // Marchenko and Pastur has 1/3 + sqrt(3) / (2 pi) below 1. |lambda| / (rms sqrt n) = 1 too: all
  // of the disc lies below.
  const SpectrumNumbers numbers = measure_spectrum(arma::mat(kOrder, kOrder, arma::fill::eye));
  const double below = 1.0 / 3 + std::sqrt(3.0) / (2 * M_PI);
  CHECK(test::close(numbers[index_of(SpectrumNumber::entropy_deficit)], 0, 1e-12));
  CHECK(test::close(numbers[index_of(SpectrumNumber::largest)], 1, 1e-12));
  CHECK(test::close(numbers[index_of(SpectrumNumber::singular_at_rms)], below, 1e-9));
  CHECK(test::close(numbers[index_of(SpectrumNumber::eigenvalue_at_rms)], 1, 1e-9));
}

TEST_CASE("Numbers of a spectrum do not depend on the scale of the weights") {
  const arma::mat weights = normal_matrix(1);
  const SpectrumNumbers numbers = measure_spectrum(weights, 2);
  const SpectrumNumbers scaled = measure_spectrum(1e-3 * weights, 2);
  for (std::size_t k = 0; k < kSpectrumNumbers; ++k) {
    CHECK(test::close(numbers[k], scaled[k], 1e-9));
  }
}

TEST_CASE("A spike that is taken out leaves noise") {
  Workers workers(1);
  const SpectrumDraws noise = draw_gaussian(kOrder, 1, 300, 1, workers);
  arma::mat spiked = normal_matrix(2);
  spiked += 30 * arma::normalise(arma::vec(kOrder, arma::fill::ones)) *
            arma::normalise(arma::rowvec(arma::linspace<arma::rowvec>(-1, 1, kOrder)));
  const SpectrumNumbers whole = measure_spectrum(spiked);
  const SpectrumNumbers left = measure_spectrum(spiked, 1);
  for (const SpectrumNumber number :
       {SpectrumNumber::singular_at_rms, SpectrumNumber::eigenvalue_at_rms,
        SpectrumNumber::entropy_deficit}) {
    CHECK(upper_p_value(whole[index_of(number)], noise[number]) < 0.01);
    CHECK(upper_p_value(left[index_of(number)], noise[number]) > 0.01);
  }
}

TEST_CASE("p-values of noise in noise are uniform, spikes taken out of it or not") {
  // The largest deviation of 200 uniform numbers exceeds 1.63 / sqrt(200) once in a hundred times.
  Workers workers(2);
  for (const std::size_t spikes : {0u, 3u}) {
    const SpectrumDraws null = draw_gaussian(kOrder, spikes, 400, 1, workers);
    const SpectrumDraws fresh = draw_gaussian(kOrder, spikes, 200, 2, workers);
    for (const SpectrumNumber number :
         {SpectrumNumber::singular_at_rms, SpectrumNumber::singular_at_bulk,
          SpectrumNumber::eigenvalue_at_rms, SpectrumNumber::eigenvalue_at_bulk}) {
      std::vector<double> p_values;
      for (const double observed : fresh[number]) {
        p_values.push_back(upper_p_value(observed, null[number]));
      }
      std::sort(p_values.begin(), p_values.end());
      double distance = 0;
      for (std::size_t i = 0; i < p_values.size(); ++i) {
        distance =
            std::max(distance, std::fabs(p_values[i] - (static_cast<double>(i) + 0.5) / 200));
      }
      CHECK(distance < 1.63 * std::sqrt(1.0 / 200 + 1.0 / 400));
    }
  }
}

TEST_CASE("Other labels move eigenvalues and leave singular values, spikes taken out or not") {
  Workers workers(2);
  arma::mat weights = normal_matrix(6);
  weights.row(0) *= 3;
  for (const std::size_t spikes : {0u, 2u}) {
    const SpectrumNumbers here = measure_spectrum(weights, spikes);
    for (const bool signs : {false, true}) {
      const SpectrumDraws drawn = draw_relabelled(weights, spikes, signs, 20, 3, 9, workers);
      for (const SpectrumNumber number :
           {SpectrumNumber::entropy_deficit, SpectrumNumber::largest, SpectrumNumber::bulk_share,
            SpectrumNumber::singular_at_rms, SpectrumNumber::singular_at_bulk}) {
        for (const double value : drawn[number]) {
          CHECK(test::close(value, here[index_of(number)], 1e-9));
        }
      }
      const std::vector<double>& moved = drawn[SpectrumNumber::eigenvalue_at_rms];
      const auto [least, most] = std::minmax_element(moved.begin(), moved.end());
      CHECK(*most - *least > 0.01);
    }
  }
}

TEST_CASE("Draws do not depend on the crew") {
  Workers one(1);
  Workers three(3);
  const arma::mat weights = normal_matrix(4);
  for (const SpectrumNumber number :
       {SpectrumNumber::singular_at_bulk, SpectrumNumber::entropy_deficit}) {
    CHECK(draw_gaussian(kOrder, 2, 20, 7, one)[number] ==
          draw_gaussian(kOrder, 2, 20, 7, three)[number]);
    CHECK(draw_shuffled(weights, 20, 7, 5, one)[number] ==
          draw_shuffled(weights, 20, 7, 5, three)[number]);
    CHECK(draw_relabelled(weights, 1, true, 20, 7, 5, one)[number] ==
          draw_relabelled(weights, 1, true, 20, 7, 5, three)[number]);
  }
}

TEST_CASE("A matrix without entries has no numbers") {
  for (const double number : measure_spectrum(arma::mat(kOrder, kOrder))) {
    CHECK(std::isnan(number));
  }
}
