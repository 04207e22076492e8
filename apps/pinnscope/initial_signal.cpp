#include "initial_signal.hpp"

#include "pinnscope/io/points.hpp"
#include "pinnscope/signals/family_chain.hpp"

namespace pinnscope::apps {

FileStatus initial_signal(const PropagateOptions& options, std::uint32_t realisation,
                          std::vector<double>& z) {
  if (!options.initial) {
    random_signal(options.seed + realisation, z);
    return {};
  }
  if (options.initial->empty()) {
    return {StatusCode::empty_input, "--initial: expected the name of a file, found none"};
  }
  // A device may give bytes without end.
  constexpr std::size_t kBytesOfNumber = 64;
  PointReader reader(*options.initial, PointReader::kLongestLine + kBytesOfNumber * z.size());
  VectorView<const double> row;
  std::size_t count = 0;  // in the order of the file
  while (reader.next(row)) {
    for (const double number : row) {
      if (count < z.size()) z[count] = number;
      ++count;
    }
  }
  if (!reader.status().ok() || count == z.size()) return reader.status();
  return file_failure(
      StatusCode::shape_mismatch, input_name(*options.initial),
      "expected " + std::to_string(z.size()) + " numbers, found " + std::to_string(count));
}

}  // namespace pinnscope::apps
