#include "pinnscope/io/safetensors.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <utility>

#include "pinnscope/io/atomic_file.hpp"
#include "pinnscope/io/guard.hpp"
#include "pinnscope/io/memory.hpp"
#include "pinnscope/io/number_text.hpp"

namespace pinnscope {
namespace {

constexpr std::size_t kLengthBytes = 8;
constexpr std::size_t kLongestHeader = 100'000'000;  // as the reference implementation has it
constexpr const char* kMetadata = "__metadata__";
constexpr const char* kFormat = "pinnscope";
constexpr const char* kPyTorch = "pt";
constexpr std::array kReserved{"format", "widths", "activation", "output_activation"};

struct ElementType {
  std::string_view name;
  std::size_t bits;
};
constexpr std::array kElementTypes{
    ElementType{"BOOL", 8},  ElementType{"U8", 8},      ElementType{"I8", 8},
    ElementType{"U16", 16},  ElementType{"I16", 16},    ElementType{"F16", 16},
    ElementType{"U32", 32},  ElementType{"I32", 32},    ElementType{"F32", 32},
    ElementType{"U64", 64},  ElementType{"I64", 64},    ElementType{"F64", 64},
    ElementType{"BF16", 16}, ElementType{"F8_E5M2", 8}, ElementType{"F8_E4M3", 8}};

struct Tensor {
  std::string name;
  std::string type;
  std::vector<std::size_t> shape;
  std::size_t begin = 0;  // bytes of the number section
  std::size_t end = 0;
};

std::string text_of(const std::vector<std::size_t>& sizes, const char* separator) {
  std::string text;
  for (const std::size_t size : sizes) {
    text.append(text.empty() ? "" : separator).append(std::to_string(size));
  }
  return text;
}

std::string shape_of(const Tensor& tensor) {
  return tensor.shape.empty() ? "a single number" : text_of(tensor.shape, " x ");
}

// Little-endian numbers, on whatever machine.

template <class Unsigned>
Unsigned load(std::string_view bytes, std::size_t at) {
  Unsigned number = 0;
  for (std::size_t i = 0; i < sizeof(Unsigned); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[at + i]);
    number = static_cast<Unsigned>(number | (static_cast<Unsigned>(byte) << (8 * i)));
  }
  return number;
}

template <class Unsigned>
void store(Unsigned number, std::string& bytes) {
  for (std::size_t i = 0; i < sizeof(Unsigned); ++i) {
    bytes += static_cast<char>(static_cast<unsigned char>(number >> (8 * i)));
  }
}

double load_number(std::string_view bytes, std::size_t index, Precision precision) {
  return precision == Precision::float32
             ? static_cast<double>(std::bit_cast<float>(load<std::uint32_t>(bytes, 4 * index)))
             : std::bit_cast<double>(load<std::uint64_t>(bytes, 8 * index));
}

void store_number(double number, Precision precision, std::string& bytes) {
  if (precision == Precision::float32) {
    store(std::bit_cast<std::uint32_t>(static_cast<float>(number)), bytes);
  } else {
    store(std::bit_cast<std::uint64_t>(number), bytes);
  }
}

/// Parses JSON text and notes the first key that an object has twice.
nlohmann::json parse_json(std::string_view text, std::string& duplicate) {
  std::vector<std::set<std::string>> keys;
  const auto watch = [&](int, nlohmann::json::parse_event_t event, nlohmann::json& parsed) {
    using Event = nlohmann::json::parse_event_t;
    if (event == Event::object_start) keys.emplace_back();
    if (event == Event::object_end) keys.pop_back();
    if (event == Event::key) {
      const auto& key = parsed.get_ref<const std::string&>();
      if (!keys.back().insert(key).second && duplicate.empty()) duplicate = key;
    }
    return true;
  };
  return nlohmann::json::parse(text, watch, false);
}

// PyTorch names the parameters of a linear layer MODULE.weight and MODULE.bias.

/// A name in pieces, those of digits alone as numbers: "net.10" is {"net.", ""} and {10}.
struct NumberedName {
  std::vector<std::string> texts;
  std::vector<std::size_t> numbers;
};

NumberedName numbered_name(const std::string& name) {
  NumberedName result{{""}, {}};
  for (std::size_t at = 0; at < name.size();) {
    const auto is_digit = [](char letter) { return letter >= '0' && letter <= '9'; };
    if (!is_digit(name[at])) {
      result.texts.back() += name[at++];
      continue;
    }
    std::size_t number = 0;
    const char* const first = name.data() + at;
    const auto [end, error] = std::from_chars(first, name.data() + name.size(), number);
    if (error != std::errc{}) number = std::numeric_limits<std::size_t>::max();
    at += static_cast<std::size_t>(end - first);
    result.numbers.push_back(number);
    result.texts.emplace_back();
  }
  return result;
}

/// A linear layer of PyTorch, whose weight is fan_out x fan_in.
struct Linear {
  std::string module;
  const Tensor* weight = nullptr;
  const Tensor* bias = nullptr;  // nullptr: it has none
};

/// Whether weights of these shapes are a chain as fan_out x fan_in (PyTorch), or else as fan_in x
/// fan_out.
bool is_chain(const std::vector<Linear>& layers, bool outputs_first) {
  std::size_t before = 0;
  for (const Linear& layer : layers) {
    const std::size_t inputs = layer.weight->shape[outputs_first ? 1 : 0];
    const std::size_t outputs = layer.weight->shape[outputs_first ? 0 : 1];
    if (before != 0 && inputs != before) return false;
    if (layer.bias != nullptr && layer.bias->shape[0] != outputs) return false;
    before = outputs;
  }
  return true;
}

/// Reads one file; each step leaves what the next ones need.
class Reader {
 public:
  Reader(const std::string& path, std::string_view bytes, Numbers numbers)
      : path_(path), bytes_(bytes), allowed_(numbers) {}

