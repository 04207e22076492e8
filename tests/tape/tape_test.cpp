#include "pinnscope/tape/tape.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "pinnscope/nn/initialise.hpp"
#include "support/allocation.hpp"
#include "support/reference.hpp"
#include "support/test.hpp"
#include "twin.hpp"

using namespace pinnscope;
using namespace pinnscope::partial;

namespace {

const std::vector<std::size_t> kWidths{2, 5, 4, 1};
constexpr double kInfinity = std::numeric_limits<double>::infinity();

template <class T>
Status record_burgers(Tape<T>& tape) {
  auto u = tape.network({dt, dxx});
  return tape.minimise(mean_square(u[dt] + u * u[dx] - 0.01 * u[dxx]));
}

/// The status of a tape on which `record` records; what is combined after that must do no harm.
template <class Record>
Status status_after(const Record& record) {
  test::Owned<Tape<float>> tape({.widths = kWidths});
  auto u = tape->network({dx, dt});
  record(*tape, u);
  const Status status = tape->status();
  const std::size_t nodes = tape->nodes().size();
  if (!status.ok()) {
    const auto more = u * tape->point(0) + exp(-u[dx]) - square(tape->network({dxx})[dxx]);
    REQUIRE(tape->minimise(mean_square(more)) == status);
    REQUIRE(tape->status() == status);
    // Columns and numbers are recorded still, for nobody.
    REQUIRE(tape->nodes().size() <= nodes + 1);
  }
  return status;
}

struct Evaluated {
  double loss = 0;
  std::vector<double> gradient;
};

/// Burgers' residual over points of a network.
template <class T>
Evaluated burgers(const Mlp<T>& network, const std::vector<double>& points) {
  test::Owned<Tape<T>> tape({.widths = network.widths()});
  REQUIRE(record_burgers(*tape).ok());
  std::vector<T> rounded(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) rounded[i] = static_cast<T>(points[i]);
  std::vector<T> gradient(network.parameters().size());
  const double loss =
      test::evaluate<T>(*tape, network, {rounded.data(), rounded.size() / 2, 2}, gradient, 64);
  return {loss, {gradient.begin(), gradient.end()}};
}

bool finite(const Evaluated& evaluated) {
  return std::isfinite(evaluated.loss) &&
         std::all_of(evaluated.gradient.begin(), evaluated.gradient.end(),
                     [](double slope) { return std::isfinite(slope); });
}

double norm(const std::vector<double>& x) {
  double sum = 0;
  for (const double entry : x) sum += entry * entry;
  return std::sqrt(sum);
}

}  // namespace

TEMPLATE_TEST_CASE("a full tape says so and writes nothing past its end", "", float, double) {
  constexpr std::size_t kNeeded = 9;  // u, u_t, u_x, u u_x, +, u_xx, scale, -; u_t once more below
  constexpr std::byte kGuard{0xFF};
  for (std::size_t capacity = 0; capacity <= kNeeded; ++capacity) {
    CAPTURE(capacity);
    const typename Tape<TestType>::Config config{.widths = kWidths, .nodes = capacity};
    const std::size_t bytes = Tape<TestType>::footprint(config).bytes;
    std::vector<std::byte> memory(bytes + 2 * kBlockAlignment, kGuard);
    Arena arena({memory.data() + kBlockAlignment, bytes});
    Tape<TestType> tape(config, arena);
    REQUIRE(tape.status().ok());
    auto u = tape.network({dt, dxx});
    const auto r = u[dt] + u * u[dx] - 0.01 * u[dxx];
    const auto once_more = u[dt];
    (void)once_more;
    const Status expected =
        capacity < kNeeded ? Status{StatusCode::tape_full, static_cast<int>(capacity)} : Status{};
    REQUIRE(tape.status() == expected);
    REQUIRE(tape.nodes().size() == capacity);
    const auto* behind = reinterpret_cast<const std::byte*>(tape.nodes().data() + capacity);
    for (std::size_t i = 0; i < Tape<TestType>::kSpareNodes * sizeof(TapeNode); ++i) {
      REQUIRE_FALSE(behind[i] != std::byte{0});
    }
    REQUIRE(tape.minimise(mean_square(r)) == expected);
    REQUIRE(tape.networks().size() == 1);
    if (expected.ok()) {
      REQUIRE(tape.networks()[0].combined);
    } else {
      const auto more = tanh(r) + u(0) * tape.point(0) - tape.constant(1);
      REQUIRE(more.tape() == &tape);
      REQUIRE(tape.status() == expected);
      REQUIRE(tape.nodes().size() == capacity);
    }
    for (std::size_t i = 0; i < kBlockAlignment; ++i) {
      REQUIRE_FALSE(memory[i] != kGuard);
      REQUIRE_FALSE(memory[kBlockAlignment + bytes + i] != kGuard);
    }
  }
}

