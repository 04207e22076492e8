// Trains on a residual of one's own: u_t = 0.1 u_xx, and u = sin pi x at t = 0, x = 0 and x = 1.
#include <array>
#include <cstdio>
#include <numbers>
#include <pinnscope/core/random.hpp>
#include <pinnscope/train/trainer.hpp>

using namespace pinnscope;
using namespace pinnscope::partial;

constexpr std::array<std::size_t, 4> kWidths{2, 20, 20, 1};  // x, t -> u
constexpr std::array kTapes{
    Tape<float>::Config{.widths = kWidths, .networks = 1, .streams = Derivatives{dt, dxx}.count()},
    Tape<float>::Config{.widths = kWidths, .networks = 1, .streams = 1}};
constexpr Trainer<float>::Config kTraining{.network = {.widths = kWidths}, .adam_steps = 500};
constexpr Footprint kNeed = Tape<float>::footprint(kTapes[0]) + Tape<float>::footprint(kTapes[1]) +
                            Trainer<float>::footprint(kTraining, kTapes);

int main() {
  static std::byte memory[kNeed.bytes];
  Arena arena(memory);
  Tape<float> inside(kTapes[0], arena), sides(kTapes[1], arena);
  const auto u = inside.network({dt, dxx}), v = sides.network();
  Status status = inside.minimise(mean_square(u[dt] - 0.1 * u[dxx]));
  if (status.ok()) status = sides.minimise(mean_square(v - sin(std::numbers::pi * sides.point(0))));
  static float points[2][1300];  // x of all, then t of all: 1000 inside, 100 on each of three sides
  const Philox random(1);
  for (std::size_t i = 0; i < 2600; ++i) points[i / 1300][i % 1300] = float(random.uniform(i));
  for (std::size_t i = 1000; i < 1100; ++i) {
    points[1][i] = points[0][i + 100] = 0, points[0][i + 200] = 1;
  }
  const std::array terms{LossTerm<float>{"residual", &inside, {points[0], 1000, 2, 1300}},
                         LossTerm<float>{"sides", &sides, {points[0] + 1000, 300, 2, 1300}}};
  auto config = kTraining;
  config.terms = terms;
  Trainer<float> trainer(config, arena);
  while (status.ok() && !trainer.done()) status = trainer.step();
  std::printf("%s after %zu steps, loss %.1e\n", status.text(), trainer.steps(), trainer.loss());
  return status.ok() && trainer.loss() < 1e-3 ? 0 : 1;
}
