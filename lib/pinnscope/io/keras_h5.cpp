#include "pinnscope/io/keras_h5.hpp"

#include <hdf5.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>
#include <utility>

#include "pinnscope/io/guard.hpp"

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
  constexpr std::size_t kLongestText = 10'000;
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
  if (length == 0 || length > kLongestText) return false;
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
  KerasReader(const std::string& path, hid_t file) : path_(path), file_(file) {}

  FileStatus read(NetworkWeights& network) {
    if (H5Lvisit(file_, H5_INDEX_NAME, H5_ITER_INC, note_link, &contents_) < 0) {
      return failure("expected a sound HDF5 file, found a damaged tree of groups");
    }
    FileStatus status = find_layers();
    network_.precision = Precision::float32;
    for (const Dense& layer : dense_) {
      if (status.ok()) status = read_layer(layer);
    }
    leave_out_others();
    if (status.ok()) status = check_network(network_, path_);
    if (status.ok()) network = std::move(network_);
    return status;
  }

 private:
  /// Paths of the datasets of a dense layer.
  struct Dense {
    std::string kernel;
    std::string bias;
  };

  FileStatus failure(const std::string& text, StatusCode code = StatusCode::bad_file) const {
    return file_failure(code, path_, text);
  }
  FileStatus failure(const std::string& dataset, const std::string& text,
                     StatusCode code = StatusCode::bad_file) const {
    return failure("dataset '" + dataset + "': " + text, code);
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
        if (status.ok()) status = add_listed(group + "/" + weight);
      }
    }
    if (!status.ok()) return status;
    for (const Dense& layer : dense_) {
      status = check_complete(layer);
      if (!status.ok()) return status;
    }
    return {};
  }

  FileStatus add_listed(const std::string& path) {
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
    if (place == dense_.end()) place = dense_.insert(place, Dense{});
    std::string& dataset = kind == "kernel" ? place->kernel : place->bias;
    if (!dataset.empty()) return failure(path, "expected one " + kind + " a layer, found two");
    dataset = path;
    return {};
  }

  FileStatus check_complete(const Dense& layer) const {
    if (!layer.kernel.empty() && !layer.bias.empty()) return {};
    const bool has_kernel = !layer.kernel.empty();
    return failure(has_kernel ? layer.kernel : layer.bias,
                   std::string("expected a ") + (has_kernel ? "bias" : "kernel") +
                       " of the same layer, found none",
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
    return {};
  }

  // Both.

  FileStatus read_layer(const Dense& dense) {
    LayerWeights layer;
    FileStatus status = read_matrix(dense.kernel, 2, layer.weights);
    if (!status.ok()) return status;
    arma::mat biases;
    status = read_matrix(dense.bias, 1, biases);
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

  const std::string& path_;
  hid_t file_;
  Contents contents_;
  std::vector<Dense> dense_;
  NetworkWeights network_;
};

FileStatus read_keras(const std::string& path, NetworkWeights& network) {
  const Silence silence;
  if (H5Fis_hdf5(path.c_str()) <= 0) {
    return file_failure(StatusCode::bad_file, path, "expected an HDF5 file, found another or none");
  }
  const Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  if (!file.open()) {
    return file_failure(StatusCode::bad_file, path, "expected a sound HDF5 file, cannot open it");
  }
  return KerasReader(path, file.id()).read(network);
}

}  // namespace

FileStatus read_keras_h5(const std::string& path, NetworkWeights& network) {
  return guarded(path, [&] { return read_keras(path, network); });
}

}  // namespace pinnscope
