#include "step/step_support.hpp"

using namespace pinnscope;

// Trajectories at U = D = dt = dx = 1 on 8 periodic cells; errors are relative to the row's
// largest |z|.
namespace {

constexpr std::array kFigureSchemes{Scheme::ftcs,  Scheme::crank_nicolson,
                                    Scheme::rk4,   Scheme::backward_euler,
                                    Scheme::exact, Scheme::crank_nicolson_as_published};

constexpr std::array kPublished{Normalisation::none, Normalisation::l1};

template <class Step>
double trajectory_error(const std::vector<std::vector<double>>& rows, Step&& step) {
  std::vector<double> z = test::figure_signal();
  double worst = 0;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    if (k > 0) REQUIRE(step(VectorView<double>(z)).ok());
    worst = std::max(worst, test::row_error(z, std::vector(rows[k].begin() + 1, rows[k].end())));
  }
  return worst;
}

std::string file_name(const char* scheme, Normalisation normalisation) {
  const bool raw = normalisation == Normalisation::none;
  return std::string("fig6_") + scheme + (raw ? "_raw.txt" : "_l1.txt");
}

}  // namespace

TEST_CASE("six schemes reproduce the reference trajectories, raw and normalised") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  for (const Scheme scheme : kFigureSchemes) {
    for (const Normalisation normalisation : kPublished) {
      const auto rows = test::reference_rows(directory, file_name(text(scheme), normalisation));
      REQUIRE(rows.size() == 16);
      test::BuiltStepper<double> stepper({.scheme = scheme,
                                          .cells = 8,
                                          .velocity = 1,
                                          .diffusivity = 1,
                                          .normalise = normalisation});
      const double error = trajectory_error(rows, [&](auto z) { return stepper->step(z); });
      INFO(file_name(text(scheme), normalisation) << ": " << error);
      CHECK(error < 1e-12);
    }
  }
}

TEST_CASE("the tanh chain of the FTCS matrix reproduces the reference trajectories") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  test::BuiltStepper<double> ftcs(test::unit_grid<double>(Scheme::ftcs, 8, 1, 1));
  std::vector<double> weights(64);
  std::vector<double> bias(8);
  REQUIRE(ftcs->matrix({weights.data(), 8, 8}, bias).ok());
  for (const Normalisation normalisation : kPublished) {
    const auto rows = test::reference_rows(directory, file_name("tanh_chain", normalisation));
    REQUIRE(rows.size() == 16);
    test::Owned<LayerChain<double>> chain({.width = 8,
                                           .activation = Activation::tanh,
                                           .orientation = LayerOrientation::weights_first,
                                           .normalise = normalisation});
    const double error = trajectory_error(rows, [&](auto z) {
      return chain->step({weights.data(), 8, 8}, bias, z);
    });
    INFO(error);
    CHECK(error < 1e-12);
  }
}

TEST_CASE("amplification factors equal the reference of the figure") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  constexpr std::array kColumns{Scheme::ftcs, Scheme::crank_nicolson, Scheme::rk4,
                                Scheme::backward_euler, Scheme::exact};
  const auto rows = test::reference_rows(directory, "fig6_amplification.txt");
  REQUIRE(rows.size() == 8);
  double worst = 0;
  for (const auto& row : rows) {
    const double angle = 2 * std::numbers::pi * row[0] / 8;
    for (std::size_t s = 0; s < kColumns.size(); ++s) {
      const std::complex<double> wanted(row[1 + 2 * s], row[2 + 2 * s]);
      const auto factor = amplification_factor(kColumns[s], {1, 1}, angle);
      worst = std::max(worst, std::abs(factor - wanted) / std::max(1.0, std::abs(wanted)));
    }
  }
  CHECK(worst < 1e-14);
}

TEST_CASE("the log norm holds the growth that normalisation hides") {
  for (const Scheme scheme : {Scheme::ftcs, Scheme::rk4, Scheme::crank_nicolson}) {
    auto config = test::unit_grid<double>(scheme, 8, 1, 1);
    test::BuiltStepper<double> raw(config);
    config.normalise = Normalisation::l1;
    test::BuiltStepper<double> normalised(config);
    std::vector<double> z = test::figure_signal();
    std::vector<double> unit = z;
    for (int k = 0; k < 15; ++k) {
      REQUIRE(raw->step(z).ok());
      REQUIRE(normalised->step(unit).ok());
    }
    double norm = 0;
    for (const double value : z) norm += std::abs(value);
    CHECK(std::abs(normalised->log_norm() - std::log(norm)) < 1e-12);
    for (std::size_t i = 0; i < 8; ++i) CHECK(std::abs(unit[i] - z[i] / norm) < 1e-12);
    if (scheme == Scheme::rk4) CHECK(norm > 1.6e10);
    normalised->reset_log_norm();
    CHECK(normalised->log_norm() == 0);
  }
}
