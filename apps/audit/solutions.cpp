// Whether the networks solve their problems, what judged one of them, and a curve of the law of
// Marchenko and Pastur.

#include <cmath>

#include "audit.hpp"
#include "common/network_solution.hpp"
#include "pinnscope/io/owned.hpp"
#include "pinnscope/pde/cole_hopf.hpp"
#include "pinnscope/pde/error_norms.hpp"
#include "pinnscope/pde/pseudo_spectral.hpp"
#include "pinnscope/pde/riemann.hpp"
#include "pinnscope/spectra/random_matrices/marchenko_pastur.hpp"

namespace pinnscope::apps {
namespace {

constexpr double kSolutionMargin = 0.05;  // a twentieth of the solution, of a mass
constexpr double kCut = 0.05;             // below which the published histogram drops what there is
constexpr std::size_t kLater = 30;        // the row of t = 0.3
constexpr double kLaterTime = 0.3;
constexpr std::size_t kPublishedPoints = 100;

ErrorNorms norms_at(Audit& audit, std::size_t k, std::size_t row) {
  ErrorNorms norms;
  audit.fail(error_norms({audit.networks[k].u.colptr(row), kGridSide},
                         {audit.exact[k].colptr(row), kGridSide}, norms),
             audit.networks[k].path);
  return norms;
}

/// Over how much of x a falling front passes from nine tenths of its step to one tenth: NaN where
/// it does not.
double front_width(const std::vector<double>& x, const std::vector<double>& u) {
  const RiemannProblem step;
  const double high = step.right + 0.9 * (step.left - step.right);
  const double low = step.right + 0.1 * (step.left - step.right);
  std::size_t last_high = x.size();
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (u[i] >= high) last_high = i;
    if (u[i] <= low && last_high < x.size()) return x[i] - x[last_high];
  }
  return std::nan("");
}

std::string describe_front(Audit& audit) {
  constexpr std::size_t kFine = 1001;
  std::vector<double> x(kFine);
  for (std::size_t i = 0; i < kFine; ++i) x[i] = static_cast<double>(i) / (kFine - 1);
  std::vector<double> u;
  audit.fail(network_solution(audit.networks[1].weights, audit.networks[1].path, x, 0, u));
  if (!audit.status.ok()) return {};
  const double width = front_width(x, u);
  if (std::isnan(width)) return "at t = 0 it has no front from 0.9 to 0.1";
  return "at t = 0 it falls from 0.9 to 0.1 over " + number(width, 2) +
         " of x, where the step has no width; a front w wide has 1/(12 w) in the loss, " +
         number(1 / (12 * width), 2) + " for this one";
}

void judge_solution(Audit& audit, std::size_t k) {
  std::vector<double> squares;
  std::vector<double> scales;
  for (std::size_t j = 0; j < kGridSide; ++j) {
    const arma::vec error = audit.networks[k].u.col(j) - audit.exact[k].col(j);
    squares.push_back(arma::dot(error, error));
    scales.push_back(arma::dot(audit.exact[k].col(j), audit.exact[k].col(j)));
  }
  const Interval error = bootstrap_ratio(squares, scales, audit.options.seed, audit.next_stream());
  const ErrorNorms initial = norms_at(audit, k, 0);
  const ErrorNorms later = norms_at(audit, k, kLater);
  std::string reason = "at t = 0 " + number(initial.relative_l2, 2) + " (mean square " +
                       number(initial.l2 * initial.l2, 2) + "), at t = 0.3 " +
                       number(later.relative_l2, 2) + " (mean |e| " + number(later.l1, 3) + ")";
  if (k == 1) reason += "; " + describe_front(audit);
  audit.claim("the network solves its problem", audit.networks[k].name,
              "relative L2 error on 101 x 101 points",
              {.departure = error, .margin = kSolutionMargin}, reason);
}

/// The solution of 98 modes that stood for the exact one, beside the network that it judged.
void judge_reference(Audit& audit) {
  std::vector<double> x(kPublishedPoints);
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = static_cast<double>(i) / (kPublishedPoints - 1);
  }
  std::vector<double> exact(x.size());
  std::vector<double> reference(x.size());
  std::vector<double> u;
  audit.fail(cole_hopf(kUnitSine, kBurgersViscosity, kLaterTime, x, exact), "the exact solution");
  Owned<PseudoSpectral> solver({.modes = kPublishedPoints - 2});
  audit.fail(solver->solve(kUnitSine, kLaterTime, reference), "the pseudo-spectral reference");
  audit.fail(network_solution(audit.networks[0].weights, audit.networks[0].path, x, kLaterTime, u));
  ErrorNorms of_reference;
  ErrorNorms of_network;
  if (audit.status.ok()) audit.fail(error_norms(reference, exact, of_reference), "the reference");
  if (audit.status.ok()) audit.fail(error_norms(u, exact, of_network), audit.networks[0].path);
  if (!audit.status.ok()) return;
  std::vector<double> squares;
  std::vector<double> scales;
  for (std::size_t i = 0; i < x.size(); ++i) {
    squares.push_back((reference[i] - exact[i]) * (reference[i] - exact[i]));
    scales.push_back((u[i] - exact[i]) * (u[i] - exact[i]));
  }
  const Interval ratio = bootstrap_ratio(squares, scales, audit.options.seed, audit.next_stream());
  audit.claim("the 98-mode solution can stand for the exact one", audit.networks[0].name,
              "its L2 error over that of the network that it judges, at t = 0.3",
              {.departure = ratio, .margin = 1},
              std::string("the reference is ") + (ratio.value > 1 ? "further off" : "nearer") +
                  ": mean |e| " + number(of_reference.l1, 3) + " and " + number(of_network.l1, 3) +
                  ", largest " + number(of_reference.l_infinity, 3) + " and " +
                  number(of_network.l_infinity, 3));
}

