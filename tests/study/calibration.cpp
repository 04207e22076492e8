// What verdicts say of matrices that are no scheme, and how uniform their percentiles are.
//   calibration [MATRICES] [THREADS] [CELLS...]

#include "study/calibrate.hpp"

int main(int count, char** words) {
  using namespace pinnscope;
  using namespace pinnscope::study;
  const auto number = [&](int k, std::size_t otherwise) {
    return count > k ? static_cast<std::size_t>(std::strtoull(words[k], nullptr, 10)) : otherwise;
  };
  const std::size_t matrices = number(1, 1000);
  Workers crew(number(2, 1));
  std::vector<std::size_t> sizes;
  for (int k = 3; k < count; ++k) sizes.push_back(number(k, 0));
  if (sizes.empty()) sizes = {20, 50, 100, 200, 400};
  std::printf(
      "matrices,cells,count,none,none_lower,none_upper,schemes,ks_permuted,ks_relabelled,"
      "ks_velocity\n");
  for (const std::size_t cells : sizes) {
    for (const Structureless kind : {Structureless::gaussian, Structureless::permuted}) {
      const Calibration found = calibrate(kind, cells, matrices, 99, crew);
      const Proportion none = proportion(found.none, matrices);
      std::printf("%s,%zu,%zu,%.3f,%.3f,%.3f,%zu,%.2g,%.2g,%.2g\n", text(kind), cells, matrices,
                  none.share, none.lower, none.upper, found.schemes, found.permuted,
                  found.relabelled, found.velocity);
      std::fflush(stdout);
    }
  }
  return 0;
}
