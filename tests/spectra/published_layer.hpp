#pragma once

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "support/reference.hpp"
#include "support/test.hpp"

namespace pinnscope::test {

/// The published weights (or biases) of a layer in the order of the file: row after row, fan_in
/// rows of fan_out numbers. Network 0 is the sine one, 1 the Riemann one.
inline std::vector<float> published_layer(const std::string& directory, int network, int layer,
                                          bool biases = false) {
  const std::string name =
      directory + "/paper/" + (network == 0 ? "weights_sine/" : "weights_riemann/") +
      (biases ? "biases" : "weights") + "_burgers_layer" + std::to_string(layer) + ".txt";
  std::ifstream file(name);
  std::string header;
  std::getline(file, header);
  std::vector<float> entries;
  for (std::string word; file >> word;) entries.push_back(std::strtof(word.c_str(), nullptr));
  INFO("published layer " << name);
  REQUIRE(!entries.empty());
  return entries;
}

}  // namespace pinnscope::test
