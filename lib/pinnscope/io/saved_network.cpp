#include "pinnscope/io/saved_network.hpp"

#include <charconv>
#include <cmath>
#include <utility>

#include "pinnscope/io/guard.hpp"
#include "pinnscope/io/network_file.hpp"
#include "pinnscope/nn/step_matrices.hpp"
#include "pinnscope/pde/problems.hpp"

namespace pinnscope {
namespace {

template <class T>
FileStatus make(const NetworkWeights& weights, const std::string& name,
                std::unique_ptr<Owned<Mlp<T>>>& network) {
  FileStatus status = check_network(weights, name);
  if (status.ok()) status = check_activation(weights, name);
  if (!status.ok()) return status;
  const std::vector<std::size_t> widths = weights.widths();
  auto made = std::make_unique<Owned<Mlp<T>>>(
      typename Mlp<T>::Config{.widths = widths,
                              .hidden = weights.hidden.value_or(Activation::identity),
                              .output = weights.output.value_or(Activation::identity),
                              .activation_parameters = weights.activation_parameters});
  const ActivationParameters& parameters = (*made)->activation_parameters();
  for_each_parameter([&](const ActivationParameter& parameter) {
    if (!status.ok() || std::isfinite(parameter.value_in(parameters))) return;
    status = file_failure(
        StatusCode::out_of_range, name,
        std::string("expected ") + parameter.name + " within the range of the numbers");
  });
  if (!status.ok()) return status;
  status = copy_to(weights, **made);
  if (status.ok()) network = std::move(made);
  return status;
}

/// Precondition: the recipe has seed, initialiser and a step that goes with the widths.
template <class T>
Status draw(const Recipe& recipe, NetworkWeights& network) {
  const std::vector<std::size_t> widths = network.widths();
  Owned<Mlp<T>> start({.widths = widths});
  Owned<StepMatrices<T>> steps({.widths = widths, .step = *recipe.layer_step});
  initialise(*start, *recipe.initialiser, *recipe.seed);
  const Status status = steps->form(start->parameters(), *start);
  if (status.ok()) network.layers = weights_of(*start).layers;
  return status;
}

/// A number that is the whole text.
template <class Number>
bool parse_number(const std::string& text, Number& number) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc{} && stop == end;
}

}  // namespace

Recipe recipe_of(const std::map<std::string, std::string>& metadata) {
  const auto said = [&](const char* key) {
    const auto entry = metadata.find(key);
    return entry == metadata.end() ? std::string() : entry->second;
  };
  Recipe recipe;
  recipe.problem = find_problem(said(Recipe::kProblem));
  std::uint64_t seed = 0;
  if (parse_number(said(Recipe::kSeed), seed)) recipe.seed = seed;
  Initialiser initialiser{};
  if (parse(said(Recipe::kInitialiser), initialiser)) recipe.initialiser = initialiser;
  static_cast<void>(parse(said(Recipe::kPrecision), recipe.precision));
  static_cast<void>(parse(said(Recipe::kAnsatz), recipe.ansatz));
  LayerStep step;
  const bool is_said = metadata.contains(Recipe::kLayersKind);
  if (!is_said || (parse(said(Recipe::kLayersKind), step.kind) &&
                   parse_number(said(Recipe::kLayersStep), step.size) &&
                   parse_number(said(Recipe::kLayersDamping), step.damping))) {
    recipe.layer_step = step;
  }
  return recipe;
}

template <class T>
FileStatus SavedNetwork<T>::take(const NetworkWeights& weights, const std::string& name) {
  return guarded(name, [&] {
    std::string own_name = name;
    std::map<std::string, std::string> metadata = weights.metadata;
    FileStatus status = make<T>(weights, name, network_);
    if (!status.ok()) return status;
    name_ = std::move(own_name);
    metadata_ = std::move(metadata);
    file_precision_ = weights.precision;
    return status;
  });
}

template <class T>
FileStatus SavedNetwork<T>::draw_start(SavedNetwork& start) const {
  return guarded(name_, [&] {
    NetworkWeights weights = weights_of(**network_);
    weights.metadata = metadata_;
    FileStatus status = pinnscope::draw_start(weights, name_, weights);
    return status.ok() ? start.take(weights, name_) : status;
  });
}

template <class T>
FileStatus read(const std::string& path, SavedNetwork<T>& network) {
  NetworkWeights weights;
  FileStatus status = read_network(path, weights);
  return status.ok() ? network.take(weights, path) : status;
}

FileStatus draw_start(const NetworkWeights& trained, const std::string& name,
                      NetworkWeights& start) {
  return guarded(name, [&] {
    const Recipe recipe = recipe_of(trained.metadata);
    if (!recipe.seed || !recipe.initialiser) {
      return file_failure(
          StatusCode::unsupported, name,
          "its start cannot be drawn again: expected the seed and the initialiser in the file");
    }
    NetworkWeights drawn = trained;
    Status status{StatusCode::bad_layer_step};
    if (recipe.layer_step) status = recipe.layer_step->check(trained.widths());
    if (status.ok()) {
      status = recipe.precision == Precision::float32 ? draw<float>(recipe, drawn)
                                                      : draw<double>(recipe, drawn);
    }
    if (!status.ok()) {
      return file_failure(StatusCode::unsupported, name,
                          std::string("its start cannot be drawn again: expected the kind, step "
                                      "and damping of its layers in the file, found that ") +
                              status.text());
    }
    start = std::move(drawn);
    return FileStatus{};
  });
}

template class SavedNetwork<float>;
template class SavedNetwork<double>;
template FileStatus read(const std::string&, SavedNetwork<float>&);
template FileStatus read(const std::string&, SavedNetwork<double>&);

}  // namespace pinnscope
