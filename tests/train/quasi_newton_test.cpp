#include "pinnscope/train/quasi_newton.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "pinnscope/train/lbfgs.hpp"
#include "support/allocation.hpp"
#include "support/test.hpp"
#include "train/minimisation.hpp"
#include "train/state.hpp"

using namespace pinnscope;
using test::Function;
using test::quadratic;
using test::rosenbrock;
using test::Vector;

namespace {

template <class T>
struct Minimisation : test::Minimisation<QuasiNewton<T>> {
  Minimisation(Function f, std::size_t parameters, QuasiNewtonUpdate update,
               typename QuasiNewton<T>::Rules rules = {})
      : test::Minimisation<QuasiNewton<T>>(f, config_of(parameters, update, rules), parameters) {}

  static typename QuasiNewton<T>::Config config_of(std::size_t parameters, QuasiNewtonUpdate update,
                                                   typename QuasiNewton<T>::Rules rules) {
    rules.parameters = parameters;
    return {update, rules};
  }
};

using Number = long double;
using Matrix = std::vector<std::vector<Number>>;

Matrix inverse(Matrix a) {  // Gauss and Jordan with pivots
  const std::size_t n = a.size();
  Matrix b(n, std::vector<Number>(n, 0));
  for (std::size_t i = 0; i < n; ++i) b[i][i] = 1;
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k; i < n; ++i) {
      if (std::fabs(a[i][k]) > std::fabs(a[pivot][k])) pivot = i;
    }
    std::swap(a[k], a[pivot]);
    std::swap(b[k], b[pivot]);
    for (std::size_t i = 0; i < n; ++i) {
      if (i == k) continue;
      const Number factor = a[i][k] / a[k][k];
      for (std::size_t j = 0; j < n; ++j) {
        a[i][j] -= factor * a[k][j];
        b[i][j] -= factor * b[k][j];
      }
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (Number& entry : b[i]) entry /= a[i][i];
  }
  return b;
}

Vector times(const Matrix& a, const Vector& x) {
  Vector product(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    Number sum = 0;
    for (std::size_t j = 0; j < x.size(); ++j) sum += a[i][j] * Number(x[j]);
    product[i] = static_cast<double>(sum);
  }
  return product;
}

Number inner(const Vector& a, const Vector& b) {
  Number sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += Number(a[i]) * Number(b[i]);
  return sum;
}

/// The updates as Broyden's family has them for the Hessian itself, (6.32) of Nocedal and Wright
/// with B scaled by tau first: B <- tau (B - Bs s'B / s'Bs + theta s'Bs w w') + y y' / y's, w = y /
/// y's - Bs / s'Bs. theta and tau of self_scaled_broyden are those of arXiv 2405.04230.
Matrix updated_hessian(const Matrix& b, const Vector& s, const Vector& y, QuasiNewtonUpdate kind) {
  const std::size_t n = s.size();
  const Vector bs = times(b, s);
  const Vector hy = times(inverse(b), y);
  const Number ys = inner(y, s), sbs = inner(s, bs), yhy = inner(y, hy);
  const Number big_b = sbs / ys, h = yhy / ys, a = big_b * h - 1;
  Number theta = 0, tau = 1;
  if (kind == QuasiNewtonUpdate::self_scaled_bfgs) tau = std::fmin(1.0L, 1 / big_b);
  if (kind == QuasiNewtonUpdate::self_scaled_broyden) {
    const Number c = std::sqrt(a / (1 + a));
    const Number rho_minus = std::fmin(1.0L, h * (1 - c));
    const Number theta_minus = (rho_minus - 1) / a, theta_plus = 1 / rho_minus;
    theta = std::fmax(theta_minus, std::fmin(theta_plus, (1 - big_b) / big_b));
    const Number sigma = 1 + theta * a, rho_plus = std::fmin(1.0L, 1 / big_b);
    const Number power = std::pow(std::fabs(sigma), 1 / (1 - Number(n)));
    tau = theta <= 0 ? std::fmin(rho_plus * power, sigma) : rho_plus * std::fmin(power, 1 / theta);
  }
  Matrix next(n, std::vector<Number>(n));
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const Number w_i = Number(y[i]) / ys - Number(bs[i]) / sbs;
      const Number w_j = Number(y[j]) / ys - Number(bs[j]) / sbs;
      const Number family = b[i][j] - Number(bs[i]) * Number(bs[j]) / sbs + theta * sbs * w_i * w_j;
      next[i][j] = tau * family + Number(y[i]) * Number(y[j]) / ys;
    }
  }
  return next;
}

