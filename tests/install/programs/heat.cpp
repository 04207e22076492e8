#include <cmath>
#include <cstdio>
#include <numbers>
#include <pinnscope/core/random.hpp>
#include <pinnscope/train/trainer.hpp>
#include <vector>

int main() {
  using namespace pinnscope;
  using namespace pinnscope::partial;
  const std::vector<std::size_t> widths{2, 20, 20, 1};  // x, t -> u
  std::vector<std::byte> memory(2 << 20);
  Arena arena(memory);

  // u_t = 0.1 u_xx inside, u = sin pi x on three sides of the unit square: at t = 0, x = 0, x = 1.
  Tape<float> inside({.widths = widths}, arena);
  const auto u = inside.network({dt, dxx});
  Status status = inside.minimise(mean_square(u[dt] - 0.1 * u[dxx]));
  Tape<float> sides({.widths = widths}, arena);
  const auto v = sides.network();
  if (status.ok()) {
    status = sides.minimise(mean_square(v - sin(std::numbers::pi * sides.point(0))));
  }

  const Philox random(1);
  std::vector<float> points(2 * 1000), edges(2 * 300);  // each a column of x, then one of t
  for (std::size_t i = 0; i < 2000; ++i) points[i] = float(random.uniform(i));
  for (std::size_t i = 0; i < 600; ++i) edges[i] = float(random.uniform(2000 + i));
  for (std::size_t i = 0; i < 100; ++i) edges[300 + i] = edges[100 + i] = 0, edges[200 + i] = 1;

  const LossTerm<float> terms[]{{"residual", &inside, {points.data(), 1000, 2}},
                                {"sides", &sides, {edges.data(), 300, 2}}};
  Trainer<float> trainer({.network = {.widths = widths}, .terms = terms, .adam_steps = 500}, arena);
  while (status.ok() && !trainer.done()) status = trainer.step();
  std::printf("%s after %zu steps, loss %.1e\n", status.text(), trainer.steps(), trainer.loss());
  return status.ok() && arena.status().ok() && trainer.loss() < 1e-3 ? 0 : 1;
}
