#include "step_symbol.hpp"

#include <complex>
#include <limits>

#include "pinnscope/io/csv.hpp"
#include "pinnscope/io/owned.hpp"
#include "pinnscope/step/stability.hpp"

namespace pinnscope::apps {
namespace {

/// The factor of the scheme that is shown, with its gain, for a mode as a grid has it.
std::complex<double> scheme_factor(const StepReport& report, std::size_t mode, double angle) {
  if (!report.failure.empty()) return std::numeric_limits<double>::quiet_NaN();
  const SchemeFit& fit = report.fit();
  const std::complex<double> factor =
      fit.gain * amplification_factor(fit.scheme, fit.numbers, angle, fit.theta);
  const bool alone = mode == 0 || 2 * mode == report.step->step.n_rows;
  return alone ? factor.real() : factor;
}

}  // namespace

Status measure_symbol(const arma::mat& step, SymbolMeter<double>& meter, SymbolReport& report) {
  const auto times = [&](VectorView<const double> before, VectorView<double> after) noexcept {
    std::fill(after.begin(), after.end(), 0.0);
    for (std::size_t j = 0; j < before.size(); ++j) {
      if (before[j] == 0) continue;
      for (std::size_t i = 0; i < after.size(); ++i) after[i] += step(i, j) * before[j];
    }
  };
  return meter.measure(times, report);
}

FileStatus write_symbols(const std::string& path, const std::vector<StepReport>& reports) {
  CsvWriter csv;
  const FileStatus status = csv.open(path);
  if (!status.ok()) return status;
  for (const char* heading : {"layer", "at", "scheme", "mode", "angle", "real", "imaginary",
                              "modulus", "scheme_real", "scheme_imaginary", "departure"}) {
    csv.text(heading);
  }
  csv.end_row();
  for (const StepReport& report : reports) {
    const std::size_t cells = report.step->step.n_rows;
    Owned<SymbolMeter<double>> meter({.cells = cells});
    SymbolReport symbol;
    if (!measure_symbol(report.step->step, *meter, symbol).ok()) continue;
    for (std::size_t mode = 0; 2 * mode <= cells; ++mode) {
      const double angle = meter->angle(mode);
      const std::complex<double> factor = meter->nearest_factor(mode);
      const std::complex<double> expected = scheme_factor(report, mode, angle);
      csv.count(report.step->layer);
      csv.text(report.step->at);
      csv.text(report.failure.empty() ? text(report.fit().scheme) : "");
      csv.count(mode);
      for (const double number : {angle, factor.real(), factor.imag(), std::abs(factor),
                                  expected.real(), expected.imag(), symbol.departure}) {
        csv.number(number);
      }
      csv.end_row();
    }
  }
  return csv.finish();
}

}  // namespace pinnscope::apps
