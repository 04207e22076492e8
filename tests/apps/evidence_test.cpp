#include "audit/evidence.hpp"

#include <cmath>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "support/test.hpp"

using namespace pinnscope;
using namespace pinnscope::apps;

namespace {

/// Fourteen layers of two networks, seven of them this one's, all at noise.
Evidence at_noise() {
  return {.departure = {0.01, -0.01, 0.03},
          .margin = 0.05,
          .largest = 0.04,
          .tests = 14,
          .members = 7,
          .draws = 1000};
}

}  // namespace

TEST_CASE("Draws too few for Holm's correction tell nothing, whatever they show") {
  for (const std::size_t draws : {20u, 50u, 250u, 278u}) {
    Evidence evidence = at_noise();
    evidence.draws = draws;
    CHECK(judge(evidence).verdict == Verdict::cannot_tell);
    CHECK(judge(evidence).reason.find("--draws 279") != std::string::npos);
    evidence.departure = {0.5, 0.4, 0.6};
    CHECK(judge(evidence).verdict == Verdict::cannot_tell);
  }
  Evidence enough = at_noise();
  enough.draws = 279;
  CHECK(judge(enough).verdict == Verdict::holds);
}

TEST_CASE("An interval within the margin holds, although layers reject noise by less than it") {
  Evidence evidence = at_noise();
  CHECK(judge(evidence).verdict == Verdict::holds);
  evidence.rejected = 7;
  CHECK(judge(evidence).verdict == Verdict::holds);
}

TEST_CASE("A rejection beyond the margin differs, although the mean lies within it") {
  Evidence evidence = at_noise();
  evidence.rejected = evidence.beyond = 1;
  evidence.largest = 0.07;
  CHECK(judge(evidence).verdict == Verdict::differs);
}

TEST_CASE("Not rejecting is not holding") {
  Evidence wide = at_noise();
  wide.departure.upper = 0.06;
  CHECK(judge(wide).verdict == Verdict::cannot_tell);
  wide.departure = {0.0, -0.06, 0.04};
  CHECK(judge(wide).verdict == Verdict::cannot_tell);
  Evidence one_layer = at_noise();
  one_layer.largest = 0.051;
  CHECK(judge(one_layer).verdict == Verdict::cannot_tell);
}

TEST_CASE("What is missing tells nothing") {
  Evidence evidence = at_noise();
  evidence.missing = 1;
  CHECK(judge(evidence).verdict == Verdict::cannot_tell);
  evidence.beyond = 1;  // another layer departs all the same
  CHECK(judge(evidence).verdict == Verdict::differs);
  Evidence unknown = at_noise();
  unknown.departure = {kUnknown, kUnknown, kUnknown};
  CHECK(judge(unknown).verdict == Verdict::cannot_tell);
  Evidence elsewhere{.departure = {0, 0, 0}, .margin = 0.05, .applies = false};
  CHECK(judge(elsewhere).verdict == Verdict::cannot_tell);
}

TEST_CASE("Without tests the interval alone decides") {
  CHECK(judge({.departure = {0.01, 0.0, 0.02}, .margin = 0.05}).verdict == Verdict::holds);
  CHECK(judge({.departure = {0.2, 0.1, 0.3}, .margin = 0.05}).verdict == Verdict::differs);
  CHECK(judge({.departure = {-0.2, -0.3, -0.1}, .margin = 0.05}).verdict == Verdict::differs);
  CHECK(judge({.departure = {0.2, 0.0, 0.3}, .margin = 0.05}).verdict == Verdict::cannot_tell);
}

TEST_CASE("Nearer to a law than noise is no departure from it") {
  Evidence evidence = at_noise();
  evidence.departure = {-0.02, -0.08, 0.03};
  CHECK(judge(evidence).verdict == Verdict::cannot_tell);
  evidence.one_sided = true;
  CHECK(judge(evidence).verdict == Verdict::holds);
  CHECK(judge({.departure = {-0.2, -0.3, -0.1}, .margin = 0.05, .one_sided = true}).verdict ==
        Verdict::holds);
}

TEST_CASE("A claim that states a departure holds where there is one") {
  CHECK(judge({.departure = {0.2, 0.1, 0.3}, .margin = 0.05, .states_departure = true}).verdict ==
        Verdict::holds);
  CHECK(judge({.departure = {0.01, 0, 0.02}, .margin = 0.05, .states_departure = true}).verdict ==
        Verdict::differs);
  CHECK(judge({.departure = {0.1, 0, 0.2}, .margin = 0.05, .states_departure = true}).verdict ==
        Verdict::cannot_tell);
}

TEST_CASE("One network of each problem cannot tell, however far apart they are") {
  const Evidence evidence{.departure = {0.5, 0.4, 0.6},
                          .margin = 0.05,
                          .smallest_p_value = 0.5,
                          .states_departure = true};
  CHECK(judge(evidence).verdict == Verdict::cannot_tell);
}

