#include "pinnscope/io/memory.hpp"

#include <filesystem>
#include <fstream>
#include <limits>

#include "io/example_network.hpp"
#include "io/temporary_directory.hpp"
#include "pinnscope/io/guard.hpp"
#include "support/test.hpp"

using namespace pinnscope;
using test::contains;

namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;
constexpr std::size_t kMost = std::numeric_limits<std::size_t>::max();

/// A machine of files: what Linux would say.
class Machine {
 public:
  void say(const std::string& path, const std::string& words) const {
    std::filesystem::create_directories((root_ + path).substr(0, (root_ + path).rfind('/')));
    std::ofstream(root_ + path) << words;
  }

  std::size_t available() const { return available_memory(root_); }

 private:
  test::TemporaryDirectory directory_;
  std::string root_ = directory_.path("root");
};

/// All but the 32nd that stays with the system.
constexpr std::size_t left_of(std::size_t bytes) { return bytes - bytes / 32; }

std::string refusal(const Footprint& need) {
  try {
    const ArenaMemory memory(need);
  } catch (const OutOfMemory& lack) {
    return lack.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("a system that tells nothing sets no limit to memory") {
  REQUIRE(Machine().available() == kMost);
}

TEST_CASE("memory and swap that the machine has left can be taken") {
  const Machine machine;
  machine.say("/proc/meminfo",
              "MemTotal: 999999 kB\nMemAvailable:    6144 kB\nSwapFree:  2048 kB\n");
  REQUIRE(machine.available() == left_of(8 * kMiB));
}

TEST_CASE("the tightest control group of version 2 counts, file caches as left") {
  const Machine machine;
  machine.say("/proc/meminfo", "MemAvailable: 1048576 kB\n");
  machine.say("/proc/self/cgroup", "0::/outer/inner\n");
  machine.say("/sys/fs/cgroup/outer/inner/memory.max", "max\n");
  machine.say("/sys/fs/cgroup/outer/inner/memory.current", "1\n");
  REQUIRE(machine.available() == left_of(1024 * kMiB));
  machine.say("/sys/fs/cgroup/outer/memory.max", std::to_string(100 * kMiB));
  machine.say("/sys/fs/cgroup/outer/memory.current", std::to_string(70 * kMiB));
  REQUIRE(machine.available() == left_of(30 * kMiB));
  machine.say("/sys/fs/cgroup/outer/memory.stat", "anon 1\ninactive_file " +
                                                      std::to_string(8 * kMiB) + "\nactive_file " +
                                                      std::to_string(2 * kMiB) + "\n");
  REQUIRE(machine.available() == left_of(40 * kMiB));
  machine.say("/sys/fs/cgroup/outer/memory.max", std::to_string(50 * kMiB));
  machine.say("/sys/fs/cgroup/outer/memory.stat", "");
  REQUIRE(machine.available() == 0);
}

TEST_CASE("control groups of version 1 count, also where their path is that of a host") {
  const Machine machine;
  machine.say("/proc/self/cgroup", "5:cpu,cpuacct:/\n4:memory:/of/the/host\n");
  machine.say("/sys/fs/cgroup/memory/memory.limit_in_bytes", std::to_string(64 * kMiB) + "\n");
  machine.say("/sys/fs/cgroup/memory/memory.usage_in_bytes", std::to_string(20 * kMiB) + "\n");
  machine.say("/sys/fs/cgroup/memory/memory.stat",
              "total_inactive_file " + std::to_string(4 * kMiB) + "\n");
  REQUIRE(machine.available() == left_of(48 * kMiB));
  machine.say("/sys/fs/cgroup/memory/memory.limit_in_bytes", "99999999999999999999999\n");
  REQUIRE(machine.available() > 1024 * kMiB);
}

TEST_CASE("files about memory that are damaged set no limit") {
  const Machine machine;
  machine.say("/proc/meminfo", "MemAvailable:\nMemAvailable: much\n");
  machine.say("/proc/self/cgroup", "0\n4:memory\nmemory:\n");
  REQUIRE(machine.available() == kMost);
}

TEST_CASE("sizes are told in units of 1024") {
  REQUIRE(bytes_text(1) == "1 byte");
  REQUIRE(bytes_text(1023) == "1023 bytes");
  REQUIRE(bytes_text(1536) == "1.5 KiB");
  REQUIRE(bytes_text(3 * kMiB / 2) == "1.5 MiB");
  REQUIRE(bytes_text(kMost) == "16.0 EiB or more");
}

TEST_CASE("memory that nobody has is refused before it is touched, and its largest blocks named") {
  Footprint need;
  for (const char* name : {"tiny", "huge", "large", "larger"}) {
    const std::size_t size = std::string(name).size();
    need.append({name, (name[0] == 'h' ? kMost / 2 : kMost / 64 * size)});
  }
  REQUIRE(contains(refusal(need),
                   "EiB of memory for huge (8.0 EiB), larger (1.5 EiB), "
                   "large (1.2 EiB) and more, found "));
  need.append({"beyond", kMost});
  REQUIRE(contains(refusal(need), "expected 16.0 EiB or more of memory for beyond"));
}

TEST_CASE("what several threads take is refused as a whole") {
  Footprint need;
  need.append({"numbers", available_memory() / 8});
  REQUIRE_NOTHROW(require_memory(need));
  std::string words;
  try {
    require_memory(need, 64);
  } catch (const OutOfMemory& lack) {
    words = lack.what();
  }
  REQUIRE(contains(words, "of memory for numbers ("));
  REQUIRE(contains(words, "), 64 times, found "));
  try {
    require_memory(need, kMost);
  } catch (const OutOfMemory& lack) {
    words = lack.what();
  }
  REQUIRE(contains(words, "expected 16.0 EiB or more of memory for numbers ("));
}

TEST_CASE("the memory of an arena holds what its footprint lists") {
  Footprint need;
  need.append({"block", 4096});
  const ArenaMemory memory(need);
  Arena arena(memory.bytes());
  REQUIRE(arena.take(4096) != nullptr);
  REQUIRE(refusal(Footprint{}) == "none");
}

TEST_CASE("a reader that lacks memory says how much") {
  const FileStatus status = guarded("file", []() -> FileStatus {
    require_memory(kMost, "for its numbers");
    return {};
  });
  REQUIRE(status.code == StatusCode::out_of_memory);
  REQUIRE(contains(status.message,
                   "file: expected 16.0 EiB or more of memory for its numbers, found "));
}
