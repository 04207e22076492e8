#pragma once

#include <hdf5.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz.hpp"

namespace pinnscope::fuzz {

/// An HDF5 file in the making. What HDF5 refuses is left out.
class H5File {
 public:
  explicit H5File(const std::string& path)
      : file_(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)),
        links_(H5Pcreate(H5P_LINK_CREATE)) {
    H5Pset_create_intermediate_group(links_, 1);
  }
  ~H5File() {
    H5Pclose(links_);
    if (open()) H5Fclose(file_);
  }
  H5File(const H5File&) = delete;
  H5File& operator=(const H5File&) = delete;
  bool open() const { return file_ >= 0; }

  void group(const std::string& path) {
    const hid_t made = H5Gcreate2(file_, path.c_str(), links_, H5P_DEFAULT, H5P_DEFAULT);
    if (made >= 0) H5Gclose(made);
  }

  /// Numbers from one up.
  void dataset(const std::string& path, const std::vector<hsize_t>& shape, hid_t type,
               bool packed = false) {
    const hid_t space =
        shape.empty() ? H5Screate(H5S_SCALAR)
                      : H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
    const hid_t settings = H5Pcreate(H5P_DATASET_CREATE);
    if (packed && !shape.empty()) {
      H5Pset_chunk(settings, static_cast<int>(shape.size()), shape.data());
      H5Pset_deflate(settings, 1);
    }
    const hid_t data = H5Dcreate2(file_, path.c_str(), type, space, links_, settings, H5P_DEFAULT);
    std::vector<double> numbers(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)));
    for (std::size_t k = 0; k < numbers.size(); ++k) numbers[k] = static_cast<double>(k + 1);
    if (data >= 0) {
      H5Dwrite(data, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers.data());
      H5Dclose(data);
    }
    H5Pclose(settings);
    H5Sclose(space);
  }

  /// An attribute of texts, or of one alone.
  void texts(const std::string& path, const std::string& name,
             const std::vector<std::string>& values, bool variable, bool scalar = false) {
    constexpr std::size_t kLength = 24;
    const hid_t object = H5Oopen(file_, path.c_str(), H5P_DEFAULT);
    if (object < 0) return;
    const hsize_t count = values.size();
    const hid_t space = scalar ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &count, nullptr);
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, variable ? H5T_VARIABLE : kLength);
    const hid_t attribute = H5Acreate2(object, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT);
    std::vector<const char*> pointers;
    std::string padded;
    for (const std::string& value : values) {
      pointers.push_back(value.c_str());
      std::string part = value;
      part.resize(kLength, '\0');
      padded += part;
    }
    if (attribute >= 0) {
      if (!values.empty()) {
        H5Awrite(attribute, type,
                 variable ? static_cast<const void*>(pointers.data()) : padded.data());
      }
      H5Aclose(attribute);
    }
    H5Tclose(type);
    H5Sclose(space);
    H5Oclose(object);
  }

  void soft_link(const std::string& target, const std::string& path) {
    H5Lcreate_soft(target.c_str(), file_, path.c_str(), links_, H5P_DEFAULT);
  }
  void hard_link(const std::string& target, const std::string& path) {
    H5Lcreate_hard(file_, target.c_str(), file_, path.c_str(), links_, H5P_DEFAULT);
  }

 private:
  hid_t file_;
  hid_t links_;
};

/// Keeps HDF5 from printing its errors.
inline void be_quiet() { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); }

/// A Keras file of layers 2-2-1, its bytes.
inline std::string keras_file() {
  const std::string path = directory() + "/good.h5";
  {
    H5File file(path);
    file.dataset("a/a/kernel:0", {2, 2}, H5T_IEEE_F32LE);
    file.dataset("a/a/bias:0", {2}, H5T_IEEE_F32LE);
    file.dataset("b/b/kernel:0", {2, 1}, H5T_IEEE_F32LE, true);
    file.texts("/", "layer_names", {"a", "b"}, false);
    file.texts("a", "weight_names", {"a/kernel:0", "a/bias:0"}, true);
    file.texts("b", "weight_names", {"b/kernel:0"}, false);
    file.texts("/", "model_config", {R"({"class_name":"Sequential","config":{"name":"m","layers":[
                {"class_name":"Dense","config":{"name":"a","units":2,"activation":"tanh"}},
                {"class_name":"Dense","config":{"name":"b","units":1,"use_bias":false}}]}})"},
               true, true);
  }
  std::string bytes;
  if (std::FILE* file = std::fopen(path.c_str(), "rb")) {
    std::array<char, 65536> part{};
    bytes.assign(part.data(), std::fread(part.data(), 1, part.size(), file));
    std::fclose(file);
  }
  if (bytes.empty()) std::abort();
  return bytes;
}

/// A name, or a path of names: one that Keras uses, or the next text of the input.
inline std::string take_name(std::string_view& rest) {
  constexpr std::array kNames{"/",
                              "model_weights",
                              "layer_names",
                              "weight_names",
                              "a",
                              "a/kernel:0",
                              "a/bias:0",
                              "a/a/kernel:0",
                              "a/a/bias:0",
                              "b",
                              "b/kernel:0",
                              "b/b/kernel:0",
                              "layers",
                              "layers/dense/vars/0",
                              "layers/dense/vars/1",
                              "layers/dense_1/vars/0",
                              "layers/dense_1/vars/1",
                              "_layer_checkpoint_dependencies",
                              "model_config",
                              "top_level_model_weights",
                              "optimizer_weights",
                              "layer_names0",
                              "model_weights/a/a/kernel:0",
                              "model_weights/a",
                              "dropout"};
  if (rest.empty()) return "x";
  const auto which = static_cast<unsigned char>(rest.front());
  rest.remove_prefix(1);
  if (which < kNames.size()) return kNames[which];
  std::string name = take_text(rest).substr(0, 64);
  return name.empty() ? "x" : name;
}

inline unsigned take_byte(std::string_view& rest) {
  if (rest.empty()) return 0;
  const auto byte = static_cast<unsigned char>(rest.front());
  rest.remove_prefix(1);
  return byte;
}

/// Writes a file of what the input lists. Returns whether it could.
inline bool write_tree(const std::string& path, std::string_view input) {
  be_quiet();
  H5File file(path);
  if (!file.open()) return false;
  for (int parts = 0; !input.empty() && parts < 64; ++parts) {
    const unsigned what = take_byte(input);
    const std::string name = take_name(input);
    switch (what % 5) {
      case 0: file.group(name); break;
      case 1: {
        const std::array types{H5T_IEEE_F32LE, H5T_IEEE_F64LE, H5T_IEEE_F32BE, H5T_STD_I32LE};
        const unsigned form = take_byte(input);
        std::vector<hsize_t> shape(form % 4);
        for (hsize_t& size : shape) size = take_byte(input) % 9;
        file.dataset(name, shape, types[form / 4 % 4], form / 16 % 2 == 1);
        break;
      }
      case 2: {
        const unsigned form = take_byte(input);
        const std::string attribute = take_name(input);
        std::vector<std::string> values(form % 6);
        for (std::string& value : values) value = take_name(input);
        file.texts(name, attribute, values, form / 8 % 2 == 1,
                   form / 16 % 2 == 1 && values.size() == 1);
        break;
      }
      case 3: file.soft_link(take_name(input), name); break;
      case 4: file.hard_link(take_name(input), name); break;
    }
  }
  return true;
}

}  // namespace pinnscope::fuzz