TEST_CASE("collapsing has room of its own on a tape without any left") {
  for (std::size_t numbers = 0; numbers < 24; ++numbers) {
    CAPTURE(numbers);
    // u, u_t, u_xx, -, and a shift with a scale a number.
    const Tape<double>::Config config{.widths = kWidths, .nodes = 4 + 2 * numbers};
    const std::size_t bytes = Tape<double>::footprint(config).bytes;
    std::vector<std::byte> memory(bytes + kBlockAlignment, std::byte{0xFF});
    Arena arena({memory.data(), bytes});
    Tape<double> tape(config, arena);
    auto u = tape.network({dt, dxx});
    auto sum = u[dt] - u[dxx];
    for (std::size_t k = 0; k < numbers; ++k) sum = 0.5 * (sum + 1.0);
    REQUIRE(tape.nodes().size() == config.nodes);
    REQUIRE(tape.minimise(mean_square(sum)).ok());
    REQUIRE(tape.nodes().size() <= config.nodes + Tape<double>::kSpareNodes);
    // A constant, a scale and an addition each, and the operator.
    REQUIRE(tape.networks()[0].combined == (3 * numbers + 1 <= Tape<double>::kSpareNodes));
    for (std::size_t i = bytes; i < memory.size(); ++i) REQUIRE(memory[i] == std::byte{0xFF});
  }
}

TEST_CASE("a tape without memory is a failed one, whose expressions do no harm") {
  const Tape<double>::Config config{.widths = kWidths};
  std::vector<std::byte> memory(Tape<double>::footprint(config).payload - 1);
  Arena arena(memory);
  Tape<double> tape(config, arena);
  REQUIRE(tape.status().code == StatusCode::out_of_memory);
  REQUIRE(record_burgers(tape).code == StatusCode::out_of_memory);
  REQUIRE((tape.point(0) + tape.constant(1)).node() == 0);
  REQUIRE(tape.nodes().empty());
}

TEST_CASE("what is not there is refused, each thing in words of its own") {
  const auto after = [](const auto& record) { return status_after(record); };
  REQUIRE(after([](auto&, auto& u) { (void)(u[dx] + u(0, dt)); }).ok());
  REQUIRE(after([](auto&, auto& u) { (void)u[dxx]; }) ==
          Status{StatusCode::derivative_missing, 2000000});
  REQUIRE(after([](auto&, auto& u) { (void)u[dxt]; }) ==
          Status{StatusCode::derivative_missing, 2000001});
  REQUIRE(after([](auto&, auto& u) { (void)u[first(2)]; }) ==
          Status{StatusCode::derivative_missing, 1002000});
  REQUIRE(after([](auto&, auto& u) { (void)u(1); }) == Status{StatusCode::no_such_output, 1});
  REQUIRE(after([](auto&, auto& u) { (void)u(70000); }) ==
          Status{StatusCode::no_such_output, 70000});
  REQUIRE(after([](auto& tape, auto&) { (void)tape.point(1); }).ok());
  REQUIRE(after([](auto& tape, auto&) { (void)tape.point(2); }) ==
          Status{StatusCode::no_such_column, 2});
  REQUIRE(after([](auto& tape, auto&) { (void)tape.network({second(0, 2)}); }) ==
          Status{StatusCode::no_such_input, 2});
  REQUIRE(after([](auto& tape, auto&) { (void)tape.network({first(65536)}); }) ==
          Status{StatusCode::no_such_input, 65535});
  REQUIRE(after([](auto& tape, auto&) { (void)tape.network({}, 1); }) ==
          Status{StatusCode::no_such_column, 2});
  REQUIRE(after([](auto& tape, auto&) {
            (void)tape.network({}, std::numeric_limits<std::size_t>::max());
          }).code == StatusCode::no_such_column);
}

