#include "pinnscope/io/memory.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "pinnscope/io/number_text.hpp"

namespace pinnscope {
namespace {

constexpr std::size_t kUnlimited = std::numeric_limits<std::size_t>::max();
constexpr std::size_t kTooSmallToLook = std::size_t{1} << 20;
constexpr std::size_t kPartKept = 32;  // one of so many stays with the system
constexpr std::size_t kNamedBlocks = 3;

/// The number behind `name` in a file of lines "name number", or the first one for no name.
std::optional<std::size_t> quantity_in(const std::string& path, std::string_view name = "") {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(name)) continue;
    const std::size_t start = line.find_first_not_of(" \t", name.size());
    std::size_t number = 0;
    if (start == std::string::npos || (!name.empty() && start == name.size())) continue;
    const auto read = std::from_chars(line.data() + start, line.data() + line.size(), number);
    if (read.ec == std::errc::result_out_of_range) return kUnlimited;
    if (read.ec == std::errc()) return number;
  }
  return std::nullopt;
}

std::size_t difference(std::size_t whole, std::size_t part) {
  return whole > part ? whole - part : 0;
}

std::size_t left_of_address_space(const std::string& root) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return kUnlimited;
  const std::size_t pages = quantity_in(root + "/proc/self/statm").value_or(0);
  return difference(static_cast<std::size_t>(limit.rlim_cur),
                    pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)));
}

std::size_t left_of_machine(const std::string& root) {
  const std::string path = root + "/proc/meminfo";
  const auto available = quantity_in(path, "MemAvailable:");
  if (!available) return kUnlimited;
  return (*available + quantity_in(path, "SwapFree:").value_or(0)) * 1024;
}

/// The names that a version of control groups gives its files.
struct GroupFiles {
  const char* mount;
  const char* limit;
  const char* usage;
  std::array<const char*, 2> caches;  // of files, in memory.stat
};

constexpr GroupFiles kVersion1{"/sys/fs/cgroup/memory",
                               "memory.limit_in_bytes",
                               "memory.usage_in_bytes",
                               {"total_inactive_file", "total_active_file"}};
constexpr GroupFiles kVersion2{
    "/sys/fs/cgroup", "memory.max", "memory.current", {"inactive_file", "active_file"}};

std::size_t left_of_group(const std::filesystem::path& group, const GroupFiles& files) {
  const auto limit = quantity_in(group / files.limit);
  const auto usage = quantity_in(group / files.usage);
  if (!limit || !usage) return kUnlimited;
  std::size_t caches = 0;
  for (const char* cache : files.caches) {
    caches += quantity_in(group / "memory.stat", cache).value_or(0);
  }
  return difference(*limit, difference(*usage, caches));
}

/// Of the groups from the one at `path` up. In a container the path may be one of the host, which
/// is not there; the mount is then the container's own group.
std::size_t left_of_groups(const std::string& root, std::string path, const GroupFiles& files) {
  std::size_t left = kUnlimited;
  for (;;) {
    left = std::min(left, left_of_group(root + files.mount + path, files));
    if (path.empty()) return left;
    path.resize(std::min(path.rfind('/'), path.size() - 1));
  }
}

/// Of every control group: lines "number:controllers:/path", the second part empty in version 2.
std::size_t left_of_control_groups(const std::string& root) {
  std::size_t left = kUnlimited;
  std::ifstream file(root + "/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first == std::string::npos ? first : first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = ',' + line.substr(first + 1, second - first - 1) + ',';
    std::string path = line.substr(second + 1);
    if (path == "/") path.clear();
    if (controllers == ",,") left = std::min(left, left_of_groups(root, path, kVersion2));
    if (controllers.find(",memory,") != std::string::npos) {
      left = std::min(left, left_of_groups(root, path, kVersion1));
    }
  }
  return left;
}

/// "for matrix to decompose (7.5 GiB), real parts (97.7 KiB) and more".
std::string purpose_of(const Footprint& need) {
  std::vector<Block> blocks(need.list().begin(), need.list().end());
  std::ranges::stable_sort(blocks, std::greater<>(), &Block::bytes);
  std::string text;
  for (std::size_t k = 0; k < std::min(kNamedBlocks, blocks.size()); ++k) {
    text += (k == 0 ? "for " : ", ") + std::string(blocks[k].name) + " (" +
            bytes_text(blocks[k].bytes) + ")";
  }
  return text + (blocks.size() > kNamedBlocks ? " and more" : "");
}

}  // namespace

std::string bytes_text(std::size_t bytes) {
  constexpr std::array kUnits{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  if (bytes < 1024) return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
  double value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  for (; value >= 1024 && unit + 1 < kUnits.size(); ++unit) value /= 1024;
  std::string text;
  append_fixed(text, value, 1);
  return text + " " + kUnits[unit] + (bytes == kUnlimited ? " or more" : "");
}

std::size_t available_memory(const std::string& root) {
  const std::size_t shared = std::min(left_of_machine(root), left_of_control_groups(root));
  const std::size_t kept = shared == kUnlimited ? 0 : shared / kPartKept;
  return std::min(shared - kept, left_of_address_space(root));
}

void require_memory(std::size_t bytes, const std::string& purpose) {
  if (bytes < kTooSmallToLook) return;
  const std::size_t found = available_memory();
  if (found < bytes) throw OutOfMemory(bytes, purpose, found);
}

void require_memory(const Footprint& need, std::size_t times) {
  const std::size_t bytes = Footprint::saturating_multiply(need.bytes, times);
  if (bytes < kTooSmallToLook) return;
  const std::size_t found = available_memory();
  if (found >= bytes) return;
  const std::string each = times == 1 ? "" : ", " + std::to_string(times) + " times";
  throw OutOfMemory(bytes, purpose_of(need) + each, found);
}

ArenaMemory::ArenaMemory(const Footprint& need) : size_(need.bytes) {
  require_memory(need);
  memory_.reset(new (std::nothrow) std::byte[size_]);
  if (memory_ == nullptr) throw OutOfMemory(size_, purpose_of(need), available_memory());
}

}  // namespace pinnscope
