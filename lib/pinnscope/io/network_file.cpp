#include "pinnscope/io/network_file.hpp"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "pinnscope/io/destination.hpp"
#include "pinnscope/io/guard.hpp"
#include "pinnscope/io/weight_formats.hpp"

namespace pinnscope {
namespace {

/// The ending of a path with its dot, in small letters.
std::string ending_of(const std::string& path) {
  std::string text = std::filesystem::path(path).extension().string();
  std::ranges::transform(text, text.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  });
  return text;
}

std::string found_ending(const std::string& path) {
  const std::string ending = ending_of(path);
  return ", found " + (ending.empty() ? "no ending" : in_quotes(ending));
}

/// The endings of a format; a directory has none.
std::vector<std::string> endings_of(const WeightFormat& format) {
  std::vector<std::string> endings;
  for (const std::string_view ending : format.endings) {
    if (!ending.empty()) endings.emplace_back(ending);
  }
  return endings;
}

bool has_ending(const WeightFormat& format, const std::string& ending) {
  return std::ranges::count(endings_of(format), ending) > 0;
}

bool is_directory_format(const WeightFormat& format) { return endings_of(format).empty(); }

/// The format of a file or directory that is there, or nullptr.
const WeightFormat* format_to_read(const std::string& path, bool is_directory) {
  const std::string ending = ending_of(path);
  for (const WeightFormat& format : weight_formats()) {
    if (is_directory ? is_directory_format(format) : has_ending(format, ending)) return &format;
  }
  return nullptr;
}

FileStatus read(const std::string& path, NetworkWeights& network, Numbers numbers) {
  std::error_code error;
  const std::filesystem::file_status file = std::filesystem::status(path, error);
  if (file.type() == std::filesystem::file_type::not_found) {
    return file_failure(StatusCode::bad_file, path, "expected a file or directory, found none");
  }
  if (!std::filesystem::status_known(file)) {
    return file_failure(StatusCode::bad_file, path, "cannot look at it: " + error.message());
  }
  const WeightFormat* format = format_to_read(path, std::filesystem::is_directory(file));
  if (format != nullptr) return format->read(path, network, numbers);
  return file_failure(StatusCode::unsupported, path,
                      "expected " + readable_networks() + found_ending(path));
}

/// The formats that are written, by the endings of their files.
std::vector<const WeightFormat*> written_formats() {
  std::vector<const WeightFormat*> formats;
  for (const WeightFormat& format : weight_formats()) {
    if (format.write != nullptr && format.present && !is_directory_format(format)) {
      formats.push_back(&format);
    }
  }
  return formats;
}

/// The format that a path is written in.
FileStatus find_format_to_write(const std::string& path, const WeightFormat*& found) {
  Destination destination;
  FileStatus status = find_destination(path, destination);
  if (!status.ok()) return status;
  std::vector<std::string> endings;
  for (const WeightFormat* format : written_formats()) {
    if (destination.kind == Destination::Kind::stream || has_ending(*format, ending_of(path))) {
      found = format;
      return {};
    }
    for (const std::string& ending : endings_of(*format)) endings.push_back(ending);
  }
  return file_failure(StatusCode::unsupported, path,
                      "expected a name that ends in " + list_of(endings, "or") +
                          ", as what is written does" + found_ending(path));
}

}  // namespace

FileStatus read_network(const std::string& path, NetworkWeights& network, Numbers numbers) {
  return guarded(path, [&] { return read(path, network, numbers); });
}

FileStatus write_network(const std::string& path, const NetworkWeights& network,
                         Precision precision) {
  return guarded(path, [&] {
    const WeightFormat* format = nullptr;
    FileStatus status = find_format_to_write(path, format);
    return status.ok() ? format->write(path, network, precision) : status;
  });
}

FileStatus check_network_path(const std::string& path) {
  return guarded(path, [&] {
    const WeightFormat* format = nullptr;
    return find_format_to_write(path, format);
  });
}

std::string readable_networks() {
  std::vector<std::string> words;
  for (const WeightFormat& format : weight_formats()) {
    if (!format.present) continue;
    std::string endings;
    for (const std::string& ending : endings_of(format)) {
      endings += (endings.empty() ? " (" : ", ") + ending;
    }
    words.push_back(format.text + endings + (endings.empty() ? "" : ")"));
  }
  return list_of(words, "or");
}

std::string_view written_ending() { return written_formats().front()->endings.front(); }

}  // namespace pinnscope