  FileStatus read(NetworkWeights& network) {
    using Step = FileStatus (Reader::*)();
    for (const Step step : {&Reader::split, &Reader::read_metadata, &Reader::read_tensors,
                            &Reader::check_offsets, &Reader::read_layers, &Reader::check_widths}) {
      FileStatus status = (this->*step)();
      if (!status.ok()) return status;
    }
    network = std::move(network_);
    return {};
  }

 private:
  FileStatus failure(const std::string& text, StatusCode code = StatusCode::bad_file) const {
    return file_failure(code, path_, text);
  }
  FileStatus failure(const Tensor& tensor, const std::string& text,
                     StatusCode code = StatusCode::bad_file) const {
    return failure("tensor " + in_quotes(tensor.name) + ": " + text, code);
  }

  /// Separates header and numbers.
  FileStatus split() {
    if (bytes_.size() < kLengthBytes) {
      return failure("expected 8 bytes of header length, found " + std::to_string(bytes_.size()));
    }
    const std::uint64_t length = load<std::uint64_t>(bytes_, 0);
    const std::size_t room = bytes_.size() - kLengthBytes;
    if (length > room || length > kLongestHeader) {
      return failure("byte 0: expected a header length of at most " +
                     std::to_string(std::min(room, kLongestHeader)) + ", found " +
                     std::to_string(length));
    }
    const auto header_bytes = static_cast<std::size_t>(length);
    numbers_ = bytes_.substr(kLengthBytes + header_bytes);
    std::string duplicate;
    header_ = parse_json(bytes_.substr(kLengthBytes, header_bytes), duplicate);
    if (!header_.is_object()) {
      return failure("byte 8: expected a JSON object of " + std::to_string(length) +
                     " bytes, found something else");
    }
    if (!duplicate.empty()) return failure("header: found " + in_quotes(duplicate) + " twice");
    return {};
  }

