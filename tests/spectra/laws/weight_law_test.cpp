#include "pinnscope/spectra/laws/weight_law.hpp"

#include <algorithm>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "pinnscope/spectra/laws/generalized_gaussian.hpp"
#include "pinnscope/spectra/laws/scaled_erfc.hpp"
#include "pinnscope/spectra/laws/weight_law_kernels.hpp"
#include "pinnscope/spectra/samples/goodness_of_fit.hpp"
#include "pinnscope/spectra/samples/moments.hpp"
#include "support/allocation.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

constexpr LawKind kConvolved[] = {LawKind::uniform_laplace, LawKind::uniform_normal,
                                  LawKind::normal_laplace};

std::vector<WeightLaw> one_of_each() {
  return {{LawKind::uniform, 0.3, 2},
          {LawKind::normal, 0.3, 1, 2},
          {LawKind::laplace, 0.3, 1, 2},
          {LawKind::student_t, 0.3, 1, 2, 4.5},
          {LawKind::generalized_gaussian, 0.3, 1, 2, 3.7},
          {LawKind::uniform_laplace, 0.3, 2, 0.5},
          {LawKind::uniform_normal, 0.3, 2, 0.5},
          {LawKind::normal_laplace, 0.3, 2, 0.5}};
}

/// The integral over [low, high], cut at every point where the integrand may have a kink.
template <class Function>
double integral(const Function& f, double low, double high, std::vector<double> cuts) {
  cuts.insert(cuts.end(), {low, high});
  std::sort(cuts.begin(), cuts.end());
  double sum = 0;
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
    const double begin = std::max(low, cuts[i]);
    const double end = std::min(high, cuts[i + 1]);
    if (!(begin < end)) continue;
    sum += boost::math::quadrature::gauss_kronrod<double, 31>::integrate(f, begin, end, 12, 1e-13);
  }
  return sum;
}

double laplace_density(double x, double b) { return std::exp(-std::abs(x) / b) / (2 * b); }

double normal_density(double x, double s) {
  return std::exp(-x * x / (2 * s * s)) / (s * std::sqrt(2 * std::numbers::pi));
}

/// The convolution at x, by quadrature over the initial value y.
double convolution(LawKind kind, double initial, double change, double x) {
  const auto product = [&](double y) {
    const double start =
        kind == LawKind::normal_laplace ? normal_density(y, initial) : 1 / (2 * initial);
    return start * (kind == LawKind::uniform_normal ? normal_density(x - y, change)
                                                    : laplace_density(x - y, change));
  };
  std::vector<double> cuts;
  for (const double step : {0.0, 1.0, 3.0, 9.0, 30.0}) {
    cuts.insert(cuts.end(), {x - step * change, x + step * change});
    if (kind == LawKind::normal_laplace) cuts.insert(cuts.end(), {-step * initial, step * initial});
  }
  const double reach = kind == LawKind::normal_laplace ? 39 * initial : initial;
  return integral(product, -reach, reach, cuts);
}

}  // namespace

TEST_CASE("the scaled complementary error function is exp(x^2) erfc(x)") {
  for (double x = -3; x < 9; x += 0.0137) {
    const long double wide = x;
    const auto exact = static_cast<double>(std::exp(wide * wide) * std::erfc(wide));
    CAPTURE(x);
    REQUIRE(test::relatively_close(scaled_erfc(x), exact, x < 0.46875 ? 4e-15 : 1e-15));
  }
  for (const double x : {1e3, 1e8, 1e150}) {  // 1 - 1 / (2 x^2) + ..., over x sqrt(pi)
    const double leading = std::numbers::inv_sqrtpi / x * (1 - 0.5 / x / x);
    REQUIRE(test::relatively_close(scaled_erfc(x), leading, 1e-12));
  }
  REQUIRE(scaled_erfc(kInfinity) == 0);
}

TEST_CASE("convolved densities agree with the convolution by quadrature") {
  for (const LawKind kind : kConvolved) {
    for (const double change : {0.05, 0.4, 1.0, 3.0, 20.0}) {
      const WeightLaw law{kind, 0, 1, change};
      for (const double x : {0.0, 0.1, 0.7, 0.999, 1.0, 1.2, 2.5}) {
        const double exact = convolution(kind, 1, change, x);
        CAPTURE(text(kind), change, x);
        REQUIRE(test::relatively_close(law.density(x), exact, 1e-11));
        REQUIRE(law.density(-x) == law.density(x));
      }
    }
  }
}

