// A format of the simplest kind: how many widths there are, the widths, then each layer's weights,
// column after column, and biases; all of it float64 as this machine has it. The hidden layers are
// tanh, the output layer is linear.
#pragma once

#include <cmath>
#include <cstring>
#include <string>

#include "pinnscope/io/atomic_file.hpp"
#include "pinnscope/io/weight_formats.hpp"

namespace pinnscope::flat_binary {

inline FileStatus read(const std::string& path, NetworkWeights& network, Numbers numbers) {
  std::string bytes;
  FileStatus status = read_file(path, bytes);
  if (!status.ok()) return status;
  std::size_t at = 0;
  const auto take = [&](double* to, std::size_t count) {
    if (count > (bytes.size() - at) / sizeof(double)) return false;
    std::memcpy(to, bytes.data() + at, count * sizeof(double));
    at += count * sizeof(double);
    return true;
  };
  const auto take_size = [&](std::size_t& size) {
    double number = 0;
    const bool good = take(&number, 1) && number >= 1 && number <= 1e4;
    size = good ? static_cast<std::size_t>(number) : 0;
    return good;
  };
  std::size_t count = 0;
  bool good = take_size(count);
  std::vector<std::size_t> widths(count);
  for (std::size_t& width : widths) good = good && take_size(width);
  NetworkWeights found;
  found.hidden = Activation::tanh;
  found.output = Activation::identity;
  for (std::size_t l = 0; good && l + 1 < count; ++l) {
    LayerWeights layer{arma::mat(widths[l], widths[l + 1]), arma::vec(widths[l + 1])};
    good = take(layer.weights.memptr(), layer.weights.n_elem) &&
           take(layer.biases.memptr(), layer.biases.n_elem);
    found.layers.push_back(std::move(layer));
  }
  if (!good || at != bytes.size()) {
    return file_failure(StatusCode::bad_file, path, "its length is not that of its widths");
  }
  status = check_network(found, path, numbers);
  if (status.ok()) network = std::move(found);
  return status;
}

inline FileStatus write(const std::string& path, const NetworkWeights& network, Precision) {
  std::vector<double> numbers{static_cast<double>(network.layers.size() + 1)};
  for (const std::size_t width : network.widths()) numbers.push_back(static_cast<double>(width));
  for (const LayerWeights& layer : network.layers) {
    numbers.insert(numbers.end(), layer.weights.begin(), layer.weights.end());
    numbers.insert(numbers.end(), layer.biases.begin(), layer.biases.end());
  }
  return write_file(
      path, {reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(double)});
}

inline constexpr WeightFormat kFormat{
    .text = "flat binary", .endings = {".flat"}, .read = read, .write = write};

}  // namespace pinnscope::flat_binary