  FileStatus read_metadata() {
    const auto found = header_.find(kMetadata);
    if (found == header_.end()) {
      origin_ = Origin::unknown;
      return {};
    }
    if (!found->is_object()) {
      return failure("header: expected an object as __metadata__, found something else");
    }
    for (const auto& [key, value] : found->items()) {
      if (!value.is_string()) {
        return failure("__metadata__: expected a text for " + in_quotes(key) +
                       ", found something else");
      }
      network_.metadata[key] = value.get<std::string>();
    }
    const bool says_format = network_.metadata.contains("format");
    const std::string format = take("format");
    if (format != kFormat) {
      if (says_format && format != kPyTorch) {
        return failure(
            "__metadata__: expected format 'pinnscope' or 'pt', found " + in_quotes(format),
            StatusCode::unsupported);
      }
      origin_ = says_format ? Origin::pytorch : Origin::unknown;
      return {};
    }
    widths_ = take("widths");
    FileStatus status = take_activation("activation", network_.hidden);
    if (status.ok()) status = take_activation("output_activation", network_.output);
    for_each_parameter([&](const ActivationParameter& parameter) {
      if (status.ok()) status = take_parameter(parameter);
    });
    return status;
  }

  /// Removes an entry from the metadata and returns its text, empty where there is none.
  std::string take(const char* key) {
    const auto found = network_.metadata.find(key);
    if (found == network_.metadata.end()) return {};
    std::string text = std::move(found->second);
    network_.metadata.erase(found);
    return text;
  }

  FileStatus take_activation(const char* key, std::optional<Activation>& activation) {
    if (!network_.metadata.contains(key)) return {};
    const std::string name = take(key);
    Activation found{};
    if (!parse(name, found)) {
      return failure(
          std::string("__metadata__: expected a known ") + key + ", found " + in_quotes(name),
          StatusCode::unsupported);
    }
    activation = found;
    return {};
  }

  FileStatus take_parameter(const ActivationParameter& parameter) {
    if (!network_.metadata.contains(parameter.name)) return {};
    const std::string number = take(parameter.name);
    double value = 0;
    const char* last = number.data() + number.size();
    const auto [end, error] = std::from_chars(number.data(), last, value);
    if (error != std::errc{} || end != last || !std::isfinite(value)) {
      return failure(std::string("__metadata__: expected a finite number as ") + parameter.name +
                     ", found " + in_quotes(number));
    }
    network_.activation_parameters.*parameter.place = value;
    return {};
  }

  FileStatus read_tensors() {
    for (const auto& [name, description] : header_.items()) {
      if (name == kMetadata) continue;
      Tensor tensor;
      tensor.name = name;
      FileStatus status = read_tensor(description, tensor);
      if (!status.ok()) return status;
      tensors_.push_back(std::move(tensor));
    }
    return {};
  }

  FileStatus read_tensor(const nlohmann::json& description, Tensor& tensor) const {
    const auto sizes_of = [&](const char* key, std::vector<std::size_t>& sizes) {
      const auto found = description.find(key);
      if (found == description.end() || !found->is_array()) return false;
      for (const auto& size : *found) {
        if (!size.is_number_unsigned()) return false;
        sizes.push_back(size.get<std::size_t>());
      }
      return true;
    };
    if (!description.is_object()) return failure(tensor, "expected an object as its description");
    const auto type = description.find("dtype");
    if (type == description.end() || !type->is_string()) {
      return failure(tensor, "expected a text as dtype");
    }
    tensor.type = type->get<std::string>();
    std::vector<std::size_t> offsets;
    if (!sizes_of("shape", tensor.shape)) return failure(tensor, "expected sizes as shape");
    if (!sizes_of("data_offsets", offsets) || offsets.size() != 2) {
      return failure(tensor, "expected two offsets as data_offsets");
    }
    tensor.begin = offsets[0];
    tensor.end = offsets[1];
    if (tensor.begin > tensor.end || tensor.end > numbers_.size()) {
      return failure(tensor, "expected offsets within " + std::to_string(numbers_.size()) +
                                 " bytes, found " + text_of(offsets, " to "));
    }
    return check_size(tensor);
  }

  /// That the bytes of a tensor are as many as its shape and type need.
  FileStatus check_size(const Tensor& tensor) const {
    const auto type =
        std::ranges::find(kElementTypes, std::string_view(tensor.type), &ElementType::name);
    if (type == kElementTypes.end()) return {};  // layers are checked to be F32 or F64
    std::size_t bytes = type->bits / 8;
    for (const std::size_t size : tensor.shape) {
      constexpr std::size_t kMost = std::numeric_limits<std::size_t>::max();
      bytes = size != 0 && bytes > kMost / size ? kMost : bytes * size;
    }
    if (bytes == tensor.end - tensor.begin) return {};
    return failure(tensor,
                   "expected " + std::to_string(bytes) + " bytes for " + tensor.type + " of " +
                       shape_of(tensor) + ", found " + std::to_string(tensor.end - tensor.begin),
                   StatusCode::shape_mismatch);
  }

