#include "pinnscope/step/layer_chain.hpp"

#include "step/step_support.hpp"

using namespace pinnscope;

TEST_CASE("a layer computes z W + b or W z + b as its orientation says") {
  // W = (1 2 3; 4 5 6), column-major.
  const std::vector<double> entries{1, 4, 2, 5, 3, 6};
  const MatrixView<const double> weights(entries.data(), 2, 3);
  test::Owned<LayerChain<double>> network({.width = 3, .activation = Activation::identity});
  const std::vector<double> pair{1, -1};
  std::vector<double> triple(3);
  REQUIRE(network->apply(weights, std::vector<double>{10, 20, 30}, pair, triple).ok());
  CHECK(triple == std::vector<double>{7, 17, 27});
  test::Owned<LayerChain<double>> stencil({.width = 3,
                                           .activation = Activation::identity,
                                           .orientation = LayerOrientation::weights_first});
  const std::vector<double> ones{1, 1, -1};
  std::vector<double> result(2);
  REQUIRE(stencil->apply(weights, {}, ones, result).ok());
  CHECK(result == std::vector<double>{0, 3});
}

TEST_CASE("every activation acts on the weighted sum") {
  const std::vector<double> identity{1, 0, 0, 1};
  for (const Activation activation : kActivations) {
    test::Owned<LayerChain<double>> chain({.width = 2, .activation = activation});
    std::vector<double> z{0.5, -0.25};
    REQUIRE(chain->step({identity.data(), 2, 2}, {}, z).ok());
    CHECK(z[0] == activation_values(activation, 0.5).value);
    CHECK(z[1] == activation_values(activation, -0.25).value);
  }
}

TEMPLATE_TEST_CASE("a blend is p tanh(z) + (1 - p) max(z, 0), from one end to the other", "", float,
                   double) {
  const std::vector<TestType> identity{1, 0, 0, 0, 1, 0, 0, 0, 1};
  const std::vector<TestType> sums{TestType(0.5), TestType(-1.5), TestType(2)};
  for (const double p : {0.0, 0.25, 1.0}) {
    test::Owned<LayerChain<TestType>> chain({.width = 3, .blend = p});
    std::vector<TestType> z = sums;
    REQUIRE(chain->step({identity.data(), 3, 3}, {}, z).ok());
    CHECK(std::vector<TestType>(chain->sums().begin(), chain->sums().end()) == sums);
    for (std::size_t i = 0; i < 3; ++i) {
      const double sum = sums[i];
      const double expected = p * std::tanh(sum) + (1 - p) * std::max(sum, 0.0);
      CHECK(test::close(z[i], expected, 8 * std::numeric_limits<TestType>::epsilon()));
    }
    // Slopes p (1 - tanh^2) + (1 - p) [z > 0]: of the tanh 0.79, 0.18, 0.07.
    CHECK(test::close(chain->share_below(0.19), p < 1 ? 1 / 3.0 : 2 / 3.0, 1e-15));
    CHECK(chain->share_below(0) == 0);
  }
}

TEST_CASE("a blend beyond 0 and 1 is refused, and a sum that overflowed is no number of a tanh") {
  for (const double p : {-0.1, 1.1, double(NAN)}) {
    test::Owned<LayerChain<double>> chain({.width = 3, .blend = p});
    CHECK(chain->status().code == StatusCode::out_of_range);
  }
  const std::vector<double> huge{1e300};
  test::Owned<LayerChain<double>> tanh({.width = 1, .blend = 1.0});
  std::vector<double> z{1e300};
  REQUIRE(tanh->step({huge.data(), 1, 1}, {}, z).ok());
  CHECK(z[0] == 1);
}

TEST_CASE("a chain accumulates the log of the norms it divides by") {
  const std::vector<double> twice{2, 0, 0, 2};
  test::Owned<LayerChain<double>> chain(
      {.width = 2, .activation = Activation::identity, .normalise = Normalisation::l1});
  std::vector<double> z{0.5, -0.5};
  for (int k = 0; k < 10; ++k) REQUIRE(chain->step({twice.data(), 2, 2}, {}, z).ok());
  CHECK(z == std::vector<double>{0.5, -0.5});
  CHECK(std::abs(chain->log_norm() - 10 * std::log(2.0)) < 1e-14);
  chain->reset_log_norm();
  CHECK(chain->log_norm() == 0);
}

TEST_CASE("a chain refuses layers that do not fit, unchanged") {
  const std::vector<double> entries(12, 1.0);
  test::Owned<LayerChain<double>> chain({.width = 3});
  std::vector<double> z{1, 2, 3};
  const std::vector<double> before = z;
  std::vector<double> four(4);
  CHECK(chain->step({entries.data(), 3, 2}, {}, z).code == StatusCode::shape_mismatch);
  CHECK(chain->step({entries.data(), 2, 2}, {}, z).code == StatusCode::shape_mismatch);
  CHECK(chain->step({entries.data(), 3, 3}, four, z).code == StatusCode::shape_mismatch);
  CHECK(chain->apply({entries.data(), 3, 4}, {}, z, four).code == StatusCode::shape_mismatch);
  CHECK(z == before);
  test::Owned<LayerChain<double>> empty(LayerChain<double>::Config{});
  CHECK(empty->status().code == StatusCode::empty_input);
  CHECK(empty->step({}, {}, z).code == StatusCode::empty_input);
  test::Owned<LayerChain<double>> slope(
      {.width = 3, .activation_parameters = {.negative_slope = NAN}});
  CHECK(slope->step({entries.data(), 3, 3}, {}, z).code == StatusCode::not_finite);
  CHECK(z == before);
  const LayerChain<float>::Config beyond{.width = 3,
                                         .activation_parameters = {.negative_slope = 1e300}};
  CHECK(test::Owned<LayerChain<float>>(beyond)->status().code == StatusCode::not_finite);
}

TEST_CASE("a chain that overflows says so") {
  const std::vector<double> huge{1e200};
  test::Owned<LayerChain<double>> chain({.width = 1, .activation = Activation::identity});
  std::vector<double> z{1};
  REQUIRE(chain->step({huge.data(), 1, 1}, {}, z).ok());
  CHECK(chain->step({huge.data(), 1, 1}, {}, z).code == StatusCode::not_finite);
}

TEST_CASE("no layer of a chain allocates") {
  if (!test::counts_allocations()) return test::skip("a sanitizer owns the allocator");
  const auto entries = test::random_signal<double>(400, 1);
  for (const auto orientation : {LayerOrientation::signal_first, LayerOrientation::weights_first}) {
    test::Owned<LayerChain<double>> chain(
        {.width = 20, .orientation = orientation, .normalise = Normalisation::l1});
    auto z = test::random_signal<double>(20, 2);
    Status status;
    double share = 0;
    REQUIRE(test::allocations_of([&] {
              status = chain->step({entries.data(), 20, 20}, {}, z);
              share = chain->share_below(0.19);
            }) == 0);
    REQUIRE(status.ok());
  }
}
