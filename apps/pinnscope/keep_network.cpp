#include "keep_network.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <system_error>

#include "pinnscope/io/destination.hpp"
#include "pinnscope/io/network_file.hpp"

namespace pinnscope::apps {
namespace {

/// The directories of what are files; devices and pipes have none that is meant for files.
std::vector<std::filesystem::path> places(const std::vector<std::string>& files) {
  std::vector<std::filesystem::path> found;
  for (const std::string& file : files) {
    Destination destination;
    if (file.empty() || !find_destination(file, destination).ok()) continue;
    if (destination.kind == Destination::Kind::stream) continue;
    const std::filesystem::path parent = std::filesystem::path(destination.path).parent_path();
    found.push_back(parent.empty() ? "." : parent);
  }
  std::error_code error;
  found.emplace_back(".");
  if (const auto temporary = std::filesystem::temp_directory_path(error); !error) {
    found.push_back(temporary);
  }
  if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') {
    found.emplace_back(home);
  }
  return found;
}

/// "NAME.kept-<digits>" and the ending; a name that is too long for that loses its end.
std::string kept_name(const std::string& path) {
  constexpr std::size_t kRoom = 200;
  const std::string stem = path == "-" ? "network" : std::filesystem::path(path).stem().string();
  std::array<char, 32> digits{};
  std::random_device random;
  std::snprintf(digits.data(), digits.size(), ".kept-%08x%08x", random(), random());
  return stem.substr(0, kRoom) + std::string(digits.data()).append(written_ending());
}

}  // namespace

std::string keep_network(const std::string& path, const NetworkWeights& network,
                         Precision precision, const std::vector<std::string>& others) {
  std::vector<std::string> files{path};
  files.insert(files.end(), others.begin(), others.end());
  const std::string name = kept_name(path);
  for (const std::filesystem::path& directory : places(files)) {
    const std::string kept = (directory / name).string();
    if (write_network(kept, network, precision).ok()) return kept;
  }
  return "";
}

FileStatus write_or_keep(const std::string& path, const NetworkWeights& network,
                         Precision precision, const std::vector<std::string>& others) {
  FileStatus status = write_network(path, network, precision);
  if (status.ok()) return status;
  const std::string kept = keep_network(path, network, precision, others);
  status.message +=
      kept.empty() ? "; no other directory took the network" : "; the network is kept as " + kept;
  return status;
}

}  // namespace pinnscope::apps
