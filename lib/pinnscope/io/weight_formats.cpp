#include "pinnscope/io/weight_formats.hpp"

#include "pinnscope/io/keras_h5.hpp"
#include "pinnscope/io/safetensors.hpp"
#include "pinnscope/io/text_weights.hpp"

namespace pinnscope {

std::span<const WeightFormat> weight_formats() {
  static const std::array kFormats{
      WeightFormat{.text = "a directory of text files", .read = read_text_weights},
      WeightFormat{.text = "Keras HDF5",
                   .endings = {".h5", ".hdf5"},
                   .read = read_keras_h5,
                   .present = reads_keras_h5()},
      WeightFormat{.text = "safetensors",
                   .endings = {".safetensors"},
                   .read = read_safetensors,
                   .write = write_safetensors},
  };
  return kFormats;
}

}  // namespace pinnscope
