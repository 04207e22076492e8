#include "pinnscope/spectra/random_matrices/spiked_model.hpp"

#include <cmath>

#include "support/test.hpp"

using namespace pinnscope;

TEST_CASE("a spike in a square matrix stands at theta + 1 / theta with overlap 1 - 1 / theta^2") {
  for (const double theta : {1.1, 1.5, 2.0, 3.0, 100.0}) {
    REQUIRE(test::relatively_close(spiked_singular_value(theta, 1), theta + 1 / theta, 1e-15));
    const SpikeOverlap overlap = spike_overlap(theta, 1);
    REQUIRE(test::close(overlap.left, 1 - 1 / (theta * theta), 1e-14));
    REQUIRE(test::close(overlap.right, overlap.left, 1e-14));
  }
}

TEST_CASE("the strength behind a singular value inverts the model at every aspect ratio") {
  for (const double q : {0.01, 0.25, 0.5, 0.9, 1.0}) {
    const double threshold = detection_threshold(q);
    for (const double factor : {1.01, 1.3, 2.0, 10.0, 1e6, 1e12, 1e200}) {
      const double theta = factor * threshold;
      INFO("q = " << q << ", theta = " << theta);
      REQUIRE(test::relatively_close(spike_strength(spiked_singular_value(theta, q), q), theta,
                                     factor < 1.1 ? 1e-12 : 1e-14));
    }
  }
}

TEST_CASE("what is too weak leaves the edge of the bulk and no overlap") {
  for (const double q : {0.2, 1.0}) {
    const double threshold = std::pow(q, 0.25);
    REQUIRE(test::close(detection_threshold(q), threshold, 1e-15));
    for (const double theta : {0.0, 0.5 * threshold, threshold}) {
      REQUIRE(spiked_singular_value(theta, q) == 1 + std::sqrt(q));
      REQUIRE(spike_overlap(theta, q).left == 0);
      REQUIRE(spike_overlap(theta, q).right == 0);
    }
    REQUIRE(spike_strength(1 + std::sqrt(q), q) == 0);
    REQUIRE(spike_strength(0, q) == 0);
    REQUIRE(shrunk_singular_value(1, q) == 0);
  }
}

TEST_CASE("overlaps are never negative, however close the threshold") {
  for (int i = 1; i <= 200; ++i) {
    const double q = i / 200.0;
    double theta = detection_threshold(q);
    for (int step = 0; step < 4; ++step) {
      theta = std::nextafter(theta, 2.0);
      const SpikeOverlap overlap = spike_overlap(theta, q);
      REQUIRE(overlap.left >= 0);
      REQUIRE(overlap.left < 1e-14);
      REQUIRE(overlap.right >= 0);
      REQUIRE(overlap.right < 1e-14);
    }
  }
}

TEST_CASE("overlaps of a rectangular matrix are those of Benaych-Georges and Nadakuditi") {
  const SpikeOverlap overlap = spike_overlap(2, 0.25);
  REQUIRE(test::close(overlap.left, 1 - 0.25 * 5 / (4 * 4.25), 1e-15));
  REQUIRE(test::close(overlap.right, 1 - 4.25 / (4 * 5), 1e-15));
}

TEST_CASE("the best shrinkage is theta times the root of both overlaps") {
  for (const double q : {0.3, 1.0}) {
    for (const double theta : {1.2, 2.0, 7.0}) {
      const SpikeOverlap overlap = spike_overlap(theta, q);
      REQUIRE(test::relatively_close(shrunk_singular_value(spiked_singular_value(theta, q), q),
                                     theta * std::sqrt(overlap.left * overlap.right), 1e-13));
    }
  }
}

TEST_CASE("hard thresholds have the published values") {
  REQUIRE(test::close(hard_threshold(1), 4 / std::sqrt(3.0), 1e-15));
  REQUIRE(std::fabs(hard_threshold_over_median(1) - 2.85836) < 5e-6);
}