/// The panel cuts its histogram and normalises it anew, but not the curve.
void judge_cut(Audit& audit) {
  const double lost = MarchenkoPastur(1).distribution(kCut);
  audit.claim("the Marchenko-Pastur panel has curve and histogram on one scale",
              "the published panel",
              "mass of the curve below the cut, which the histogram is normalised without",
              {.departure = {lost, lost, lost}, .margin = kSolutionMargin},
              "exact, for a cut at " + number(kCut, 2) + "; a factor of " +
                  number(1 / (1 - lost), 4) + " between the two");
}

/// The trapezoid rule over the density on equally spaced points.
double trapezoid(const MarchenkoPastur& law, double from, double to, std::size_t points) {
  const double step = (to - from) / static_cast<double>(points - 1);
  double sum = (law.density(from) + law.density(to)) / 2;
  for (std::size_t i = 1; i + 1 < points; ++i) {
    sum += law.density(from + static_cast<double>(i) * step);
  }
  return sum * step;
}

void add_number(Audit& audit, const char* item, double printed, double half_digit, int digits,
                double as_published, double properly, const std::string& reason) {
  audit.add({.group = "numbers without weights",
             .item = item,
             .published = number(printed, digits),
             .as_published = number(as_published, digits),
             .properly = number(properly, digits),
             .verdict = judge_number(printed, as_published, as_published, half_digit),
             .reason = reason});
}

}  // namespace

void audit_solutions(Audit& audit) {
  for (std::size_t k = 0; k < 2 && audit.status.ok(); ++k) judge_solution(audit, k);
  if (audit.status.ok()) judge_reference(audit);
  if (audit.status.ok()) judge_cut(audit);
}

void audit_printed_grid(Audit& audit) {
  const arma::mat printed = read_published(audit, "grid.csv", 6, false);
  if (!audit.status.ok()) return;
  const MarchenkoPastur law(1);
  add_number(audit, "integral of the Marchenko-Pastur curve", printed(0, 0), 5e-13, 12,
             trapezoid(law, 1e-6, 4, 5000), law.distribution(4),
             "A trapezoid rule on 5000 points from 1e-6; properly by the distribution function.");
  constexpr double kCourant = 0.95;
  const double points = printed(0, 2);
  const double dx = 1 / points;
  const double proper = 1 / (points - 1);
  const double steps = std::floor(1 / (kCourant * dx));
  const double proper_steps = std::floor(1 / (kCourant * proper));
  add_number(audit, "dx", printed(0, 1), 5e-6, 4, dx, proper,
             "1 over the number of points; properly over the number of intervals between them.");
  add_number(audit, "nx", points, 0.5, 4, std::round(1 / printed(0, 1)),
             std::round(1 / printed(0, 1)) + 1,
             "1 over the dx that was printed; properly a point more than intervals.");
  add_number(audit, "dt", printed(0, 3), 5e-6, 4, kCourant * dx, kCourant * proper,
             "0.95 of dx over a velocity of 1.");
  add_number(audit, "nt", printed(0, 4), 0.5, 4, steps, proper_steps,
             "Whole steps in a time of 1.");
  add_number(audit, "total time", printed(0, 5), 5e-4, 4, 1, steps * kCourant * dx,
             "A crossing at a velocity of 1; properly the time that the steps add up to.");
}

}  // namespace pinnscope::apps
