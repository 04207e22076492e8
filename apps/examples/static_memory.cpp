#include <array>
#include <cstdio>
#include <pinnscope/nn/forward.hpp>
#include <pinnscope/nn/initialise.hpp>

using namespace pinnscope;
using namespace pinnscope::partial;

constexpr std::array<std::size_t, 4> kWidths{2, 32, 32, 1};  // x, t -> u
constexpr ForwardPass<float>::Config kPass{.widths = kWidths, .derivatives = {dx, dt, dxx}};
constexpr Footprint kNeed =
    Mlp<float>::footprint({.widths = kWidths}) + ForwardPass<float>::footprint(kPass);

int main() {
  static std::byte memory[kNeed.bytes];  // all there ever is: no heap
  Arena arena(memory);
  Mlp<float> network({.widths = kWidths}, arena);
  ForwardPass<float> pass(kPass, arena);
  initialise(network, Initialiser::glorot_uniform, 1);
  std::array<float, 4> u{};  // u, u_x, u_t, u_xx
  const Status status = pass.evaluate_point(network, std::array{0.25f, 0.5f}, u);
  std::printf("%s: %g %g %g %g\n", status.text(), u[0], u[1], u[2], u[3]);
  return status.ok() ? 0 : 1;
}
