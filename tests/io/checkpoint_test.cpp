#include "pinnscope/io/checkpoint.hpp"

#include <sys/resource.h>

#include <array>
#include <csignal>
#include <cstring>

#include "io/example_network.hpp"
#include "io/temporary_directory.hpp"
#include "support/test.hpp"

using namespace pinnscope;
using test::contains;

namespace {

constexpr const char* kRecipe = "problem heat\nwidth 3\n";

/// Two blocks, one of them empty, and the memory that they lie in.
struct Run {
  std::array<std::byte, 5> bytes{};
  std::vector<StateBlock> blocks{{"counters", bytes}, {"nothing", {}}};

  explicit Run(int first = 0) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      bytes[i] = static_cast<std::byte>(first + static_cast<int>(i));
    }
  }
};

}  // namespace

TEST_CASE("a checkpoint brings every block back") {
  const test::TemporaryDirectory directory;
  const Run written(7);
  REQUIRE(write_checkpoint(directory.path("run"), kRecipe, written.blocks).ok());
  Run read;
  REQUIRE(read_checkpoint(directory.path("run"), kRecipe, read.blocks).ok());
  REQUIRE(read.bytes == written.bytes);
  REQUIRE(directory.files() == 1);
}

TEST_CASE("a checkpoint's checksum is the CRC-64/XZ of all before it") {
  // The check value of the catalogue of parametrised CRC algorithms for "123456789" is
  // 995DC9BBDF1939FA; here the CRC over a message and its own CRC must be the residue of the
  // algorithm, 49958C9ABD7D353F complemented, whatever the message.
  const test::TemporaryDirectory directory;
  const Run written(7);
  REQUIRE(write_checkpoint(directory.path("run"), kRecipe, written.blocks).ok());
  std::uint64_t crc = ~std::uint64_t{0};
  for (const char character : directory.read("run")) {
    crc ^= static_cast<unsigned char>(character);
    for (int bit = 0; bit < 8; ++bit) {
      crc = crc >> 1 ^ (crc & 1 ? 0xC96C5795D7870F42 : 0);
    }
  }
  REQUIRE(crc == 0x49958C9ABD7D353F);
}

TEST_CASE("a checkpoint with any one bit flipped is refused by name and read nowhere") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.path("run");
  REQUIRE(write_checkpoint(path, kRecipe, Run(7).blocks).ok());
  const std::string whole = directory.read("run");
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 1 << i % 8);
    directory.write("run", damaged);
    Run read(40);
    const FileStatus status = read_checkpoint(path, kRecipe, read.blocks);
    CAPTURE(i, status.message);
    REQUIRE(status.code == StatusCode::bad_file);
    REQUIRE(contains(status.message, path));
    REQUIRE(test::one_line(status.message));
    REQUIRE(read.bytes == Run(40).bytes);
  }
}

TEST_CASE("a checkpoint cut short anywhere is refused") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.path("run");
  REQUIRE(write_checkpoint(path, kRecipe, Run(7).blocks).ok());
  const std::string whole = directory.read("run");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    directory.write("run", whole.substr(0, size));
    Run read;
    REQUIRE(read_checkpoint(path, kRecipe, read.blocks).code == StatusCode::bad_file);
  }
}

TEST_CASE("a checkpoint of another run is refused with the line that differs") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.path("run");
  REQUIRE(write_checkpoint(path, kRecipe, Run(7).blocks).ok());
  Run read;
  const FileStatus status = read_checkpoint(path, "problem heat\nwidth 4\n", read.blocks);
  REQUIRE(status.code == StatusCode::shape_mismatch);
  REQUIRE(contains(status.message, "width 4"));
  REQUIRE(contains(status.message, "width 3"));
  REQUIRE_FALSE(read_checkpoint(path, "problem heat\n", read.blocks).ok());
}

TEST_CASE("a checkpoint with other blocks is refused") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.path("run");
  REQUIRE(write_checkpoint(path, kRecipe, Run(7).blocks).ok());
  Run read;
  read.blocks[0].name = "others";
  REQUIRE(read_checkpoint(path, kRecipe, read.blocks).code == StatusCode::shape_mismatch);
  Run more;
  more.blocks.push_back({"more", more.bytes});
  REQUIRE(read_checkpoint(path, kRecipe, more.blocks).code == StatusCode::shape_mismatch);
  Run less;
  less.blocks.pop_back();
  REQUIRE(read_checkpoint(path, kRecipe, less.blocks).code == StatusCode::shape_mismatch);
}