/// 1/2 sum_i w_i (x_i - 1)^2, the weights w_i from 1 to a million by equal ratios.
double stretched(const Vector& x, Vector& gradient) {
  double loss = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(x.size() - 1);
    gradient[i] = std::pow(1e6, share) * (x[i] - 1);
    loss += gradient[i] * (x[i] - 1) / 2;
  }
  return loss;
}

constexpr typename QuasiNewton<double>::Rules kNearlyExact{
    .sufficient_decrease = 1e-12, .curvature = 1e-9, .gradient_tolerance = 1e-10};

}  // namespace

TEST_CASE("the inverse Hessian is that of Broyden's family for the Hessian, inverted") {
  for (const QuasiNewtonUpdate update : kQuasiNewtonUpdates) {
    INFO(text(update));
    constexpr std::size_t kSize = 5;
    Minimisation<double> run(rosenbrock, kSize, update);
    run.x = {-1.2, 1, 0.5, -0.7, 0.3};
    Vector before(kSize), after(kSize), s(kSize), y(kSize);
    Matrix hessian;
    for (int k = 0; k < 12; ++k) {
      CAPTURE(k);
      const Vector x = run.x;
      rosenbrock(x, before);
      REQUIRE(run.iterate().ok());
      rosenbrock(run.x, after);
      for (std::size_t i = 0; i < kSize; ++i) {
        s[i] = run.x[i] - x[i];
        y[i] = after[i] - before[i];
      }
      if (k == 0) {
        hessian.assign(kSize, std::vector<Number>(kSize, 0));
        for (std::size_t i = 0; i < kSize; ++i) hessian[i][i] = inner(y, y) / inner(y, s);
      }
      hessian = updated_hessian(hessian, s, y, update);
      const Matrix exact = inverse(hessian);
      Number largest = 0, off = 0;
      for (std::size_t i = 0; i < kSize; ++i) {
        for (std::size_t j = 0; j < kSize; ++j) {
          largest = std::fmax(largest, std::fabs(exact[i][j]));
          off = std::fmax(off, std::fabs(exact[i][j] - run.method.inverse_hessian(i, j)));
        }
      }
      CHECK(off < 1e-9L * largest);
      // The secant equation, whatever the member.
      for (std::size_t i = 0; i < kSize; ++i) {
        Number product = 0;
        for (std::size_t j = 0; j < kSize; ++j) {
          product += run.method.inverse_hessian(i, j) * Number(y[j]);
        }
        CHECK(std::fabs(product - Number(s[i])) < 1e-10L * std::sqrt(inner(s, s)));
      }
    }
  }
}

TEST_CASE("with nearly exact line searches a quadratic of n dimensions takes n steps") {
  for (const QuasiNewtonUpdate update : kQuasiNewtonUpdates) {
    INFO(text(update));
    Minimisation<double> run(quadratic, 12, update, kNearlyExact);
    CHECK(run.minimise(13));
    CHECK(run.distance_to_ones() < 1e-9);
  }
}

TEST_CASE("every update finds the end of Rosenbrock's valley") {
  for (const QuasiNewtonUpdate update : kQuasiNewtonUpdates) {
    INFO(text(update));
    Minimisation<double> run(rosenbrock, 20, update, {.gradient_tolerance = 1e-9});
    std::fill(run.x.begin(), run.x.end(), -0.5);
    CHECK(run.minimise(2000));
    CHECK(run.distance_to_ones() < 1e-8);
  }
}

TEST_CASE(
    "where scales differ a million times, every update takes less than half of L-BFGS's steps") {
  constexpr std::size_t kSize = 60;
  constexpr double kTolerance = 1e-6;
  test::Minimisation<Lbfgs<double>> limited(
      stretched, {.parameters = kSize, .gradient_tolerance = kTolerance}, kSize);
  REQUIRE(limited.minimise(20000));
  for (const QuasiNewtonUpdate update : kQuasiNewtonUpdates) {
    INFO(text(update));
    Minimisation<double> run(stretched, kSize, update, {.gradient_tolerance = kTolerance});
    CHECK(run.minimise(2000));
    CHECK(run.distance_to_ones() < 1e-5);
    CHECK(2 * run.method.iterations() < limited.method.iterations());
  }
}

