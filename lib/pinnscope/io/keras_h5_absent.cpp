#include "pinnscope/io/keras_h5.hpp"

namespace pinnscope {

FileStatus read_keras_h5(const std::string& path, NetworkWeights&, Numbers) {
  return file_failure(StatusCode::unsupported, path,
                      "this build reads no HDF5 files: configure it with -Dhdf5=enabled");
}

FileStatus read_keras_h5_here(const std::string& path, NetworkWeights& network, Numbers numbers) {
  return read_keras_h5(path, network, numbers);
}

bool reads_keras_h5() noexcept { return false; }

}  // namespace pinnscope