TEST_CASE("distributions are the integrals of the densities") {
  for (WeightLaw law : one_of_each()) {
    for (const double change : {0.01, 0.5, 2.0, 40.0}) {
      law.change = change;
      const double edge = law.kind == LawKind::uniform ? law.initial : 0;
      const std::vector<double> cuts{
          law.mu,          law.mu - 2,          law.mu + 2,         law.mu - change,
          law.mu + change, law.mu - 9 * change, law.mu + 9 * change};
      for (const double x : {-1.5, 0.0, 0.3, 0.9, 2.2, 3.5}) {
        const double from = edge > 0 ? law.mu - edge : -4;
        const double to = edge > 0 ? std::min(x, law.mu + edge) : x;
        const double mass = integral([&](double y) { return law.density(y); }, from, to, cuts);
        CAPTURE(text(law.kind), change, x);
        REQUIRE(std::abs(law.distribution(x) - law.distribution(from) - mass) <= 1e-12);
      }
      REQUIRE(test::relatively_close(law.distribution(law.mu), 0.5, 1e-15));
      REQUIRE(law.distribution(-kInfinity) == 0);
      REQUIRE(law.distribution(kInfinity) == 1);
    }
  }
}

TEST_CASE("a change that vanishes leaves the initialiser's density") {
  for (const double change : {1e-3, 1e-8, 1e-300}) {
    for (const double x : {0.0, 0.3, 0.9}) {
      CAPTURE(change, x);
      REQUIRE(test::relatively_close(WeightLaw{LawKind::uniform_laplace, 0, 1, change}.density(x),
                                     0.5, 1e-14));
      REQUIRE(test::relatively_close(WeightLaw{LawKind::uniform_normal, 0, 1, change}.density(x),
                                     0.5, 1e-14));
      const double first_order = 1 + change * change * (x * x - 1);
      REQUIRE(test::relatively_close(WeightLaw{LawKind::normal_laplace, 0, 1, change}.density(x),
                                     normal_density(x, 1) * first_order, 1e-10));
    }
  }
}

TEST_CASE("an initialiser that vanishes leaves the change's density") {
  for (const double initial : {1e-3, 1e-8, 1e-300}) {
    for (const double x : {0.1, 1.0, 7.0, 30.0}) {
      CAPTURE(initial, x);
      const double second = initial * initial;  // the leading term of sinh(a) / a and its kin
      const double laplace = laplace_density(x, 1);
      REQUIRE(test::relatively_close(WeightLaw{LawKind::uniform_laplace, 0, initial, 1}.density(x),
                                     laplace * (1 + second / 6), 1e-12));
      REQUIRE(test::relatively_close(WeightLaw{LawKind::normal_laplace, 0, initial, 1}.density(x),
                                     laplace * (1 + second / 2), 1e-12));
      const double normal = normal_density(x, 1) * (1 + second / 6 * (x * x - 1));
      REQUIRE(test::relatively_close(WeightLaw{LawKind::uniform_normal, 0, initial, 1}.density(x),
                                     normal, 1e-7));
    }
  }
}

TEST_CASE("log-densities are exact a thousand scales out") {
  const double t = 1000;
  const double edge = std::log((1 - std::exp(-2.0)) / 4);
  REQUIRE(test::relatively_close(WeightLaw{LawKind::uniform_laplace, 0, 1, 1}.log_density(t),
                                 edge - (t - 1), 1e-15));
  REQUIRE(test::relatively_close(WeightLaw{LawKind::normal_laplace, 0, 1, 1}.log_density(t),
                                 0.5 - t - std::log(2.0), 1e-15));
  // Phi's tail at p = t - 1: phi(p) / p (1 - 1/p^2 + 3/p^4), over 2 a.
  const double p = t - 1;
  const double tail = -p * p / 2 - std::log(p * std::sqrt(2 * std::numbers::pi)) +
                      std::log1p(-1 / (p * p) + 3 / (p * p * p * p)) - std::log(2.0);
  REQUIRE(test::relatively_close(WeightLaw{LawKind::uniform_normal, 0, 1, 1}.log_density(t), tail,
                                 1e-15));
}

TEST_CASE("log-densities are finite and fall with the distance whatever the scales") {
  for (const LawKind kind : kConvolved) {
    for (double change = 1e-9; change <= 1e9; change *= 10) {
      const WeightLaw law{kind, 0, 1, change};
      double previous = law.log_density(0);
      REQUIRE(std::isfinite(previous));
      for (double t = 1e-3; t <= 1e3 * std::max(1.0, change); t *= 1.3) {
        const double next = law.log_density(t);
        CAPTURE(text(kind), change, t);
        REQUIRE(std::isfinite(next));
        REQUIRE(next <= previous + 1e-14 * std::max(1.0, std::abs(previous)));
        previous = next;
      }
    }
  }
}

