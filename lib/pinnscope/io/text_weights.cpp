#include "pinnscope/io/text_weights.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <map>
#include <utility>

#include "pinnscope/io/atomic_file.hpp"
#include "pinnscope/io/guard.hpp"
#include "pinnscope/io/number_text.hpp"

namespace pinnscope {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kWeights = "weights_";
constexpr std::string_view kBiases = "biases_";

/// The paths of the files of one kind, by layer.
using LayerFiles = std::map<std::size_t, std::string>;

/// L of PREFIX*layerL.txt, written without leading zeros. Returns whether `name` is such a name.
bool parse_name(std::string_view name, std::string_view prefix, std::size_t& layer) {
  constexpr std::string_view kLayer = "layer";
  constexpr std::string_view kEnding = ".txt";
  if (!name.starts_with(prefix) || !name.ends_with(kEnding)) return false;
  name.remove_prefix(prefix.size());
  name.remove_suffix(kEnding.size());
  const std::size_t at = name.rfind(kLayer);
  if (at == std::string_view::npos) return false;
  name.remove_prefix(at + kLayer.size());
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), layer);
  return error == std::errc{} && end == name.data() + name.size() && name == std::to_string(layer);
}

FileStatus insert(const std::string& directory, std::size_t layer, const std::string& path,
                  LayerFiles& files) {
  const auto [place, inserted] = files.emplace(layer, path);
  if (inserted) return {};
  const auto [first, second] = std::minmax(place->second, path);
  return file_failure(StatusCode::bad_file, directory,
                      "expected one file for layer " + std::to_string(layer) + ", found " +
                          in_quotes(fs::path(first).filename().string()) + " and " +
                          in_quotes(fs::path(second).filename().string()));
}

FileStatus list(const std::string& directory, LayerFiles& weights, LayerFiles& biases) {
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    std::size_t layer = 0;
    FileStatus status;
    if (parse_name(name, kWeights, layer)) {
      status = insert(directory, layer, entry->path().string(), weights);
    } else if (parse_name(name, kBiases, layer)) {
      status = insert(directory, layer, entry->path().string(), biases);
    }
    if (!status.ok()) return status;
  }
  if (error) return file_failure(StatusCode::bad_file, directory, error.message());
  return {};
}

/// Refuses gaps: both kinds have the layers 0 to the last that either has.
FileStatus check_complete(const std::string& directory, const LayerFiles& weights,
                          const LayerFiles& biases) {
  if (weights.empty() && biases.empty()) {
    return file_failure(StatusCode::empty_input, directory,
                        "expected files weights_*layer0.txt and biases_*layer0.txt, found none");
  }
  for (std::size_t l = 0; l < std::max(weights.size(), biases.size()); ++l) {
    for (const auto& [files, prefix] : {std::pair{&weights, kWeights}, {&biases, kBiases}}) {
      if (files->contains(l)) continue;
      return file_failure(StatusCode::bad_file, directory,
                          "expected a file " + std::string(prefix) + "*layer" + std::to_string(l) +
                              ".txt, found none, though there are " +
                              std::to_string(weights.size()) + " files of weights and " +
                              std::to_string(biases.size()) + " of biases");
    }
  }
  return {};
}

/// The numbers of the directory and what its digits say about their precision.
struct Reading {
  Numbers numbers = Numbers::finite;
  NetworkWeights network{};
  int digits = 0;
  bool float32 = true;
};

FileStatus read_file_of(const std::string& path, Reading& reading, arma::mat& numbers) {
  NumberTable table;
  FileStatus status = read_number_table(path, NameLine::refused, table, reading.numbers);
  if (!status.ok()) return status;
  reading.digits = std::max(reading.digits, table.digits);
  reading.float32 = reading.float32 && table.float32;
  numbers = std::move(table.values);
  return {};
}

FileStatus read_layer(const std::string& weights_path, const std::string& biases_path,
                      Reading& reading) {
  LayerWeights layer;
  FileStatus status = read_file_of(weights_path, reading, layer.weights);
  if (!status.ok()) return status;
  arma::mat biases;
  status = read_file_of(biases_path, reading, biases);
  if (!status.ok()) return status;
  const bool is_vector = biases.n_rows == 1 || biases.n_cols == 1;
  if (!is_vector || biases.n_elem != layer.weights.n_cols) {
    return file_failure(StatusCode::shape_mismatch, biases_path,
                        "expected 1 x " + std::to_string(layer.weights.n_cols) +
                            " biases for weights of " + std::to_string(layer.weights.n_rows) +
                            " x " + std::to_string(layer.weights.n_cols) + ", found " +
                            std::to_string(biases.n_rows) + " x " + std::to_string(biases.n_cols));
  }
  layer.biases = arma::vectorise(biases);
  reading.network.layers.push_back(std::move(layer));
  return {};
}