TEST_CASE("A verdict that other labels of the same network contradict cannot be told") {
  Evidence evidence = at_noise();
  evidence.labellings = {.total = 100, .same = 50, .other = 10};
  CHECK(judge(evidence).verdict == Verdict::holds);
  evidence.labellings.other = 11;
  CHECK(judge(evidence).verdict == Verdict::cannot_tell);
  CHECK(judge(evidence).reason.find("other labels") != std::string::npos);
  evidence.labellings = {.total = 100, .same = 49, .other = 0};
  CHECK(judge(evidence).verdict == Verdict::cannot_tell);
  evidence.labellings = {.total = 100, .same = 49, .other = 51};
  evidence.rejected = evidence.beyond = 1;
  evidence.largest = 0.07;
  CHECK(judge(evidence).verdict == Verdict::cannot_tell);
  evidence.labellings = {.total = 100, .same = 97, .other = 3};
  CHECK(judge(evidence).verdict == Verdict::differs);
}

TEST_CASE("Verdicts are three words") {
  CHECK(text(Verdict::holds) == std::string("holds"));
  CHECK(text(Verdict::differs) == std::string("differs"));
  CHECK(text(Verdict::cannot_tell) == std::string("cannot tell"));
}

TEST_CASE("A printed number holds to half a unit of its last digit") {
  CHECK(judge_number(0.1234, 0.12344, 0.12344, 5e-5) == Verdict::holds);
  CHECK(judge_number(0.1234, 0.12346, 0.12346, 5e-5) == Verdict::differs);
  CHECK(judge_number(0.1234, 0.12, 0.13, 5e-5) == Verdict::holds);
  CHECK(judge_number(std::nan(""), 0.12, 0.13, 5e-5) == Verdict::differs);
}

TEST_CASE("Holm's correction goes over the whole family") {
  std::vector<Member> family{{0, 0.01}, {0, 0.04}, {0, 0.03}, {0, kUnknown}};
  correct(family);
  CHECK(test::close(family[0].holm, 0.03, 1e-15));
  CHECK(test::close(family[2].holm, 0.06, 1e-15));
  CHECK(test::close(family[1].holm, 0.06, 1e-15));
  CHECK(std::isnan(family[3].holm));
}

TEST_CASE("A bootstrapped mean has the interval of its law") {
  // 1000 normal numbers: the mean's interval is 1.96 / sqrt(1000) to either side.
  std::vector<double> sample;
  const Philox random(3);
  for (std::uint64_t i = 0; i < 1000; ++i) sample.push_back(random.normal(i));
  const Interval interval = bootstrap_mean(sample, 1, 1);
  CHECK(test::close(interval.upper - interval.value, 1.96 / std::sqrt(1000), 0.006));
  CHECK(test::close(interval.value - interval.lower, 1.96 / std::sqrt(1000), 0.006));
  const Interval again = bootstrap_mean(sample, 1, 1);
  CHECK(again.lower == interval.lower);
  CHECK(again.upper == interval.upper);
  CHECK(std::isnan(bootstrap_mean({}, 1, 1).lower));
}

TEST_CASE("A departure from noise holds the spread of noise") {
  // One layer at 1 among normal draws: 1 less a draw, -0.96 to 2.96.
  std::vector<double> draws;
  const Philox random(5);
  for (std::uint64_t i = 0; i < 20000; ++i) draws.push_back(random.normal(i));
  const std::vector<double> observed{1};
  const std::vector<std::span<const double>> null{draws};
  const Interval interval = bootstrap_departure(observed, null, 1, 1);
  CHECK(test::close(interval.value, 1, 0.03));
  CHECK(test::close(interval.lower, -0.96, 0.15));
  CHECK(test::close(interval.upper, 2.96, 0.15));
}

TEST_CASE("A ratio of blocks is the root of what their sums give") {
  const std::vector<double> squares{1, 1, 1, 1};
  const std::vector<double> scales{4, 4, 4, 4};
  const Interval interval = bootstrap_ratio(squares, scales, 1, 1);
  CHECK(interval.value == 0.5);
  CHECK(interval.lower == 0.5);
  CHECK(interval.upper == 0.5);
}

TEST_CASE("p counts the observed number among the draws") {
  const std::vector<double> draws{1, 2, 3, kUnknown};
  CHECK(upper_p_value(2.5, draws) == 0.5);
  CHECK(upper_p_value(3, draws) == 0.5);
  CHECK(upper_p_value(4, draws) == 0.25);
  CHECK(std::isnan(upper_p_value(kUnknown, draws)));
  CHECK(std::isnan(upper_p_value(1, {})));
}
