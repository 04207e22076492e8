#include "support/reference.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "support/test.hpp"

namespace pinnscope::test {

std::string reference_directory() {
  const char* named = std::getenv("PINNSCOPE_REFERENCE_DIR");
  const char* source = std::getenv("PINNSCOPE_SOURCE_DIR");
  const std::string directory = named != nullptr    ? named
                                : source != nullptr ? std::string(source) + "/../shared"
                                                    : "../shared";
  if (std::filesystem::is_directory(directory + "/reference")) return directory;
  skip("there is no reference data (../shared, or PINNSCOPE_REFERENCE_DIR)");
  return {};
}

std::vector<std::vector<double>> reference_rows(const std::string& directory,
                                                const std::string& name) {
  std::ifstream file(directory + "/reference/" + name);
  std::vector<std::vector<double>> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#' || line[0] == '@') continue;
    std::istringstream words(line);
    std::vector<double> row;
    for (std::string word; words >> word;) row.push_back(std::strtod(word.c_str(), nullptr));
    rows.push_back(row);
  }
  INFO("reference file " << name);
  REQUIRE(!rows.empty());
  return rows;
}

}  // namespace pinnscope::test
