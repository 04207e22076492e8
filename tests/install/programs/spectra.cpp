#include <cmath>
#include <cstdio>
#include <pinnscope/spectra/matrices/singular_values.hpp>
#include <vector>

int main() {
  using namespace pinnscope;
  const std::vector<double> matrix{3, 0, 4, 5};  // by columns: sqrt 45 and sqrt 5
  std::vector<std::byte> memory(SingularValues<double>::footprint({.rows = 2, .columns = 2}).bytes);
  Arena arena(memory);
  SingularValues<double> spectrum({.rows = 2, .columns = 2}, arena);
  const Status status = spectrum.compute({matrix.data(), 2, 2});
  const double product = spectrum.values()[0] * spectrum.values()[1];
  std::printf("%s: the product is %g\n", status.text(), product);
  return status.ok() && std::abs(product - 15) < 1e-12 ? 0 : 1;
}