TEST_CASE("the checkpoint before a damaged one is kept, and named") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.path("run");
  REQUIRE(write_checkpoint(path, kRecipe, Run(1).blocks).ok());
  REQUIRE(write_checkpoint(path, kRecipe, Run(2).blocks).ok());
  REQUIRE(directory.files() == 2);
  directory.write("run", "PINNCKP1 and then nonsense");
  Run read;
  const FileStatus status = read_checkpoint(path, kRecipe, read.blocks);
  REQUIRE(status.code == StatusCode::bad_file);
  REQUIRE(contains(status.message, "is whole: " + previous_checkpoint(path)));
  REQUIRE(read_checkpoint(previous_checkpoint(path), kRecipe, read.blocks).ok());
  REQUIRE(read.bytes == Run(1).bytes);
}

TEST_CASE("where a crash left no checkpoint but the previous one, that is read") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.path("run");
  REQUIRE(write_checkpoint(path, kRecipe, Run(1).blocks).ok());
  std::filesystem::rename(path, previous_checkpoint(path));
  Run read;
  REQUIRE(read_checkpoint(path, kRecipe, read.blocks).ok());
  REQUIRE(read.bytes == Run(1).bytes);
}

TEST_CASE("a checkpoint that cannot be written leaves a whole one") {
  const test::TemporaryDirectory directory;
  REQUIRE_FALSE(write_checkpoint(directory.path("none/run"), kRecipe, Run(1).blocks).ok());
  Run read;
  REQUIRE_FALSE(read_checkpoint(directory.path("run"), kRecipe, read.blocks).ok());
}

TEST_CASE("a checkpoint that the disk does not take leaves both older ones as they are") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.path("run");
  REQUIRE(write_checkpoint(path, kRecipe, Run(1).blocks).ok());
  REQUIRE(write_checkpoint(path, kRecipe, Run(2).blocks).ok());
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit little = before;
  little.rlim_cur = 8;
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &little) == 0);
  const FileStatus status = write_checkpoint(path, kRecipe, Run(3).blocks);
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  static_cast<void>(std::signal(SIGXFSZ, handler));
  REQUIRE(status.code == StatusCode::bad_file);
  REQUIRE(directory.files() == 2);
  Run read;
  REQUIRE(read_checkpoint(path, kRecipe, read.blocks).ok());
  REQUIRE(read.bytes == Run(2).bytes);
  REQUIRE(read_checkpoint(previous_checkpoint(path), kRecipe, read.blocks).ok());
  REQUIRE(read.bytes == Run(1).bytes);
}

TEST_CASE("a checkpoint after one that could not be written leaves nothing beside the two") {
  const test::TemporaryDirectory directory;
  REQUIRE(write_checkpoint(directory.path("run"), kRecipe, Run(1).blocks).ok());
  // What a failure in between leaves: two names of one file.
  std::filesystem::create_hard_link(directory.path("run"), directory.path("run.previous"));
  REQUIRE(write_checkpoint(directory.path("run"), kRecipe, Run(2).blocks).ok());
  REQUIRE(directory.files() == 2);
  REQUIRE(directory.read("run") != directory.read("run.previous"));
}

TEST_CASE("a checkpoint behind a link keeps the one before beside the file itself") {
  const test::TemporaryDirectory directory;
  std::filesystem::create_directory(directory.path("far"));
  std::filesystem::create_symlink("far/run", directory.path("near"));
  const std::string path = directory.path("near");
  REQUIRE(write_checkpoint(path, kRecipe, Run(1).blocks).ok());
  REQUIRE(write_checkpoint(path, kRecipe, Run(2).blocks).ok());
  Run read;
  REQUIRE(read_checkpoint(path, kRecipe, read.blocks).ok());
  REQUIRE(read.bytes == Run(2).bytes);
  const std::string before = previous_checkpoint(directory.path("far/run"));
  REQUIRE(read_checkpoint(before, kRecipe, read.blocks).ok());
  REQUIRE(read.bytes == Run(1).bytes);
}

TEST_CASE("a device cannot keep a checkpoint") {
  REQUIRE(write_checkpoint("/dev/null", kRecipe, Run(1).blocks).code == StatusCode::bad_file);
}
