// The singular values of a matrix of noise beside the law of Marchenko and Pastur.
#include <cmath>
#include <cstdio>
#include <pinnscope/core/random.hpp>
#include <pinnscope/spectra/matrices/singular_values.hpp>
#include <pinnscope/spectra/random_matrices/marchenko_pastur.hpp>
#include <vector>

using namespace pinnscope;

int main() {
  constexpr std::size_t kRows = 100, kColumns = 200;
  const Philox random(1);
  std::vector<double> entries(kRows * kColumns);  // column after column
  for (std::size_t i = 0; i < entries.size(); ++i) entries[i] = random.normal(i);

  const SingularValues<double>::Config config{.rows = kRows, .columns = kColumns};
  std::vector<std::byte> memory(SingularValues<double>::footprint(config).bytes);
  Arena arena(memory);
  SingularValues<double> spectrum(config, arena);
  Status status = spectrum.compute({entries.data(), kRows, kColumns});
  MarchenkoPasturFit fit;
  if (status.ok()) {
    status = compare_with_marchenko_pastur(spectrum.values(), kRows, kColumns, 1, fit);
  }
  const double edge = MarchenkoPastur(double(kRows) / kColumns).upper_edge();
  std::printf("%s: the largest of s^2 / %zu is %.3f, the edge %.3f, the distance %.3f\n",
              status.text(), kColumns, fit.largest, edge, fit.distance);
  return status.ok() && fit.distance < 0.05 ? 0 : 1;
}