TEST_CASE("in float every update reaches the rounding of a quadratic") {
  for (const QuasiNewtonUpdate update : kQuasiNewtonUpdates) {
    INFO(text(update));
    Minimisation<float> run(quadratic, 30, update, {.gradient_tolerance = 1e-4});
    CHECK(run.minimise(200));
    CHECK(run.distance_to_ones() < 1e-4);
  }
}

TEST_CASE("the updates of Broyden's family have their limits") {
  using enum QuasiNewtonUpdate;
  const auto is = [](BroydenUpdate found, double phi, double tau) {
    return test::close(found.phi, phi, 1e-15) && test::close(found.tau, tau, 1e-15);
  };
  // A step whose curvature is already right: nothing to scale, any member is BFGS.
  for (const QuasiNewtonUpdate update : kQuasiNewtonUpdates) {
    CHECK(is(broyden_update(update, 1, 1, 10), 1, 1));
  }
  // BFGS never scales; self-scaling only where s'Bs is too large.
  CHECK(is(broyden_update(bfgs, 3, 4, 10), 1, 1));
  CHECK(is(broyden_update(self_scaled_bfgs, 3, 4, 10), 1, 0.25));
  CHECK(is(broyden_update(self_scaled_bfgs, 3, 0.5, 10), 1, 1));
  // A single parameter has no family.
  CHECK(std::isfinite(broyden_update(self_scaled_broyden, 2, 2, 1).tau));
}

TEST_CASE("what cannot work is refused: no update, and rules as of L-BFGS") {
  QuasiNewton<double>::Config config{.rules = {.parameters = 3}};
  CHECK(QuasiNewton<double>::check(config).ok());
  const Status expected{StatusCode::bad_quasi_newton};
  config.update = static_cast<QuasiNewtonUpdate>(kQuasiNewtonUpdates.size());
  CHECK(QuasiNewton<double>::check(config) == expected);
  config.update = QuasiNewtonUpdate::bfgs;
  for (const double curvature : {0.0, 1.0, std::numeric_limits<double>::quiet_NaN()}) {
    config.rules.curvature = curvature;
    CHECK(QuasiNewton<double>::check(config) == expected);
  }
}

TEST_CASE("half of a square is counted without overflow") {
  using Method = QuasiNewton<double>;
  CHECK(Method::half_of_square(0) == 0);
  CHECK(Method::half_of_square(1) == 1);
  CHECK(Method::half_of_square(4) == 10);
  CHECK(Method::half_of_square(5) == 15);
  constexpr std::size_t kMost = std::numeric_limits<std::size_t>::max();
  CHECK(Method::half_of_square(kMost) == kMost);
  CHECK(Method::half_of_square(kMost - 1) == kMost);
  CHECK(Method::footprint({.rules = {.parameters = kMost}}).bytes == kMost);
}

TEMPLATE_TEST_CASE("a quasi-Newton method goes on from a saved state to the same bits", "", float,
                   double) {
  for (const QuasiNewtonUpdate update : kQuasiNewtonUpdates) {
    for (const int stop : {0, 1, 6, 9}) {
      CAPTURE(text(update), stop);
      Minimisation<TestType> run(rosenbrock, 8, update);
      for (int k = 0; k < stop; ++k) REQUIRE(run.iterate().ok());
      Minimisation<TestType> resumed(rosenbrock, 8, update);
      resumed.x = run.x;
      test::restore(test::save(run.method), resumed.method);
      for (int k = stop; k < 16; ++k) {
        REQUIRE(run.iterate().ok());
        REQUIRE(resumed.iterate().ok());
        REQUIRE(resumed.x == run.x);
        REQUIRE(resumed.method.evaluations() == run.method.evaluations());
      }
      REQUIRE(test::save(resumed.method).blocks == test::save(run.method).blocks);
    }
  }
}

TEMPLATE_TEST_CASE("a quasi-Newton iteration allocates nothing", "", float, double) {
  if (!test::counts_allocations()) return test::skip("a sanitizer owns the allocator");
  for (const QuasiNewtonUpdate update : kQuasiNewtonUpdates) {
    Minimisation<TestType> run(rosenbrock, 8, update);
    bool ok = true;
    REQUIRE(test::allocations_of([&] {
              for (int k = 0; k < 10; ++k) ok = ok && run.iterate().ok();
              run.method.visit_state([](const char*, std::span<std::byte>) {});
            }) == 0);
    REQUIRE(ok);
  }
}
