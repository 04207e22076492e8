#pragma once

#include <string>
#include <vector>

namespace pinnscope::test {

/// Where the reference numbers lie: $PINNSCOPE_REFERENCE_DIR, else ../shared beside the source
/// tree. Empty, after a word about the test that skips, where there are none.
std::string reference_directory();

/// The rows of numbers in `reference/NAME`, without lines that start with # or @. A file that is
/// there but cannot be read fails the running test.
std::vector<std::vector<double>> reference_rows(const std::string& directory,
                                                const std::string& name);

}  // namespace pinnscope::test
