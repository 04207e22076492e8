#include <array>

#include "nn/network.hpp"
#include "pinnscope/tape/replay.hpp"
#include "support/footprint.hpp"
#include "support/test.hpp"

using namespace pinnscope;
using namespace pinnscope::partial;

namespace {

constexpr std::array<std::size_t, 4> kWidths{2, 5, 4, 1};

// Four widths, 64 + 16 nodes of 32 bytes, and the derivatives of 64.
static_assert(Tape<float>::footprint({.widths = kWidths}).payload == 64 + 2560 + 1024);

template <class T>
Status record_burgers(Tape<T>& tape) {
  auto u = tape.network({dt, dxx});
  return tape.minimise(mean_square(u[dt] + u * u[dx] - 0.01 * u[dxx]) +
                       mean_square(tape.network() - tape.point(0)));
}

}  // namespace

TEMPLATE_TEST_CASE("a tape is built in exactly its footprint", "", float, double) {
  const typename Tape<TestType>::Config config{.widths = kWidths, .nodes = 13};
  test::check_footprint<Tape<TestType>>(config, [](Tape<TestType>& tape) {
    REQUIRE(record_burgers(tape).ok());
    REQUIRE(tape.networks()[0].stream_count() == 3);
  });
}

TEMPLATE_TEST_CASE("a replay is built in exactly its footprint", "", float, double) {
  test::Owned<Tape<TestType>> tape({.widths = kWidths});
  REQUIRE(record_burgers(*tape).ok());
  for (const Activation hidden : kActivations) {
    INFO(text(hidden));
    test::Owned<Mlp<TestType>> network({.widths = kWidths, .hidden = hidden});
    network->biases(2)[0] = 1;
    for (const std::size_t tile : {1u, 20u}) {
      const typename Replay<TestType>::Config config{.tape = &*tape, .tile = tile};
      test::check_footprint<Replay<TestType>>(config, [&](Replay<TestType>& replay) {
        const std::array<TestType, 2 * 20> points{};
        std::array<TestType, 44> gradient{};
        replay.forward(*network, {points.data(), tile, 2});
        REQUIRE(replay.loss() == static_cast<double>(tile));
        replay.backward(*network, 1, gradient);
        REQUIRE(gradient.back() == 2 * static_cast<TestType>(tile));
      });
    }
  }
}

TEST_CASE("a replay of a failed tape needs no room for networks") {
  std::array<std::byte, 64> little{};
  Arena arena(little);
  Tape<double> tape({.widths = kWidths}, arena);
  REQUIRE_FALSE(record_burgers(tape).ok());
  REQUIRE(Replay<double>::footprint({.tape = &tape}).bytes == 0);
}
