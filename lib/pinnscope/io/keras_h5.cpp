#include "pinnscope/io/keras_h5.hpp"

#include <hdf5.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <set>
#include <utility>

#include "pinnscope/io/contained.hpp"
#include "pinnscope/io/guard.hpp"
#include "pinnscope/io/keras_config.hpp"

namespace pinnscope {
namespace {

/// An identifier of HDF5 that closes itself.
class Handle {
 public:
  Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  hid_t id() const { return id_; }
  bool open() const { return id_ >= 0; }

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

/// Keeps HDF5 from printing its errors for as long as it lives.
class Silence {
 public:
  Silence() {
    H5Eget_auto2(H5E_DEFAULT, &print_, &data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  }
  ~Silence() { H5Eset_auto2(H5E_DEFAULT, print_, data_); }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;

 private:
  H5E_auto2_t print_ = nullptr;
  void* data_ = nullptr;
};

/// The paths of what is in the file itself, reached by hard links alone.
struct Contents {
  std::set<std::string> groups;
  std::set<std::string> datasets;
};

herr_t note_link(hid_t group, const char* name, const H5L_info_t* link, void* contents) noexcept {
  if (link->type != H5L_TYPE_HARD) return 0;
  try {
    const Handle object(H5Oopen(group, name, H5P_DEFAULT), H5Oclose);
    auto& found = *static_cast<Contents*>(contents);
    const H5I_type_t type = object.open() ? H5Iget_type(object.id()) : H5I_BADID;
    if (type == H5I_GROUP) found.groups.insert(name);
    if (type == H5I_DATASET) found.datasets.insert(name);
    return type == H5I_BADID ? -1 : 0;
  } catch (...) {
    return -1;
  }
}

/// Whether the texts of the attribute `name` of an object could be read; none where it is absent or
/// an empty list of whatever type.
bool read_texts(hid_t object, const std::string& name, std::vector<std::string>& texts) {
  constexpr hssize_t kMostTexts = 100'000;
  constexpr std::size_t kMostLetters = 1 << 26;
  if (H5Aexists(object, name.c_str()) <= 0) return true;
  const Handle attribute(H5Aopen(object, name.c_str(), H5P_DEFAULT), H5Aclose);
  if (!attribute.open()) return false;
  const Handle space(H5Aget_space(attribute.id()), H5Sclose);
  const Handle type(H5Aget_type(attribute.id()), H5Tclose);
  const hssize_t count = space.open() ? H5Sget_simple_extent_npoints(space.id()) : -1;
  if (count == 0) return true;
  if (count < 0 || count > kMostTexts || !type.open()) return false;
  if (H5Tget_class(type.id()) != H5T_STRING) return false;
  const auto size = static_cast<std::size_t>(count);
  if (H5Tis_variable_str(type.id()) > 0) {
    const Handle memory(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(memory.id(), H5T_VARIABLE);
    H5Tset_cset(memory.id(), H5Tget_cset(type.id()));
    std::vector<char*> pointers(size, nullptr);
    if (H5Aread(attribute.id(), memory.id(), pointers.data()) < 0) return false;
    for (const char* pointer : pointers) texts.emplace_back(pointer == nullptr ? "" : pointer);
    H5Dvlen_reclaim(memory.id(), space.id(), H5P_DEFAULT, pointers.data());
    return true;
  }
  const std::size_t length = H5Tget_size(type.id());
  if (length == 0 || length > kMostLetters / size) return false;
  std::string letters(size * length, '\0');
  if (H5Aread(attribute.id(), type.id(), letters.data()) < 0) return false;
  for (std::size_t i = 0; i < size; ++i) {
    const std::string text = letters.substr(i * length, length);
    texts.push_back(text.substr(0, std::min(text.find('\0'), text.size())));
  }
  return true;
}

/// A number at the end of a name: "dense_10" is ("dense", 10), "dense" is ("dense", 0).
std::pair<std::string, std::size_t> numbered(const std::string& name) {
  const std::size_t at = name.rfind('_');
  if (at == std::string::npos || at + 1 == name.size()) return {name, 0};
  std::size_t number = 0;
  const auto [end, error] =
      std::from_chars(name.data() + at + 1, name.data() + name.size(), number);
  if (error != std::errc{} || end != name.data() + name.size()) return {name, 0};
  return {name.substr(0, at), number};
}

/// What has a place in a Keras file but does not act on a trained network; nullptr for the rest.
const char* harmless(const std::string& path) {
  if (path.find("seed_generator") != std::string::npos) return "the state of a random generator";
  if (path.starts_with("optimizer")) return "the state of the optimizer";
  if (path.starts_with("compile_metrics") || path.starts_with("metrics")) return "a metric";
  return nullptr;
}

/// Reads one file.
class KerasReader {
 public:
  KerasReader(const std::string& path, hid_t file, Numbers numbers)
      : path_(path), file_(file), numbers_(numbers) {}

  FileStatus read(NetworkWeights& network) {
    if (H5Lvisit(file_, H5_INDEX_NAME, H5_ITER_INC, note_link, &contents_) < 0) {
      return failure("expected a sound HDF5 file, found a damaged tree of groups");
    }
    read_config();
    FileStatus status = find_layers();
    if (status.ok() && !config_.layers.empty()) status = order_layers();
    if (!has_config_) judge_weightless();
    network_.precision = Precision::float32;
    for (const Dense& layer : dense_) {
      if (status.ok()) status = read_layer(layer);
    }
    leave_out_others();
    if (status.ok()) status = apply_config();
    if (status.ok()) status = check_network(network_, path_, numbers_);
    if (status.ok()) network = std::move(network_);
    // What keeps the network from being computed says more than what does not fit in a chain.
    return status.ok() || config_.obstacle.empty()
               ? status
               : failure(config_.obstacle, StatusCode::unsupported);
  }

 private:
  /// Paths of the datasets of a dense layer.
  struct Dense {
    std::string group;  // the layer of the model that holds it
    std::string kernel;
    std::string bias;  // empty where it has none

    /// Of the layer itself, which is in a model where it differs from the group.
    std::string name() const {
      const std::string directory = kernel.substr(0, kernel.rfind('/'));
      return directory.substr(directory.rfind('/') + 1);
    }
  };

  FileStatus failure(const std::string& text, StatusCode code = StatusCode::bad_file) const {
    return file_failure(code, path_, text);
  }
  FileStatus failure(const std::string& dataset, const std::string& text,
                     StatusCode code = StatusCode::bad_file) const {
    return failure("dataset '" + dataset + "': " + text, code);
  }

  // What the model is, where the file says it.

  void read_config() {
    std::vector<std::string> texts;
    has_config_ = H5Aexists(file_, "model_config") > 0;
    if (!has_config_) return;
    if (!read_texts(file_, "model_config", texts) || texts.size() != 1) {
      config_.obstacle = "expected a text in the attribute model_config, found something else";
    } else {
      config_ = parse_keras_config(texts[0]);
    }
  }

  /// Puts the dense layers of the file in the order of the model.
  FileStatus order_layers() {
    std::vector<Dense> ordered;
    for (const KerasDense& layer : config_.layers) {
      const bool is_outer = layer.group == layer.name;
      const auto place = std::ranges::find_if(dense_, [&](const Dense& dense) {
        return dense.group == layer.group && (is_outer || dense.name() == layer.name);
      });
      if (place == dense_.end()) {
        return failure("expected weights of the layer " + in_quotes(layer.name) +
                       " as model_config says, found none");
      }
      if (place->bias.empty() == layer.has_biases) {
        return failure(place->kernel, std::string("expected ") + (layer.has_biases ? "" : "no ") +
                                          "biases beside it as model_config says");
      }
      ordered.push_back(*place);
      dense_.erase(place);
    }
    if (!dense_.empty()) {
      return failure(dense_.front().kernel, "expected a layer of it in model_config, found none");
    }
    dense_ = std::move(ordered);
    return {};
  }

  /// What layers without weights do to a network stands in the model_config alone; their names may
  /// still say that it is nothing, or that they are the activation that the caller has to know.
  void judge_weightless() {
    constexpr std::array kNothing{"input",          "input_layer",      "dropout",  "alpha_dropout",
                                  "gaussian_noise", "gaussian_dropout", "identity", "flatten"};
    constexpr std::array kActivation{"activation", "leaky_re_lu", "re_lu", "elu"};
    for (const Weightless& layer : weightless_) {
      const std::string stem = numbered(layer.name).first;
      if (std::ranges::find(kNothing, stem) != kNothing.end()) continue;
      const bool is_activation = std::ranges::find(kActivation, stem) != kActivation.end();
      if (is_activation && layer.dense_before < dense_.size()) continue;
      config_.obstacle = "layer " + in_quotes(layer.name) +
                         ": it has no weights, and without a model_config the file does not say "
                         "what it does";
      return;
    }
  }

  FileStatus apply_config() {
    network_.obstacle = config_.obstacle;
    network_.hidden = config_.hidden;
    network_.output = config_.output;
    network_.activation_parameters = config_.activation_parameters;
    for (std::size_t l = 0; l < config_.layers.size(); ++l) {
      const KerasDense& layer = config_.layers[l];
      LayerWeights& weights = network_.layers[l];
      if (layer.units != 0 && layer.units != weights.weights.n_cols) {
        return failure(dense_[l].kernel,
                       "expected " + std::to_string(layer.units) +
                           " columns as model_config says, found " +
                           std::to_string(weights.weights.n_cols),
                       StatusCode::shape_mismatch);
      }
      weights.before = layer.before;
      weights.behind = layer.behind;
    }
    return {};
  }

  FileStatus find_layers() {
    if (H5Aexists(file_, "layer_names") > 0) return find_listed("");
    if (contents_.groups.contains("model_weights")) return find_listed("model_weights/");
    for (const std::string base : {"layers", "_layer_checkpoint_dependencies"}) {
      if (contents_.groups.contains(base)) return find_numbered(base + "/");
    }
    return failure(
        "expected Keras weights (an attribute layer_names, a group model_weights or layers), found "
        "none",
        StatusCode::unsupported);
  }

  // Keras 2: attributes list groups and datasets.

  /// The texts of an attribute of a group, which Keras cuts into NAME0, NAME1, ... where they are
  /// too long for one.
  FileStatus read_list(const std::string& group, const std::string& name,
                       std::vector<std::string>& texts) const {
    const Handle object(H5Oopen(file_, group.empty() ? "/" : group.c_str(), H5P_DEFAULT), H5Oclose);
    bool good = object.open() && read_texts(object.id(), name, texts);
    for (int part = 0; good; ++part) {
      const std::string part_name = name + std::to_string(part);
      if (H5Aexists(object.id(), part_name.c_str()) <= 0) break;
      good = read_texts(object.id(), part_name, texts);
    }
    if (good) return {};
    return failure("group '/" + group + "': expected texts in the attribute " + name);
  }

  FileStatus find_listed(const std::string& base) {
    std::vector<std::string> layers;
    FileStatus status = read_list(base, "layer_names", layers);
    const std::string model = "top_level_model_weights";  // of the model beside its layers
    if (contents_.groups.contains(base + model)) layers.push_back(model);
    for (const std::string& layer : layers) {
      if (!status.ok()) return status;
      const std::string group = base + layer;
      if (!contents_.groups.contains(group)) {
        return failure("expected a group " + in_quotes(group) + " as layer_names says, found none");
      }
      std::vector<std::string> weights;
      status = read_list(group, "weight_names", weights);
      for (const std::string& weight : weights) {
        if (status.ok()) status = add_listed(layer, group + "/" + weight);
      }
      if (weights.empty() && layer != model) weightless_.push_back({layer, dense_.size()});
    }
    if (!status.ok()) return status;
    for (const Dense& layer : dense_) {
      status = check_complete(layer);
      if (!status.ok()) return status;
    }
    return {};
  }

  FileStatus add_listed(const std::string& group, const std::string& path) {
    if (!contents_.datasets.contains(path)) {
      return failure(path, "expected it as weight_names says, found none");
    }
    const std::size_t slash = path.rfind('/');
    const std::string layer = path.substr(0, slash + 1);
    std::string kind = path.substr(slash + 1);
    kind = kind.substr(0, kind.find(':'));
    if (harmless(path) != nullptr) return {};
    if (kind != "kernel" && kind != "bias") return refuse(path);
    const auto same_layer = [&](const Dense& dense) {
      return dense.kernel.starts_with(layer) || dense.bias.starts_with(layer);
    };
    auto place = std::ranges::find_if(dense_, same_layer);
    if (place == dense_.end()) place = dense_.insert(place, Dense{group, {}, {}});
    std::string& dataset = kind == "kernel" ? place->kernel : place->bias;
    if (!dataset.empty()) return failure(path, "expected one " + kind + " a layer, found two");
    dataset = path;
    return {};
  }

  FileStatus check_complete(const Dense& layer) const {
    if (!layer.kernel.empty()) return {};
    return failure(layer.bias, "expected a kernel of the same layer, found none",
                   StatusCode::unsupported);
  }

  FileStatus refuse(const std::string& dataset) const {
    return failure(dataset,
                   "expected kernels and biases of dense layers alone, found something else that "
                   "may act on the network",
                   StatusCode::unsupported);
  }

  // Keras 3: BASE/LAYER/vars/0 and 1, the order is in the names.

  FileStatus find_numbered(const std::string& base) {
    std::map<std::size_t, Dense> layers;
    std::string first;
    for (const std::string& path : contents_.datasets) {
      if (harmless(path) != nullptr) continue;
      const std::size_t end = path.find('/', base.size());
      if (!path.starts_with(base) || end == std::string::npos) return refuse(path);
      const std::string layer = path.substr(base.size(), end - base.size());
      const std::string variable = path.substr(end);
      if (variable != "/vars/0" && variable != "/vars/1") return refuse(path);
      if (first.empty()) first = layer;
      const auto [stem, number] = numbered(layer);
      if (stem != numbered(first).first) {
        return failure("expected layers of one name with numbers, found '" + first + "' and '" +
                           layer + "', whose order is unknown",
                       StatusCode::unsupported);
      }
      std::string& dataset = variable == "/vars/0" ? layers[number].kernel : layers[number].bias;
      if (!dataset.empty()) return failure(path, "expected it once, found '" + dataset + "' too");
      dataset = path;
    }
    for (const auto& [number, layer] : layers) {
      FileStatus status = check_complete(layer);
      if (!status.ok()) return status;
      dense_.push_back(layer);
    }
    for (const std::string& group : contents_.groups) {
      if (!group.starts_with(base) || group.find('/', base.size()) != std::string::npos) continue;
      const auto next = contents_.datasets.lower_bound(group + "/");
      if (next != contents_.datasets.end() && next->starts_with(group + "/")) continue;
      weightless_.push_back({group.substr(base.size()), 0});
    }
    return {};
  }

  // Both.

  FileStatus read_layer(const Dense& dense) {
    LayerWeights layer;
    FileStatus status = read_matrix(dense.kernel, 2, layer.weights);
    if (!status.ok()) return status;
    arma::mat biases(layer.weights.n_cols, 1);
    if (!dense.bias.empty()) status = read_matrix(dense.bias, 1, biases);
    if (!status.ok()) return status;
    layer.biases = arma::vectorise(biases);
    if (layer.biases.n_elem != layer.weights.n_cols) {
      return failure(dense.bias,
                     "expected " + std::to_string(layer.weights.n_cols) +
                         " numbers for a kernel of " + std::to_string(layer.weights.n_rows) +
                         " x " + std::to_string(layer.weights.n_cols) + ", found " +
                         std::to_string(layer.biases.n_elem),
                     StatusCode::shape_mismatch);
    }
    network_.layers.push_back(std::move(layer));
    return {};
  }

  FileStatus read_matrix(const std::string& path, int rank, arma::mat& matrix) {
    const Handle dataset(H5Dopen2(file_, path.c_str(), H5P_DEFAULT), H5Dclose);
    if (!dataset.open()) return failure(path, "cannot open it");
    const Handle space(H5Dget_space(dataset.id()), H5Sclose);
    const int found = space.open() ? H5Sget_simple_extent_ndims(space.id()) : -1;
    if (found != rank) {
      return failure(
          path, "expected " + std::to_string(rank) + " dimensions, found " + std::to_string(found),
          StatusCode::shape_mismatch);
    }
    hsize_t sizes[2] = {1, 1};
    H5Sget_simple_extent_dims(space.id(), sizes, nullptr);
    FileStatus status = check_storage(path, dataset.id(), sizes[0], sizes[1]);
    if (!status.ok()) return status;
    arma::mat rows(static_cast<arma::uword>(sizes[1]), static_cast<arma::uword>(sizes[0]));
    if (H5Dread(dataset.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, rows.memptr()) <
        0) {
      return failure(path, "cannot read its numbers");
    }
    matrix = rank == 2 ? arma::mat(rows.t()) : std::move(rows);
    return {};
  }

  /// That a dataset has a known type, and as many bytes in this file as its shape needs.
  FileStatus check_storage(const std::string& path, hid_t dataset, hsize_t rows, hsize_t columns) {
    constexpr hsize_t kBestCompression = 1032;  // deflate's limit
    const Handle type(H5Dget_type(dataset), H5Tclose);
    const bool is_float =
        H5Tequal(type.id(), H5T_IEEE_F32LE) > 0 || H5Tequal(type.id(), H5T_IEEE_F32BE) > 0;
    const bool is_double =
        H5Tequal(type.id(), H5T_IEEE_F64LE) > 0 || H5Tequal(type.id(), H5T_IEEE_F64BE) > 0;
    if (!is_float && !is_double) {
      return failure(path, "expected float32 or float64 numbers, found another type",
                     StatusCode::unsupported);
    }
    if (is_double) network_.precision = Precision::float64;
    const Handle settings(H5Dget_create_plist(dataset), H5Pclose);
    if (H5Pget_layout(settings.id()) == H5D_VIRTUAL || H5Pget_external_count(settings.id()) != 0) {
      return failure(path, "expected numbers in this file, found a reference to another",
                     StatusCode::unsupported);
    }
    if (rows == 0 || columns == 0) {
      return failure(path, "expected numbers, found none", StatusCode::empty_input);
    }
    const hsize_t stored = H5Dget_storage_size(dataset);
    const hsize_t most = std::numeric_limits<hsize_t>::max();
    const bool filtered = H5Pget_nfilters(settings.id()) > 0;
    const hsize_t gain = filtered ? kBestCompression : 1;
    const hsize_t limit = (stored > most / gain ? most : stored * gain) / (is_float ? 4 : 8);
    if (rows <= limit / columns) return {};
    return failure(path,
                   "expected bytes for " + std::to_string(rows) + " x " + std::to_string(columns) +
                       " numbers, found " + std::to_string(stored),
                   StatusCode::shape_mismatch);
  }

  void leave_out_others() {
    std::set<std::string> used;
    for (const Dense& layer : dense_) {
      used.insert(layer.kernel);
      used.insert(layer.bias);
    }
    for (const std::string& path : contents_.datasets) {
      if (used.contains(path)) continue;
      const char* reason = harmless(path);
      network_.left_out.push_back({path, reason != nullptr ? reason : "no attribute lists it"});
    }
  }

  /// A layer without weights, and how many dense layers the file lists ahead of it.
  struct Weightless {
    std::string name;
    std::size_t dense_before;
  };

  const std::string& path_;
  hid_t file_;
  Numbers numbers_;
  bool has_config_ = false;
  KerasConfig config_;
  std::vector<Weightless> weightless_;
  Contents contents_;
  std::vector<Dense> dense_;
  NetworkWeights network_;
};

FileStatus read_keras(const std::string& path, NetworkWeights& network, Numbers numbers) {
  const Silence silence;
  if (H5Fis_hdf5(path.c_str()) <= 0) {
    return file_failure(StatusCode::bad_file, path, "expected an HDF5 file, found another");
  }
  const Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  if (!file.open()) {
    return file_failure(StatusCode::bad_file, path, "expected a sound HDF5 file, cannot open it");
  }
  return KerasReader(path, file.id(), numbers).read(network);
}

}  // namespace

FileStatus read_keras_h5_here(const std::string& path, NetworkWeights& network, Numbers numbers) {
  return guarded(path, [&] { return read_keras(path, network, numbers); });
}

FileStatus read_keras_h5(const std::string& path, NetworkWeights& network, Numbers numbers) {
  const auto read = [numbers](const std::string& file, NetworkWeights& found) {
    return read_keras(file, found, numbers);
  };
  return read_contained(path, read, network);
}

bool reads_keras_h5() noexcept { return true; }

}  // namespace pinnscope