TEST_CASE("log-densities do not jump where the formula changes") {
  const double root = 1 + 1e-15;
  const auto check = [&](const WeightLaw& law, double t) {
    const auto scores = kernels::with_kernel(law, [&](const auto& k) { return k.scores(t); });
    const double moved = 2.3e-15 * t * std::abs(scores.location);
    CAPTURE(text(law.kind), law.change, t);
    REQUIRE(std::abs(law.log_density(t * root) - law.log_density(t / root)) <= moved + 2e-14);
    REQUIRE(std::abs(law.distribution(t * root) - law.distribution(t / root)) <= 1e-14);
  };
  for (const double change : {0.1, 1.0, 1.9, 2.5, 10.0}) {
    check({LawKind::uniform_laplace, 0, 1, change}, 1);
    check({LawKind::uniform_normal, 0, 1, change}, 1);
    check({LawKind::uniform_normal, 0, 1, change}, 0.25 * change * change);
    check({LawKind::normal_laplace, 0, 1, change}, 1 / change);
  }
  for (const double t : {0.0, 0.2, 0.45}) {
    const double below = WeightLaw{LawKind::uniform_normal, 0, 1, 2 / root}.log_density(t);
    const double above = WeightLaw{LawKind::uniform_normal, 0, 1, 2 * root}.log_density(t);
    REQUIRE(std::abs(below - above) <= 2e-14);
  }
}

TEST_CASE("scores are the derivatives of the log-density") {
  const double step = 1e-5;
  for (WeightLaw law : one_of_each()) {
    if (law.kind == LawKind::uniform) continue;
    law.mu = 0;
    for (const double change : {0.2, 1.0, 5.0}) {
      for (const double t : {0.31, 1.7, 4.0, 11.0}) {
        law.change = change;
        const auto scores = kernels::with_kernel(law, [&](const auto& k) { return k.scores(t); });
        const auto slope = [&](double WeightLaw::*scale) {
          WeightLaw up = law, down = law;
          up.*scale *= std::exp(step);
          down.*scale *= std::exp(-step);
          return (up.log_density(t) - down.log_density(t)) / (2 * step);
        };
        CAPTURE(text(law.kind), change, t);
        REQUIRE(test::close(scores.log_density, law.log_density(t), 1e-14));
        const double by_t = (law.log_density(t + step) - law.log_density(t - step)) / (2 * step);
        REQUIRE(test::close(scores.location, by_t, 1e-7));
        REQUIRE(test::close(scores.change, slope(&WeightLaw::change), 1e-7));
        if (has_initial(law.kind)) {
          REQUIRE(test::close(scores.initial, slope(&WeightLaw::initial), 1e-7));
        }
        if (has_freedom(law.kind)) {
          REQUIRE(test::close(scores.freedom, slope(&WeightLaw::freedom), 1e-7));
        }
      }
    }
  }
}

TEST_CASE("the plain laws are those of their names") {
  const double x = 1.7;
  REQUIRE(test::relatively_close(WeightLaw{LawKind::normal, 0.2, 9, 0.5}.density(x),
                                 normal_density(1.5, 0.5), 1e-14));
  REQUIRE(test::relatively_close(WeightLaw{LawKind::laplace, 0.2, 9, 0.5}.density(x),
                                 laplace_density(1.5, 0.5), 1e-14));
  REQUIRE(test::relatively_close(WeightLaw{LawKind::uniform, 0.2, 2}.density(x), 0.25, 1e-15));
  REQUIRE(WeightLaw{LawKind::uniform, 0.2, 1}.log_density(x) == -kInfinity);
  const GeneralizedGaussian subbotin{0.2, 0.5, 3.3};
  const WeightLaw same{LawKind::generalized_gaussian, 0.2, 9, 0.5, 3.3};
  REQUIRE(test::relatively_close(same.log_density(x), subbotin.log_density(x), 1e-14));
  REQUIRE(test::relatively_close(same.distribution(x), subbotin.distribution(x), 1e-14));
  REQUIRE(test::relatively_close(same.standard_deviation(), subbotin.standard_deviation(), 1e-14));
}

