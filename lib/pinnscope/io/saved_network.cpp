#include "pinnscope/io/saved_network.hpp"

#include <cmath>
#include <utility>

#include "pinnscope/io/guard.hpp"

namespace pinnscope {
namespace {

template <class T>
FileStatus make(const NetworkWeights& weights, const std::string& name,
                std::unique_ptr<SavedNetwork<T>>& network) {
  FileStatus status = check_network(weights, name);
  if (status.ok()) status = check_activation(weights, name);
  if (!status.ok()) return status;
  auto made = std::make_unique<SavedNetwork<T>>(
      typename Mlp<T>::Config{.widths = weights.widths(),
                              .hidden = weights.hidden.value_or(Activation::identity),
                              .output = weights.output.value_or(Activation::identity),
                              .negative_slope = weights.negative_slope.value_or(kNegativeSlope)});
  if (!std::isfinite((*made)->negative_slope())) {
    return file_failure(StatusCode::out_of_range, name,
                        "expected a slope of the leaky ReLU within the range of the numbers");
  }
  status = copy_to(weights, **made);
  if (status.ok()) network = std::move(made);
  return status;
}

}  // namespace

template <class T>
SavedNetwork<T>::SavedNetwork(const typename Mlp<T>::Config& config)
    : memory_(Mlp<T>::footprint(config)), arena_(memory_.bytes()), network_(config, arena_) {}

template class SavedNetwork<float>;
template class SavedNetwork<double>;

FileStatus make_network(const NetworkWeights& weights, const std::string& name,
                        std::unique_ptr<SavedNetwork<float>>& network) {
  return guarded(name, [&] { return make<float>(weights, name, network); });
}
FileStatus make_network(const NetworkWeights& weights, const std::string& name,
                        std::unique_ptr<SavedNetwork<double>>& network) {
  return guarded(name, [&] { return make<double>(weights, name, network); });
}

}  // namespace pinnscope