  /// That the tensors fill the number section without gap and overlap.
  FileStatus check_offsets() {
    std::ranges::sort(tensors_, {}, [](const Tensor& tensor) {
      return std::tie(tensor.begin, tensor.end, tensor.name);
    });
    std::size_t expected = 0;
    for (const Tensor& tensor : tensors_) {
      if (tensor.begin != expected) {
        return failure(tensor, "expected it to start at byte " + std::to_string(expected) +
                                   " of the numbers, found " + std::to_string(tensor.begin));
      }
      expected = tensor.end;
    }
    if (expected == numbers_.size()) return {};
    return failure("expected " + std::to_string(expected) + " bytes of numbers, found " +
                   std::to_string(numbers_.size()));
  }

  FileStatus read_layers() {
    network_.precision = Precision::float32;
    return origin_ == Origin::pinnscope ? read_own_layers() : read_linear_layers();
  }

  /// MODULE.weight and MODULE.bias in the order of their numbers, and nothing else.
  FileStatus read_linear_layers() {
    std::vector<Linear> layers;
    FileStatus status = find_linear_layers(layers);
    if (status.ok()) status = order_linear_layers(layers);
    if (!status.ok()) return status;
    if (!is_chain(layers, true)) {
      return failure(
          "expected layers MODULE.weight, fan_out x fan_in as PyTorch has them, that "
          "follow each other, found other shapes",
          StatusCode::shape_mismatch);
    }
    if (origin_ == Origin::unknown && is_chain(layers, false)) {
      return failure(
          "expected __metadata__ with a format, found none, and the shapes do not tell "
          "whether weights are fan_in x fan_out or, as of PyTorch (format 'pt'), "
          "fan_out x fan_in",
          StatusCode::unsupported);
    }
    for (const Linear& linear : layers) {
      LayerWeights layer;
      const auto& shape = linear.weight->shape;
      status = read_matrix(*linear.weight, shape[0], shape[1], layer.weights);
      if (!status.ok()) return status;
      arma::inplace_trans(layer.weights);
      arma::mat biases(layer.weights.n_cols, 1);
      if (linear.bias != nullptr) status = read_matrix(*linear.bias, shape[0], 1, biases);
      if (!status.ok()) return status;
      layer.biases = arma::vectorise(biases);
      network_.layers.push_back(std::move(layer));
    }
    return check_network(network_, path_, allowed_);
  }

  FileStatus find_linear_layers(std::vector<Linear>& layers) const {
    std::map<std::string, Linear> modules;
    for (const Tensor& tensor : tensors_) {
      const std::size_t dot = tensor.name.rfind('.');
      const std::string module = dot == std::string::npos ? "" : tensor.name.substr(0, dot);
      const std::string kind = tensor.name.substr(dot + 1);  // npos + 1 is 0
      const bool is_weight = kind == "weight" && tensor.shape.size() == 2;
      if (!is_weight && (kind != "bias" || tensor.shape.size() != 1)) {
        return failure(tensor,
                       "expected weights (two dimensions) and biases (one) of linear layers alone, "
                       "found something else that may act on the network",
                       StatusCode::unsupported);
      }
      (is_weight ? modules[module].weight : modules[module].bias) = &tensor;
    }
    for (auto& [module, layer] : modules) {
      if (layer.weight == nullptr) {
        return failure(*layer.bias, "expected a weight of the same layer, found none");
      }
      layer.module = module;
      layers.push_back(layer);
    }
    if (!layers.empty()) return {};
    return failure(
        "expected __metadata__ with format 'pinnscope', or layers of PyTorch, found none",
        StatusCode::unsupported);
  }