TEST_CASE("a derivative beyond the second order is refused with its order") {
  for (const std::uint16_t order : {std::uint16_t{3}, std::uint16_t{4}, std::uint16_t{65535}}) {
    CAPTURE(order);
    const Derivative derivative{order, 0, 0};
    REQUIRE(status_after([&](auto& tape, auto&) { (void)tape.network({derivative}); }) ==
            Status{StatusCode::derivative_order, order});
    REQUIRE(status_after([&](auto&, auto& u) { (void)u[derivative]; }) ==
            Status{StatusCode::derivative_order, order});
    REQUIRE(status_after([&](auto& tape, auto&) {
              (void)tape.network({dx, derivative, dt})[dt];
            }) == Status{StatusCode::derivative_order, order});
  }
}

TEST_CASE("more derivatives than a network carries are refused") {
  const std::vector<std::size_t> widths{7, 3, 1};  // 1 + 7 + 28 streams up to the second order
  Derivatives all;
  for (std::size_t i = 0; i < 7; ++i) {
    for (std::size_t j = 0; j <= i; ++j) all.add(second(i, j));
  }
  test::Owned<Tape<double>> tape({.widths = widths});
  (void)tape->network(all);
  REQUIRE(tape->status() == Status{StatusCode::too_many_derivatives, 28});
}

TEST_CASE("a tape is refused a network without a layer and more operations than it can number") {
  const auto status_of = [](const std::vector<std::size_t>& widths, std::size_t nodes = 4) {
    test::Owned<Tape<double>> tape({.widths = widths, .nodes = nodes});
    const Status status = tape->status();
    REQUIRE((tape->point(0) + tape->network()).node() == 0);
    REQUIRE(tape->minimise(mean_square(tape->network())) == status);
    return status;
  };
  for (const auto& widths :
       std::vector<std::vector<std::size_t>>{{}, {2}, {0, 1}, {2, 0, 1}, {2, 3, 0}, {0}}) {
    REQUIRE(status_of(widths) == Status{StatusCode::bad_widths});
  }
  const std::size_t most = Tape<double>::kMostNodes;
  REQUIRE(status_of({2, 1}, most + 1) ==
          Status{StatusCode::tape_too_large, static_cast<int>(most)});
  test::Owned<Tape<double>> largest({.widths = kWidths, .nodes = most});
  REQUIRE(largest->status().ok());
}

TEST_CASE("an expression of another tape, or of none, is refused wherever it is used") {
  test::Owned<Tape<float>> other({.widths = kWidths});
  const auto v = other->network({dx});
  const Expression<float> none;
  const Status foreign{StatusCode::foreign_expression};
  REQUIRE(status_after([&](auto&, auto& u) { (void)(u + v); }) == foreign);
  REQUIRE(status_after([&](auto&, auto& u) { (void)(u[dx] * v[dx]); }) == foreign);
  REQUIRE(status_after([&](auto&, auto& u) { (void)(u - none); }) == foreign);
  REQUIRE(status_after([&](auto&, auto& u) { (void)(none * u); }) == foreign);
  REQUIRE(status_after([&](auto& tape, auto&) { (void)tape.minimise(mean_square(v)); }) == foreign);
  REQUIRE(status_after([&](auto& tape, auto& u) { (void)tape.minimise(mean_square(u, v[dx])); }) ==
          foreign);
  REQUIRE(status_after([&](auto& tape, auto& u) {
            (void)tape.minimise(mean_square(u) + mean_square(none));
          }) == foreign);
  REQUIRE(status_after([&](auto& tape, auto&) { (void)(Expression<float>(tape, 60000) + 1.0); }) ==
          foreign);
  REQUIRE(other->status().ok());
  REQUIRE((none + none).tape() == nullptr);
  REQUIRE(square(exp(-none) / 2.0).tape() == nullptr);
}

