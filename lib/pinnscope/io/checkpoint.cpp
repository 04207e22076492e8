#include "pinnscope/io/checkpoint.hpp"

#include <algorithm>
#include <bit>
#include <boost/crc.hpp>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "pinnscope/io/atomic_file.hpp"
#include "pinnscope/io/destination.hpp"
#include "pinnscope/io/guard.hpp"

namespace pinnscope {
namespace {

constexpr std::string_view kMagic = "PINNCKP1";
constexpr std::size_t kNumberBytes = 8;

std::uint64_t checksum(std::string_view text) {
  boost::crc_optimal<64, 0x42F0E1EBA9EA3693, ~std::uint64_t{0}, ~std::uint64_t{0}, true, true> crc;
  crc.process_bytes(text.data(), text.size());
  return crc.checksum();
}

void append_word(std::string& text, std::uint64_t number) {
  for (std::size_t i = 0; i < kNumberBytes; ++i) {
    text.push_back(static_cast<char>(number >> (8 * i) & 0xff));
  }
}

std::uint64_t number_at(std::string_view text, std::size_t start) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < kNumberBytes; ++i) {
    number |= std::uint64_t{static_cast<unsigned char>(text[start + i])} << (8 * i);
  }
  return number;
}

/// A file taken apart. The views lie in its content.
struct Parts {
  nlohmann::json header;
  std::string_view blocks;
};

FileStatus damaged(const std::string& path, const std::string& what) {
  return file_failure(StatusCode::bad_file, path, "the checkpoint is damaged: " + what);
}

/// Magic, lengths and checksum: whatever passes was written here.
FileStatus take_apart(const std::string& path, std::string_view content, Parts& parts) {
  const std::size_t fixed = kMagic.size() + 2 * kNumberBytes;
  if (!content.starts_with(kMagic.substr(0, std::min(kMagic.size(), content.size()))) ||
      content.empty()) {
    return file_failure(StatusCode::bad_file, path,
                        "expected a checkpoint, which starts with " + in_quotes(kMagic));
  }
  if (content.size() < fixed) {
    return damaged(path, "it ends after " + std::to_string(content.size()) + " bytes");
  }
  const std::size_t end = content.size() - kNumberBytes;
  if (checksum(content.substr(0, end)) != number_at(content, end)) {
    return damaged(path, "its " + std::to_string(content.size()) +
                             " bytes do not have the checksum that they end with");
  }
  const std::uint64_t length = number_at(content, kMagic.size());
  if (length > content.size() - fixed) return damaged(path, "its header is longer than the file");
  const auto size = static_cast<std::size_t>(length);
  parts.header = nlohmann::json::parse(content.substr(kMagic.size() + kNumberBytes, size));
  parts.blocks = content.substr(kMagic.size() + kNumberBytes + size, content.size() - fixed - size);
  return {};
}

/// The first line of `expected` that is not in its place in `found`: "key value".
std::string first_difference(std::string_view found, std::string_view expected) {
  const auto take_line = [](std::string_view& text) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
  };
  while (!found.empty() || !expected.empty()) {
    const std::string_view left = take_line(found);
    const std::string_view right = take_line(expected);
    if (left != right) return "expected " + in_quotes(right) + ", found " + in_quotes(left);
  }
  return "";
}

FileStatus check_recipe(const std::string& path, const Parts& parts, std::string_view recipe) {
  const auto& found = parts.header.at("recipe").get_ref<const std::string&>();
  if (found == recipe) return {};
  return file_failure(
      StatusCode::shape_mismatch, path,
      "the checkpoint is of a run with another recipe: " + first_difference(found, recipe));
}

FileStatus check_blocks(const std::string& path, const Parts& parts,
                        std::span<const StateBlock> blocks) {
  const nlohmann::json& list = parts.header.at("blocks");
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < std::max<std::size_t>(list.size(), blocks.size()); ++i) {
    const std::string found =
        i < list.size() ? list[i].at("name").get<std::string>() + " of " +
                              std::to_string(list[i].at("bytes").get<std::uint64_t>()) + " bytes"
                        : "none";
    const std::string expected =
        i < blocks.size()
            ? blocks[i].name + " of " + std::to_string(blocks[i].bytes.size()) + " bytes"
            : "none";
    if (found != expected) {
      return file_failure(StatusCode::shape_mismatch, path,
                          "block " + std::to_string(i) + ": expected " + in_quotes(expected) +
                              ", found " + in_quotes(found));
    }
    total += blocks[i].bytes.size();
  }
  return total == parts.blocks.size() ? FileStatus{}
                                      : damaged(path, "its blocks do not fill the file");
}

FileStatus read_one(const std::string& path, std::string_view recipe,
                    std::span<const StateBlock> blocks, bool fill) {
  std::string content;
  Parts parts;
  FileStatus status = read_file(path, content);
  if (status.ok()) status = take_apart(path, content, parts);
  if (status.ok()) status = check_recipe(path, parts, recipe);
  if (status.ok()) status = check_blocks(path, parts, blocks);
  if (!status.ok() || !fill) return status;
  const char* source = parts.blocks.data();
  for (const StateBlock& block : blocks) {
    if (!block.bytes.empty()) std::memcpy(block.bytes.data(), source, block.bytes.size());
    source += block.bytes.size();
  }
  return {};
}

}  // namespace

std::string previous_checkpoint(const std::string& path) { return path + ".previous"; }

FileStatus write_checkpoint(const std::string& path, std::string_view recipe,
                            std::span<const StateBlock> blocks) {
  return guarded(path, [&] {
    nlohmann::json list = nlohmann::json::array();
    for (const StateBlock& block : blocks) {
      list.push_back({{"name", block.name}, {"bytes", block.bytes.size()}});
    }
    const std::string header =
        nlohmann::json{{"recipe", std::string(recipe)}, {"blocks", list}}.dump();
    std::size_t size = kMagic.size() + header.size() + 2 * kNumberBytes;
    for (const StateBlock& block : blocks) size += block.bytes.size();
    std::string content;
    content.reserve(size);  // once: a state may be as large as what is left of the memory
    content += kMagic;
    append_word(content, header.size());
    content += header;
    for (const StateBlock& block : blocks) {
      content.append(reinterpret_cast<const char*>(block.bytes.data()), block.bytes.size());
    }
    append_word(content, checksum(content));
    Destination destination;
    const FileStatus status = find_destination(path, destination);
    if (!status.ok()) return status;
    if (destination.kind != Destination::Kind::file) {
      return file_failure(StatusCode::bad_file, path, "expected a file to keep a checkpoint in");
    }
    return write_file(destination.path, content, previous_checkpoint(destination.path));
  });
}

FileStatus read_checkpoint(const std::string& path, std::string_view recipe,
                           std::span<const StateBlock> blocks) {
  return guarded(path, [&] {
    Destination destination{.path = path};
    static_cast<void>(find_destination(path, destination));  // reading says what is wrong with it
    const std::string previous = previous_checkpoint(destination.path);
    std::error_code error;  // what cannot be looked at cannot be read, which says why
    const bool has_previous = std::filesystem::exists(previous, error);
    if (has_previous && !std::filesystem::exists(path, error)) {
      return read_one(previous, recipe, blocks, true);
    }
    FileStatus status = read_one(path, recipe, blocks, true);
    if (status.code != StatusCode::bad_file || !has_previous) return status;
    const bool whole = read_one(previous, recipe, blocks, false).ok();
    status.message += whole ? "; the one before it is whole: " + previous
                            : "; the one before it cannot be used either: " + previous;
    return status;
  });
}

}  // namespace pinnscope