void round_to_float(NetworkWeights& network) {
  const auto round = [](double number) { return static_cast<double>(static_cast<float>(number)); };
  for (LayerWeights& layer : network.layers) {
    layer.weights.transform(round);
    layer.biases.transform(round);
  }
}

FileStatus read_files(const std::string& directory, NetworkWeights& network, Numbers numbers) {
  LayerFiles weights;
  LayerFiles biases;
  FileStatus status = list(directory, weights, biases);
  if (status.ok()) status = check_complete(directory, weights, biases);
  Reading reading{.numbers = numbers};
  for (std::size_t l = 0; status.ok() && l < weights.size(); ++l) {
    status = read_layer(weights[l], biases[l], reading);
  }
  if (status.ok()) status = check_network(reading.network, directory, numbers);
  if (!status.ok()) return status;
  if (reading.float32 && reading.digits >= kFloatDigits) {
    round_to_float(reading.network);
    reading.network.precision = Precision::float32;
  }
  network = std::move(reading.network);
  return {};
}

std::string text_of(const arma::mat& numbers, const std::string& comment, Precision precision) {
  std::string text = "# " + comment + "\n";
  for (arma::uword i = 0; i < numbers.n_rows; ++i) {
    for (arma::uword j = 0; j < numbers.n_cols; ++j) {
      if (j > 0) text += ' ';
      if (precision == Precision::float32) {
        append_scientific(text, static_cast<double>(static_cast<float>(numbers(i, j))),
                          kFloatDigits);
      } else {
        append_scientific(text, numbers(i, j), kDoubleDigits);
      }
    }
    text += '\n';
  }
  return text;
}

std::string path_of(const std::string& directory, std::string_view prefix, std::size_t layer) {
  const std::string name = std::string(prefix) + "layer" + std::to_string(layer) + ".txt";
  return (fs::path(directory) / name).string();
}

/// Refuses a directory whose files, next to those of `layers` layers, would be read too.
FileStatus check_room(const std::string& directory, std::size_t layers) {
  LayerFiles weights;
  LayerFiles biases;
  FileStatus status = list(directory, weights, biases);
  if (!status.ok()) return status;
  for (const auto& [files, prefix] : {std::pair{&weights, kWeights}, {&biases, kBiases}}) {
    for (const auto& [layer, path] : *files) {
      if (layer < layers && path == path_of(directory, prefix, layer)) continue;
      return file_failure(StatusCode::bad_file, directory,
                          "expected no weights of another network, found " +
                              in_quotes(fs::path(path).filename().string()));
    }
  }
  return {};
}

FileStatus write_files(const std::string& directory, const NetworkWeights& network,
                       Precision precision) {
  FileStatus status = check_network(network, directory);
  if (status.ok()) status = check_plain(network, directory);
  if (status.ok()) status = check_precision(network, precision, directory);
  if (!status.ok()) return status;
  status = make_directory(directory);
  if (status.ok()) status = check_room(directory, network.layers.size());
  for (std::size_t l = 0; status.ok() && l < network.layers.size(); ++l) {
    const LayerWeights& layer = network.layers[l];
    const std::string name = "layer " + std::to_string(l);
    status = write_file(path_of(directory, kWeights, l),
                        text_of(layer.weights, name + ", weights: fan_in rows", precision));
    if (!status.ok()) return status;
    status = write_file(path_of(directory, kBiases, l),
                        text_of(layer.biases.t(), name + ", biases", precision));
  }
  return status;
}

}  // namespace

FileStatus read_text_weights(const std::string& directory, NetworkWeights& network,
                             Numbers numbers) {
  return guarded(directory, [&] { return read_files(directory, network, numbers); });
}

FileStatus write_text_weights(const std::string& directory, const NetworkWeights& network,
                              Precision precision) {
  return guarded(directory, [&] { return write_files(directory, network, precision); });
}

}  // namespace pinnscope
