// Whether weight matrices can be associated with discretisations: the verdicts of `pinnscope pde`
// on the hidden layers, on Gaussian matrices, and on matrices that are a step of a scheme.

#include <algorithm>
#include <memory>

#include "audit.hpp"
#include "common/formatted.hpp"
#include "noise.hpp"
#include "pinnscope/io/armadillo.hpp"
#include "pinnscope/io/owned.hpp"
#include "pinnscope/readings/scheme_verdict.hpp"
#include "pinnscope/step/stepper.hpp"

namespace pinnscope::apps {
namespace {

constexpr std::size_t kSteps = 99;      // of permutations and relabellings, or fewer draws
constexpr std::size_t kGaussians = 7;   // as many as the paper's networks have hidden layers
constexpr std::size_t kStepCells = 40;  // of matrices that are a step of a scheme
constexpr StepNumbers kStepNumbers{.c = 0.3, .r = 0.2};
constexpr const char* kUnexplained =
    "share of the squared weights that the nearest scheme does not explain";

/// Judges matrices, step after step, of one size.
class Discretisations {
 public:
  Discretisations(Audit& audit, std::size_t cells, bool signs)
      : audit_(audit),
        signs_(signs),
        judge_({.cells = cells,
                .draws = std::min(kSteps, audit.options.draws),
                .threads = audit.workers.threads()}) {}

  /// Takes a matrix whose entry (i, j) is what new cell i takes from old cell j.
  void take(const arma::mat& step, std::uint64_t place) {
    SchemeVerdict verdict;
    const Status status = judge_->judge(view(step), {.signs = signs_}, audit_.options.seed, place,
                                        audit_.workers, verdict);
    audit_.fail(status, "the nearest scheme");
    verdicts_.push_back(verdict);
  }

  std::size_t count(SchemeAnswer answer) const {
    return static_cast<std::size_t>(std::ranges::count(verdicts_, answer, &SchemeVerdict::answer));
  }

  Evidence evidence() const {
    std::vector<double> unexplained;
    for (const SchemeVerdict& verdict : verdicts_) {
      unexplained.push_back(verdict.fits.nearest().unexplained);
    }
    const std::size_t untold = count(SchemeAnswer::cannot_tell);
    return {.departure = bootstrap_mean(unexplained, audit_.options.seed, audit_.next_stream()),
            .margin = 1 - kLeastSchemeShare,
            .largest = *std::ranges::max_element(unexplained),
            .missing = untold,
            .definite = untold == 0};
  }

  /// What the verdicts are, and what other labels would make of them.
  std::string reason() const {
    double power = 1;
    double most = 0;
    double relabelled = 0;
    std::size_t labellings = 0;
    for (const SchemeVerdict& verdict : verdicts_) {
      power = std::min(power, verdict.power);
      most = std::max(most, verdict.fits.nearest().share);
      relabelled =
          std::max(relabelled, verdict.relabelled.mean + 5 * verdict.relabelled.standard_deviation);
      labellings = std::max(labellings, verdict.relabelled.draws);
    }
    return "verdict of pde: none in " + of(count(SchemeAnswer::none), verdicts_.size()) +
           formatted(
               ", %.2g explained at the most, a scheme with %.2g found with a probability of "
               "%.3f or more",
               most, kLeastSchemeShare, power) +
           formatted(
               "; as labelled: five standard deviations above the mean of %zu relabellings "
               "are %.2g",
               labellings, relabelled) +
           "; each labelling is as likely as another (docs/neural-pde.md)";
  }

 private:
  Audit& audit_;
  bool signs_;
  Owned<SchemeJudge> judge_;
  std::vector<SchemeVerdict> verdicts_;
};

constexpr const char* kRandom =
    "\"random [...] weight matrices can be associated with specific discretizations of neural "
    "PDEs\"";

void judge_hidden_layers(Audit& audit) {
  for (std::size_t k = 0; k < 2 && audit.status.ok(); ++k) {
    const AuditNetwork& network = audit.networks[k];
    std::unique_ptr<Discretisations> found;
    for (std::size_t l = 0; l < network.hidden.size(); ++l) {
      const arma::mat step = network.hidden[l].t();
      if (found == nullptr) {
        found = std::make_unique<Discretisations>(audit, step.n_rows, signs_are_labels(network));
      }
      found->take(step, 1 + 1024 * k + l);
    }
    audit.claim(kRandom, network.name, kUnexplained, found->evidence(), found->reason());
  }
}

void judge_gaussian_matrices(Audit& audit) {
  const std::size_t n = audit.networks[0].hidden.front().n_rows;
  Discretisations found(audit, n, true);
  for (std::size_t k = 0; k < kGaussians; ++k) {
    found.take(gaussian_matrix(n, audit.options.seed, k), 4096 + k);
  }
  audit.claim(kRandom, "Gaussian matrices", kUnexplained, found.evidence(), found.reason());
}

/// Steps of every scheme, each read back.
void judge_steps(Audit& audit) {
  Discretisations found(audit, kStepCells, true);
  for (std::size_t k = 0; k < kSchemes.size() && audit.status.ok(); ++k) {
    Owned<Stepper<double>> stepper({.scheme = kSchemes[k],
                                    .cells = kStepCells,
                                    .velocity = kStepNumbers.c,
                                    .diffusivity = kStepNumbers.r});
    arma::mat step(kStepCells, kStepCells);
    arma::vec offset(kStepCells);
    audit.fail(stepper->matrix(view(step), view(offset)), text(kSchemes[k]));
    if (audit.status.ok()) found.take(step, 8192 + k);
  }
  if (!audit.status.ok()) return;
  audit.claim(
      "\"[...] structured weight matrices can be associated with specific discretizations of "
      "neural PDEs\"",
      "one-step matrices of every scheme", kUnexplained, found.evidence(),
      "verdict of pde: a scheme in " + of(found.count(SchemeAnswer::scheme), kSchemes.size()) +
          formatted(", on %zu cells with c = %g, r = %g", kStepCells, kStepNumbers.c,
                    kStepNumbers.r));
}

}  // namespace

void audit_discretisations(Audit& audit) {
  judge_hidden_layers(audit);
  if (audit.status.ok()) judge_gaussian_matrices(audit);
  if (audit.status.ok()) judge_steps(audit);
}

}  // namespace pinnscope::apps
