#include "pinnscope/core/random.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <set>

#include "support/test.hpp"

using namespace pinnscope;

// The known answers of the Random123 distribution (kat_vectors, philox4x32 10).
static_assert(Philox::rounds({0, 0, 0, 0}, {0, 0}) ==
              Philox::Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});

TEST_CASE("Philox meets the known answers of Random123") {
  constexpr std::uint32_t kOnes = 0xffffffff;
  REQUIRE(Philox::rounds({kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}) ==
          Philox::Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  REQUIRE(
      Philox::rounds({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
      Philox::Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("a Philox draw depends on seed, stream and index, and on nothing else") {
  const Philox one(7, 3);
  const Philox same(7, 3);
  static_cast<void>(one.words(0));
  REQUIRE(one.words(5) == same.words(5));
  REQUIRE(one.words(5) != one.words(6));
  REQUIRE(one.words(5) != Philox(7, 4).words(5));
  REQUIRE(one.words(5) != Philox(8, 3).words(5));
}

// Where the two of a training stand in files that are kept.
static_assert(stream_of(StreamPurpose::weights, 5) == 5);
static_assert(stream_of(StreamPurpose::training_points, 5) == (std::uint64_t{1} << 32) + 5);

TEST_CASE("no two purposes, draws or groups share a stream, and none a block with another") {
  constexpr std::array<std::uint64_t, 5> kDraws{0, 1, 2, 0x80000000, 0xffffffff};
  constexpr std::array<std::uint64_t, 5> kGroups{0, 1, 2, 0x800000, 0xffffff};
  std::set<std::uint64_t> streams;
  std::set<Philox::Words> blocks;
  std::size_t count = 0;
  for (unsigned k = 0; k < 256; ++k) {
    for (const std::uint64_t draw : kDraws) {
      for (const std::uint64_t group : kGroups) {
        const auto purpose = static_cast<StreamPurpose>(k);
        streams.insert(stream_of(purpose, draw, group));
        const Philox source(1, purpose, draw, group);
        for (std::uint64_t index = 0; index < 4; ++index) blocks.insert(source.words(index));
        ++count;
      }
    }
  }
  REQUIRE(streams.size() == count);
  REQUIRE(blocks.size() == 4 * count);
}

TEST_CASE("uniform draws lie inside the open interval and have the moments of the uniform law") {
  const Philox source(1);
  double sum = 0;
  double squares = 0;
  constexpr int kDraws = 100000;
  for (int i = 0; i < kDraws; ++i) {
    const double draw = source.uniform(static_cast<std::uint64_t>(i));
    REQUIRE_FALSE((draw <= 0 || draw >= 1));
    sum += draw;
    squares += draw * draw;
  }
  // Five standard errors: sd of a draw is 0.2887, of its square 0.2981.
  REQUIRE(std::fabs(sum / kDraws - 1.0 / 2) < 5 * 0.2887 / std::sqrt(kDraws));
  REQUIRE(std::fabs(squares / kDraws - 1.0 / 3) < 5 * 0.2981 / std::sqrt(kDraws));
}

TEST_CASE("normal draws have the moments of the standard normal law") {
  const Philox source(1);
  double sum = 0;
  double squares = 0;
  double fourth = 0;
  constexpr int kDraws = 100000;
  for (int i = 0; i < kDraws; ++i) {
    const double draw = source.normal(static_cast<std::uint64_t>(i));
    sum += draw;
    squares += draw * draw;
    fourth += draw * draw * draw * draw;
  }
  // Five standard errors: variances of x, x^2, x^4 are 1, 2, 96.
  REQUIRE(std::fabs(sum / kDraws) < 5 / std::sqrt(kDraws));
  REQUIRE(std::fabs(squares / kDraws - 1) < 5 * std::sqrt(2.0 / kDraws));
  REQUIRE(std::fabs(fourth / kDraws - 3) < 5 * std::sqrt(96.0 / kDraws));
}

TEST_CASE("NumpyRand repeats numpy.random.seed(25), numpy.random.rand(8)") {
  NumpyRand draw(25);
  const double expected[] = {0.87012414, 0.58227693, 0.27883894, 0.18591123,
                             0.41110013, 0.11737555, 0.68496874, 0.43761106};
  for (const double value : expected) REQUIRE(std::fabs(draw() - value) < 5e-9);
}
