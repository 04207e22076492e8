// A signal through 1000 steps of FTCS for z_t + z_x = 0.5 z_xx, with the largest stable time step
// and with one that is a tenth longer.
#include <array>
#include <cmath>
#include <cstdio>
#include <pinnscope/step/stability.hpp>
#include <pinnscope/step/stepper.hpp>

using namespace pinnscope;

constexpr Stepper<double>::Config kConfig{
    .scheme = Scheme::ftcs, .cells = 64, .velocity = 1, .diffusivity = 0.5, .dx = 0.25};

int main() {
  const double limit = largest_stable_dt(kConfig.scheme, 1, 0.5, kConfig.dx);
  bool as_expected = true;
  for (const double dt : {limit, 1.1 * limit}) {
    Stepper<double>::Config config = kConfig;
    config.dt = dt;
    static std::byte memory[Stepper<double>::footprint(kConfig).bytes];
    Arena arena(memory);
    Stepper<double> stepper(config, arena);
    std::array<double, kConfig.cells> z{};
    z[kConfig.cells / 2] = 1;
    const Status status = stepper.run(z, 1000);
    double largest = 0;
    for (const double entry : z) largest = std::fmax(largest, std::abs(entry));
    const bool stable = is_stable(config.scheme, stepper.numbers());
    std::printf("dt = %.5f is %s: %s, largest |z| %.1e\n", dt, stable ? "stable" : "unstable",
                status.text(), largest);
    as_expected = as_expected && status.ok() && stable == (largest <= 1);
  }
  return as_expected ? 0 : 1;
}