  /// The order is in the numbers of their names, which differ in nothing else.
  FileStatus order_linear_layers(std::vector<Linear>& layers) const {
    const std::vector<std::string> texts = numbered_name(layers.front().module).texts;
    for (const Linear& layer : layers) {
      if (numbered_name(layer.module).texts == texts) continue;
      return failure("expected layers of one name with numbers, found " +
                         in_quotes(layers.front().module) + " and " + in_quotes(layer.module) +
                         ", whose order is unknown",
                     StatusCode::unsupported);
    }
    std::ranges::sort(layers, {},
                      [](const Linear& layer) { return numbered_name(layer.module).numbers; });
    return {};
  }

  /// "layers.L.weight" and "layers.L.bias" in order; all other tensors are left out.
  FileStatus read_own_layers() {
    std::map<std::string, const Tensor*> named;
    for (const Tensor& tensor : tensors_) named.emplace(tensor.name, &tensor);
    for (std::size_t l = 0;; ++l) {
      const std::string layer = "layers." + std::to_string(l);
      const auto weight = named.extract(layer + ".weight");
      const auto bias = named.extract(layer + ".bias");
      if (weight.empty() && bias.empty()) break;
      if (weight.empty() || bias.empty()) {
        return failure("expected a tensor '" + layer + (weight.empty() ? ".weight" : ".bias") +
                       "', found none");
      }
      FileStatus status = read_layer(*weight.mapped(), *bias.mapped());
      if (!status.ok()) return status;
    }
    for (const auto& [name, tensor] : named) {
      if (name.starts_with("layers.")) {
        return failure(*tensor, "expected layers 0, 1, ... with a weight and a bias each, found " +
                                    std::to_string(network_.layers.size()) + " before it");
      }
      network_.left_out.push_back({name, "it is not a weight or bias of a layer"});
    }
    return check_network(network_, path_, allowed_);
  }

  FileStatus read_layer(const Tensor& weight, const Tensor& bias) {
    if (weight.shape.size() != 2) {
      return failure(weight, "expected fan_in x fan_out, found " + shape_of(weight),
                     StatusCode::shape_mismatch);
    }
    if (bias.shape.size() != 1 || bias.shape[0] != weight.shape[1]) {
      return failure(bias,
                     "expected " + std::to_string(weight.shape[1]) + " numbers for weights of " +
                         shape_of(weight) + ", found " + shape_of(bias),
                     StatusCode::shape_mismatch);
    }
    LayerWeights layer;
    FileStatus status = read_matrix(weight, weight.shape[0], weight.shape[1], layer.weights);
    if (!status.ok()) return status;
    status = read_matrix(bias, bias.shape[0], 1, layer.biases);
    if (!status.ok()) return status;
    network_.layers.push_back(std::move(layer));
    return {};
  }

  FileStatus read_matrix(const Tensor& tensor, std::size_t rows, std::size_t columns,
                         arma::mat& matrix) {
    if (tensor.type != "F32" && tensor.type != "F64") {
      return failure(tensor, "expected dtype F32 or F64, found " + in_quotes(tensor.type),
                     StatusCode::unsupported);
    }
    if (rows == 0 || columns == 0) {
      return failure(tensor, "expected numbers, found " + shape_of(tensor),
                     StatusCode::empty_input);
    }
    const Precision precision = tensor.type == "F32" ? Precision::float32 : Precision::float64;
    if (precision == Precision::float64) network_.precision = precision;
    const std::string_view bytes = numbers_.substr(tensor.begin, tensor.end - tensor.begin);
    const std::size_t entries = Footprint::saturating_multiply(rows, columns);
    require_memory(Footprint::saturating_multiply(entries, sizeof(double)),
                   "for the numbers of " + in_quotes(tensor.name));
    matrix.set_size(rows, columns);
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t j = 0; j < columns; ++j) {
        matrix(i, j) = load_number(bytes, i * columns + j, precision);
      }
    }
    return {};
  }

  FileStatus check_widths() {
    const std::string found = text_of(network_.widths(), ",");
    if (widths_.empty() || widths_ == found) return {};
    return failure("__metadata__: expected widths " + in_quotes(found) +
                       " as the tensors have, found " + in_quotes(widths_),
                   StatusCode::shape_mismatch);
  }

  enum class Origin : std::uint8_t { pinnscope, pytorch, unknown };

  const std::string& path_;
  Origin origin_ = Origin::pinnscope;
  std::string_view bytes_;
  Numbers allowed_;
  std::string_view numbers_;
  nlohmann::json header_;
  std::string widths_;
  std::vector<Tensor> tensors_;
  NetworkWeights network_;
};

