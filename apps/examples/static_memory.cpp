#include <array>
#include <cstdio>
#include <pinnscope/nn/forward.hpp>
#include <pinnscope/nn/initialise.hpp>

int main() {
  using namespace pinnscope;
  using namespace pinnscope::partial;
  static constexpr std::array<std::size_t, 4> widths{2, 32, 32, 1};  // x, t -> u
  constexpr Mlp<float>::Config config{.widths = widths, .hidden = Activation::tanh};
  constexpr ForwardPass<float>::Config pass_config{.widths = widths, .derivatives = {dx, dt, dxx}};
  constexpr Footprint need =
      Mlp<float>::footprint(config) + ForwardPass<float>::footprint(pass_config);
  static std::byte memory[need.bytes];  // all there ever is: no heap

  Arena arena(memory);
  Mlp<float> network(config, arena);
  ForwardPass<float> pass(pass_config, arena);
  initialise(network, Initialiser::glorot_uniform, 1);
  const std::array<float, 2> point{0.25f, 0.5f};
  std::array<float, 4> u{};  // u, u_x, u_t, u_xx
  const Status status = pass.evaluate_point(network, point, u);
  std::printf("%s: %g %g %g %g\n", status.text(), u[0], u[1], u[2], u[3]);
  return status.ok() ? 0 : 1;
}
