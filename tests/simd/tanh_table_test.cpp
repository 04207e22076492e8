#include "pinnscope/simd/tanh_table.hpp"

#include <cmath>

#include "support/test.hpp"

using namespace pinnscope;

namespace {

using Vector = Lanes<float, 16>;

/// The table as a processor without such registers would read it.
Vector look_up(const TanhTable::Entries& entries, Lanes<std::uint32_t, 16> places) {
  Vector found{};
  for (std::size_t lane = 0; lane < 4; ++lane) {
    found[lane] = entries[places[lane] % TanhTable::kPieces];
  }
  return found;
}

}  // namespace

TEST_CASE("the tanh that the compiler tabulates is that of the C library") {
  for (double u = 1e-3; u < 20; u *= 1.01) {
    REQUIRE(std::fabs(tanh_by_definition(u) - std::tanh(u)) < 1e-15);
  }
}

TEST_CASE("interpolation finds the polynomial that values are of") {
  const auto found =
      interpolate<4>({-1, 0.5, 2, 3}, {-1 - 2, 0.125 + 1, 8 + 4, 27 + 6});  // x^3 + 2 x
  const std::array<double, 4> expected{0, 2, 0, 1};
  for (std::size_t k = 0; k < 4; ++k) REQUIRE(std::fabs(found[k] - expected[k]) < 1e-14);
}

TEST_CASE("pieces of tanh join: at their edges both sides are within two units") {
  for (std::uint32_t piece = 1; piece < TanhTable::kPieces; ++piece) {
    const auto bits = (TanhTable::kFirstPiece + piece - 1) << TanhTable::kPieceShift;
    const float edge = std::bit_cast<float>(bits);
    for (const float u : {std::nextafter(edge, 0.0f), edge, std::nextafter(edge, 32.0f)}) {
      const float tanh = tanh_by_table(Vector{} + u, look_up).value[0];
      const float exact = static_cast<float>(std::tanh(static_cast<double>(u)));
      CAPTURE(u);
      REQUIRE(std::fabs(tanh - exact) <= 2 * (exact - std::nextafter(exact, 0.0f)));
    }
  }
}

TEST_CASE("the exponential by table is within 1.5 units in the last place") {
  double worst = 0;
  for (float y = -87; y < 0; y *= 0.99999f) {
    if (y > -1e-6f) break;
    const double exact = std::exp(static_cast<double>(y));
    const auto rounded = static_cast<float>(exact);
    const double unit = std::nextafter(rounded, 2.0f) - rounded;
    const double result =
        scaled_exponential_by_table(Vector{} + y, look_up)[0] / double{kTableScale};
    worst = std::max(worst, std::fabs(result - exact) / unit);
  }
  CAPTURE(worst);
  REQUIRE(worst <= 1.5);
}