/// Appends the numbers of a matrix, row after row, and describes them in the header.
void append_tensor(const std::string& name, const arma::mat& matrix,
                   const std::vector<std::size_t>& shape, Precision precision,
                   nlohmann::ordered_json& header, std::string& numbers) {
  const std::size_t begin = numbers.size();
  for (arma::uword i = 0; i < matrix.n_rows; ++i) {
    for (arma::uword j = 0; j < matrix.n_cols; ++j) {
      store_number(matrix(i, j), precision, numbers);
    }
  }
  header[name] = {{"dtype", precision == Precision::float32 ? "F32" : "F64"},
                  {"shape", shape},
                  {"data_offsets", std::vector<std::size_t>{begin, numbers.size()}}};
}

nlohmann::ordered_json metadata_of(const NetworkWeights& network) {
  nlohmann::ordered_json metadata;
  metadata["format"] = kFormat;
  metadata["widths"] = text_of(network.widths(), ",");
  if (network.hidden) metadata["activation"] = text(*network.hidden);
  if (network.output) metadata["output_activation"] = text(*network.output);
  for_each_parameter([&](const ActivationParameter& parameter) {
    const std::optional<double>& value = network.activation_parameters.*parameter.place;
    if (!value) return;
    std::string number;
    append_number(number, *value);
    metadata[parameter.name] = number;
  });
  for (const auto& [key, value] : network.metadata) metadata[key] = value;
  return metadata;
}

FileStatus write_tensors(const std::string& path, const NetworkWeights& network,
                         Precision precision) {
  FileStatus status = check_network(network, path);
  if (status.ok()) status = check_plain(network, path);
  if (status.ok()) status = check_precision(network, precision, path);
  if (!status.ok()) return status;
  const auto reserve = [&](const char* name) {
    if (!status.ok() || !network.metadata.contains(name)) return;
    status = file_failure(StatusCode::out_of_range, path,
                          "metadata: the format itself uses the name " + in_quotes(name));
  };
  for (const char* name : kReserved) reserve(name);
  for_each_parameter([&](const ActivationParameter& parameter) {
    const std::optional<double>& value = network.activation_parameters.*parameter.place;
    if (status.ok() && value && !std::isfinite(*value)) {
      status =
          file_failure(StatusCode::not_finite, path,
                       std::string("the ") + parameter.name + " of its activation is not finite");
    }
    reserve(parameter.name);
  });
  if (!status.ok()) return status;
  nlohmann::ordered_json header;
  header[kMetadata] = metadata_of(network);
  std::size_t count = 0;
  for (const LayerWeights& layer : network.layers) {
    count += layer.weights.n_elem + layer.biases.n_elem;
  }
  std::string numbers;
  numbers.reserve(count * (precision == Precision::float32 ? sizeof(float) : sizeof(double)));
  for (std::size_t l = 0; l < network.layers.size(); ++l) {
    const LayerWeights& layer = network.layers[l];
    const std::string name = "layers." + std::to_string(l);
    append_tensor(name + ".weight", layer.weights, {layer.weights.n_rows, layer.weights.n_cols},
                  precision, header, numbers);
    append_tensor(name + ".bias", layer.biases, {layer.biases.n_elem}, precision, header, numbers);
  }
  std::string text = header.dump();
  text.resize((text.size() + kLengthBytes - 1) / kLengthBytes * kLengthBytes, ' ');
  std::string bytes;
  store(static_cast<std::uint64_t>(text.size()), bytes);
  return write_file(path, bytes + text + numbers);
}

}  // namespace

FileStatus read_safetensors(const std::string& path, NetworkWeights& network, Numbers numbers) {
  return guarded(path, [&] {
    std::string bytes;
    FileStatus status = read_file(path, bytes);
    return status.ok() ? Reader(path, bytes, numbers).read(network) : status;
  });
}

FileStatus write_safetensors(const std::string& path, const NetworkWeights& network,
                             Precision precision) {
  return guarded(path, [&] { return write_tensors(path, network, precision); });
}

}  // namespace pinnscope