TEST_CASE("a tape is closed once: what comes after minimise() is refused") {
  for (int what = 0; what < 6; ++what) {
    CAPTURE(what);
    test::Owned<Tape<double>> tape({.widths = kWidths});
    const auto u = tape->network({dx});
    REQUIRE(tape->minimise(mean_square(u)).ok());
    const std::size_t nodes = tape->nodes().size();
    if (what == 0) (void)tape->minimise(mean_square(u));
    if (what == 1) (void)(u + 1.0);
    if (what == 2) (void)u[dx];
    if (what == 3) (void)tape->point(0);
    if (what == 4) (void)tape->network();
    if (what == 5) (void)tape->constant(1);
    REQUIRE(tape->status() == Status{StatusCode::tape_closed});
    REQUIRE(tape->nodes().size() == nodes);
    REQUIRE(tape->networks().size() == 1);
  }
}

TEST_CASE("a loss without terms, with too many, or without a network is refused") {
  const auto minimised = [](const auto& loss_of) {
    return status_after([&](auto& tape, auto& u) { (void)tape.minimise(loss_of(tape, u)); });
  };
  REQUIRE(minimised([](auto&, auto&) { return Loss<float>{}; }) == Status{StatusCode::no_loss});
  for (const std::size_t count : {8u, 9u, 17u}) {
    const Status status = minimised([&](auto&, auto& u) {
      Loss<float> loss;
      for (std::size_t k = 0; k < count; ++k) loss = loss + mean_square(u);
      return loss;
    });
    REQUIRE(status == (count == 8 ? Status{} : Status{StatusCode::too_many_terms, 8}));
  }
  REQUIRE(minimised([](auto& tape, auto&) { return mean_square(tape.point(0) + 1.0); }) ==
          Status{StatusCode::loss_without_network});
  REQUIRE(minimised([](auto& tape, auto& u) {
            return mean_square(tape.constant(2)) + 0.0 * mean_square(u);
          }) == Status{StatusCode::loss_without_network});
  REQUIRE(
      minimised([](auto& tape, auto& u) { return mean_square(tape.point(0), square(u)); }).ok());
  REQUIRE(minimised([](auto&, auto& u) { return std::nan("") * mean_square(u); }) ==
          Status{StatusCode::not_finite});
  REQUIRE(minimised([](auto&, auto& u) { return 1e39 * mean_square(u); }) ==
          Status{StatusCode::not_finite});
}

TEST_CASE("a tape has room for four networks") {
  const auto networks = [](std::size_t more) {
    return status_after([&](auto& tape, auto&) {
      for (std::size_t k = 0; k < more; ++k) (void)tape.network({dx})[dx];
    });
  };
  REQUIRE(networks(3).ok());
  REQUIRE(networks(4) == Status{StatusCode::too_many_networks, 4});
}

TEST_CASE("numbers must be finite in the numbers of the tape") {
  const auto code = [](const auto& record) { return status_after(record).code; };
  for (const double number : {kInfinity, -kInfinity, std::nan(""), 1e39}) {
    CAPTURE(number);
    REQUIRE(code([&](auto& tape, auto&) { (void)tape.constant(number); }) ==
            StatusCode::not_finite);
    REQUIRE(code([&](auto&, auto& u) { (void)(number * u); }) == StatusCode::not_finite);
    REQUIRE(code([&](auto&, auto& u) { (void)(u + number); }) == StatusCode::not_finite);
    REQUIRE(code([&](auto&, auto& u) { (void)(number - u); }) == StatusCode::not_finite);
    REQUIRE(code([&](auto&, auto& u) { (void)sqrt(u, number); }) == StatusCode::not_finite);
  }
  REQUIRE(code([](auto&, auto& u) { (void)(u / 0.0); }) == StatusCode::not_finite);
  test::Owned<Tape<double>> tape({.widths = kWidths});
  (void)tape->constant(1e39);
  REQUIRE(tape->status().ok());
}

TEST_CASE("the first failure of a tape stays") {
  REQUIRE(status_after([](auto& tape, auto& u) {
            (void)tape.point(7);
            (void)(kInfinity * u);
            (void)u(3);
          }) == Status{StatusCode::no_such_column, 7});
  REQUIRE(status_after([](auto& tape, auto& u) {
            (void)(u + kInfinity);
            (void)tape.point(7);
          }) == Status{StatusCode::not_finite, 0});
}