TEST_CASE("Student's t with one degree of freedom is Cauchy's law, with two has a closed form") {
  for (const double z : {-1e6, -30.0, -1.0, -0.1, 0.0, 0.4, 2.0}) {
    const WeightLaw cauchy{LawKind::student_t, 1, 9, 0.5, 1};
    const WeightLaw two{LawKind::student_t, 1, 9, 0.5, 2};
    const double x = 1 + 0.5 * z;
    CAPTURE(z);
    REQUIRE(test::relatively_close(cauchy.density(x), 2 / (std::numbers::pi * (1 + z * z)), 1e-13));
    const double below =
        z < -1 ? std::atan(-1 / z) / std::numbers::pi : 0.5 + std::atan(z) / std::numbers::pi;
    REQUIRE(test::relatively_close(cauchy.distribution(x), below, 1e-13));
    const double root = std::sqrt(2 + z * z);
    REQUIRE(test::relatively_close(two.density(x), 2 / (root * root * root), 1e-13));
    const double half = z < 0 ? 1 / (root * (root - z)) : 0.5 + z / (2 * root);
    REQUIRE(test::relatively_close(two.distribution(x), half, 1e-13));
  }
  REQUIRE(WeightLaw{LawKind::student_t, 0, 9, 0.5, 2}.standard_deviation() == kInfinity);
  REQUIRE(test::relatively_close(WeightLaw{LawKind::student_t, 0, 9, 2, 4}.standard_deviation(),
                                 std::sqrt(8.0), 1e-15));
}

TEST_CASE("the surviving share is the initialiser's part of the variance") {
  const WeightLaw laplace{LawKind::uniform_laplace, 0, 3, 0.5};
  REQUIRE(test::relatively_close(laplace.surviving_share(), 3 / 3.5, 1e-15));
  REQUIRE(test::relatively_close(WeightLaw{LawKind::uniform_normal, 0, 3, 1}.surviving_share(),
                                 0.75, 1e-15));
  REQUIRE(test::relatively_close(WeightLaw{LawKind::normal_laplace, 0, 2, 1}.surviving_share(),
                                 4 / 6.0, 1e-15));
  REQUIRE(WeightLaw{LawKind::uniform, 0, 2}.surviving_share() == 1);
  REQUIRE(WeightLaw{LawKind::normal, 0, 2, 1}.surviving_share() == 0);
  REQUIRE(WeightLaw{LawKind::student_t, 0, 2, 1, 1}.surviving_share() == 0);
}

TEST_CASE("draws follow their law and depend on their index alone") {
  const std::size_t n = 20000;
  std::vector<double> sample(n);
  for (const WeightLaw& law : one_of_each()) {
    const Philox random(12, static_cast<std::uint64_t>(law.kind));
    for (std::size_t i = 0; i < n; ++i) sample[i] = law.draw(random, i);
    CAPTURE(text(law.kind));
    REQUIRE(sample[77] == law.draw(random, 77));
    Moments shape;
    REQUIRE(moments(sample, shape).ok());
    const double deviation = law.standard_deviation();
    REQUIRE(std::abs(shape.mean - law.mu) <= 4 * deviation / std::sqrt(double(n)));
    const double error = std::sqrt((shape.kurtosis - 1) / (4.0 * double(n)));
    REQUIRE(std::abs(shape.standard_deviation / deviation - 1) <= 4 * error);
    std::sort(sample.begin(), sample.end());
    double distance = 1;
    const auto below = [&](double x) { return law.distribution(x); };
    REQUIRE(kolmogorov_smirnov_distance(VectorView<const double>(sample), below, distance).ok());
    REQUIRE(kolmogorov_smirnov_p_value(distance, n) > 1e-3);
  }
}

TEST_CASE("the log-likelihood of a law adds up log-densities") {
  const std::vector<double> sample{-2, 0.25, 0.5, 9};
  const std::vector<float> single(sample.begin(), sample.end());
  for (const WeightLaw& law : one_of_each()) {
    double sum = 0;
    for (const double x : sample) sum += law.log_density(x);
    REQUIRE(log_likelihood(law, single) == log_likelihood(law, sample));
    if (law.kind == LawKind::uniform) {
      REQUIRE(log_likelihood(law, sample) == -kInfinity);
    } else {
      REQUIRE(test::close(log_likelihood(law, sample), sum, 1e-14));
    }
    REQUIRE(log_likelihood(law, VectorView<const double>{}) == 0);
  }
}

TEST_CASE("laws allocate nothing") {
  if (!test::counts_allocations()) return;
  const std::vector<double> sample{-2, 0.25, 0.5, 9};
  const Philox random(1);
  for (const WeightLaw& law : one_of_each()) {
    double sum = 0;
    const auto use = [&] {
      for (const double x : sample) sum += law.density(x) + law.distribution(x);
      sum += law.draw(random, 3) + law.standard_deviation() + log_likelihood(law, sample);
    };
    REQUIRE(test::allocations_of(use) == 0);
  }
}