TEMPLATE_TEST_CASE("a replay allocates nothing, nor does a recording", "", float, double) {
  if (!test::counts_allocations()) return test::skip("a sanitizer owns the allocator");
  const std::vector<TestType> points = test::random_numbers<TestType>(2 * 50, 1);
  const MatrixView<const TestType> view(points.data(), 50, 2);
  for (const Activation hidden : kActivations) {
    test::Owned<Mlp<TestType>> network({.widths = kWidths, .hidden = hidden});
    test::randomise(*network, 2);
    std::vector<TestType> gradient(network->parameters().size());
    test::Owned<Tape<TestType>> tape({.widths = kWidths});
    Expression<TestType> kept;
    REQUIRE(test::allocations_of([&] {
              auto u = tape->network({dt, dxx});
              auto r = u[dt] + exp(tanh(u)) * u[dx] - 0.01 * u[dxx];
              auto w = sqrt(square(sin(u)), 0.1) + abs(u[dt]) + tape->point(0);
              kept = u;
              (void)tape->minimise(mean_square(r, w) + mean_square(u - 1.0));
            }) == 0);
    REQUIRE(tape->status().ok());
    test::Owned<Replay<TestType>> replay({.tape = &*tape, .tile = 64});
    double loss = 0;
    REQUIRE(test::allocations_of([&] {
              replay->forward(*network, view);
              loss = replay->loss() + static_cast<double>(replay->values(kept)[3]);
              replay->backward(*network, 0.02, gradient);
            }) == 0);
    REQUIRE(std::isfinite(loss));
  }
}

TEST_CASE("a tape has the reference's derivatives of the published networks") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  test::Owned<Mlp<double>> network({.widths = test::published_widths()});
  test::Owned<Tape<double>> tape({.widths = test::published_widths()});
  auto u = tape->network({dx, dt, dxx});
  const std::array<Expression<double>, 4> streams{u, u[dx], u[dt], u[dxx]};
  test::Owned<Replay<double>> replay({.tape = &*tape, .tile = 64});
  for (const std::string name : {"sine", "riemann"}) {
    INFO(name);
    test::read_published(directory, name, *network);
    const auto rows = test::reference_rows(directory, "jets_" + name + ".txt");
    REQUIRE(rows.size() == 64);
    std::vector<double> points(128);
    for (std::size_t p = 0; p < 64; ++p) {
      points[p] = rows[p][0];
      points[64 + p] = rows[p][1];
    }
    replay->forward(*network, {points.data(), 64, 2});
    for (std::size_t s = 0; s < 4; ++s) {
      const auto values = replay->values(streams[s]);
      for (std::size_t p = 0; p < 64; ++p) {
        CAPTURE(s, p);
        CHECK(test::relatively_close(values[p], rows[p][2 + s], 1e-10));
      }
    }
  }
}

TEST_CASE("gradients of a wide network are finite in float, far out and in its middle") {
  test::Owned<Mlp<float>> network({.widths = test::published_widths()});
  initialise(*network, Initialiser::glorot_normal, 3);
  for (const double size : {1.0, 1e3, 1e30}) {
    CAPTURE(size);
    std::vector<double> points = test::random_numbers<double>(2 * 70, 4);
    for (double& coordinate : points) coordinate *= size;
    CHECK(finite(burgers(*network, points)));
  }
}

TEST_CASE("gradients of the published networks are finite in float, and close to double's") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  test::Owned<Mlp<float>> single({.widths = test::published_widths()});
  test::Owned<Mlp<double>> exact({.widths = test::published_widths()});
  std::vector<double> points = test::random_numbers<double>(2 * 100, 4);
  for (double& coordinate : points) coordinate = (coordinate + 1) / 2;
  for (const std::string name : {"sine", "riemann"}) {
    INFO(name);
    test::read_published(directory, name, *single);
    test::read_published(directory, name, *exact);
    const Evaluated rounded = burgers(*single, points);
    const Evaluated reference = burgers(*exact, points);
    CHECK(finite(rounded));
    std::vector<double> difference = reference.gradient;
    for (std::size_t i = 0; i < difference.size(); ++i) difference[i] -= rounded.gradient[i];
    CAPTURE(rounded.loss, reference.loss, norm(difference), norm(reference.gradient));
    CHECK(norm(difference) < 1e-2 * norm(reference.gradient));
  }
}
