#include "pinnscope/io/keras_config.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

namespace pinnscope {
namespace {

using nlohmann::json;

constexpr int kDeepest = 32;  // models in models, arguments in arguments

// Looking into JSON of whatever shape.

const json& member(const json& object, const char* key) {
  static const json none;
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() ? *found : none;
}

std::string text_in(const json& value) {
  return value.is_string() ? value.get<std::string>() : std::string();
}

/// A finite number, or one in the wrapping that Keras gives to those of NumPy.
std::optional<double> number_in(const json& value, int depth = 0) {
  if (value.is_number()) {
    const double number = value.get<double>();
    return std::isfinite(number) ? std::optional(number) : std::nullopt;
  }
  if (!value.is_object() || depth > kDeepest) return {};
  return number_in(member(value, value.contains("config") ? "config" : "value"), depth + 1);
}

/// Appends a number, or those of a list, of a list in a list, or of one in a wrapping.
bool numbers_in(const json& value, std::vector<double>& numbers, int depth = 0) {
  if (depth > kDeepest) return false;
  if (value.is_array()) {
    return std::ranges::all_of(
        value, [&](const json& part) { return numbers_in(part, numbers, depth + 1); });
  }
  if (value.is_object()) {
    for (const char* key : {"config", "items", "value"}) {
      if (value.contains(key)) return numbers_in(value[key], numbers, depth + 1);
    }
    return false;
  }
  const std::optional<double> number = number_in(value);
  if (number) numbers.push_back(*number);
  return number.has_value();
}

// Activations.

struct LayerActivation {
  Activation kind = Activation::identity;
  ActivationParameters parameters{};

  bool operator==(const LayerActivation&) const = default;
};

std::string text_of(const LayerActivation& activation) {
  std::string result = text(activation.kind);
  for_each_parameter([&](const ActivationParameter& parameter) {
    const std::optional<double>& value = activation.parameters.*parameter.place;
    if (value)
      result.append(" of ").append(parameter.name).append(" ").append(std::to_string(*value));
  });
  return result;
}

/// Finds what a layer of this class does, if it is an activation that is computed. `known` says
/// whether it is of an activation's class.
std::optional<LayerActivation> activation_of_class(const std::string& kind, const json& config,
                                                   bool& known) {
  known = true;
  const auto leaky = [](double slope) {
    return LayerActivation{Activation::leaky_relu, {.negative_slope = slope}};
  };
  if (kind == "LeakyReLU") {  // Keras 2 writes alpha, Keras 3 negative_slope
    const bool older = config.is_object() && config.contains("alpha");
    const std::optional<double> slope =
        number_in(member(config, older ? "alpha" : "negative_slope"));
    return slope ? std::optional(leaky(*slope)) : std::nullopt;
  }
  if (kind == "ReLU") {
    const double slope = number_in(member(config, "negative_slope")).value_or(0);
    const double threshold = number_in(member(config, "threshold")).value_or(0);
    if (!member(config, "max_value").is_null() || threshold != 0) return {};
    return slope == 0 ? LayerActivation{Activation::relu, {}} : leaky(slope);
  }
  if (kind == "ELU" && number_in(member(config, "alpha")) == 1) {
    return LayerActivation{Activation::elu, {}};
  }
  known = kind == "ELU";
  return {};
}

/// A function of Keras, of its operations, or of TensorFlow, by name.
std::optional<LayerActivation> activation_of_name(const std::string& name) {
  for (const NamedActivation& row : named<Activation>()) {
    for (const KerasName& keras : row.keras_names) {
      if (name == keras.name) return LayerActivation{row.value, keras.parameters};
    }
  }
  return {};
}

/// The chain of layers, and the first thing that it cannot do.
class Chain {
 public:
  bool stuck() const { return !obstacle_.empty(); }
  void stick(const std::string& layer, const std::string& why) {
    if (obstacle_.empty()) obstacle_ = "layer " + in_quotes(layer) + ": " + why;
  }
  void stick(const std::string& why) {
    if (obstacle_.empty()) obstacle_ = why;
  }

  void dense(KerasDense layer, const LayerActivation& activation) {
    layer.before = std::exchange(pending_, {});
    layers_.push_back(std::move(layer));
    activations_.emplace_back();
    open_ = true;
    if (activation.kind != Activation::identity) activate(activation, layers_.back().name);
  }

  void activate(const LayerActivation& activation, const std::string& layer) {
    if (activation.kind == Activation::identity) return;
    if (layers_.empty()) return stick(layer, "an activation ahead of the first dense layer");
    if (!open_) return stick(layer, "a second activation behind one dense layer");
    activations_.back() = activation;
    open_ = false;
  }

  /// y -> scale y + offset of what the chain has come to.
  void map(const AffineMap& next, const std::string& layer) {
    AffineMap& place = open_ ? layers_.back().behind : pending_;
    if (place.empty()) {
      place = next;
      return;
    }
    const arma::uword size = std::max(place.scale.n_elem, next.scale.n_elem);
    if (std::min(place.scale.n_elem, next.scale.n_elem) != 1 && place.scale.n_elem != size) {
      return stick(layer, "another number of scales than the rescaling ahead of it");
    }
    const auto wide = [&](const arma::vec& numbers) {
      return numbers.n_elem == size ? numbers : arma::vec(size).fill(numbers(0));
    };
    place = {wide(next.scale) % wide(place.scale),
             wide(next.scale) % wide(place.offset) + wide(next.offset)};
  }

  KerasConfig finish() && {
    if (!stuck() && layers_.empty()) stick("model_config has no dense layer");
    if (!stuck() && !pending_.empty()) {
      stick("a rescaling behind the activation of the last dense layer");
    }
    KerasConfig config;
    if (!stuck()) set_activations(config);
    config.obstacle = std::move(obstacle_);
    if (config.obstacle.empty()) config.layers = std::move(layers_);
    return config;
  }

 private:
  void set_activations(KerasConfig& config) {
    const std::size_t last = activations_.size() - 1;
    for (std::size_t l = 1; l < last; ++l) {
      if (activations_[l] == activations_[0]) continue;
      return stick("hidden layers of different activations: " + in_quotes(layers_[0].name) +
                   " has " + text_of(activations_[0]) + ", " + in_quotes(layers_[l].name) + " " +
                   text_of(activations_[l]));
    }
    const LayerActivation& hidden = activations_[0];
    const LayerActivation& output = activations_[last];
    if (last > 0) config.hidden = hidden.kind;
    config.output = output.kind;
    for_each_parameter([&](const ActivationParameter& parameter) {
      const std::optional<double>& of_hidden = hidden.parameters.*parameter.place;
      const std::optional<double>& of_output = output.parameters.*parameter.place;
      config.activation_parameters.*parameter.place = of_hidden ? of_hidden : of_output;
      if (of_hidden && of_output && *of_hidden != *of_output) {
        stick(layers_[last].name, std::string("another ") + parameter.name +
                                      " of its activation than in the hidden layers");
      }
    });
  }

  std::vector<KerasDense> layers_;
  std::vector<LayerActivation> activations_;
  AffineMap pending_;  // of what the next dense layer takes
  bool open_ = false;  // the last dense layer has no activation yet
  std::string obstacle_;
};

/// A layer in the list of a model.
struct Listed {
  std::string name;
  std::string kind;
  const json* entry = nullptr;
  const json* config = nullptr;
};

Listed listed(const json& entry) {
  const json& config = member(entry, "config");
  std::string name = text_in(member(config, "name"));
  if (name.empty()) name = text_in(member(entry, "name"));
  return {std::move(name), text_in(member(entry, "class_name")), &entry, &config};
}

bool is_one_of(const std::string& kind, std::initializer_list<const char*> kinds) {
  return std::ranges::find(kinds, kind) != kinds.end();
}

bool is_model(const std::string& kind) {
  return is_one_of(kind, {"Sequential", "Functional", "Model"});
}

/// The names of the layers whose outputs a call takes, and why the call is not a plain one.
struct Call {
  std::vector<std::string> sources;
  std::string obstacle;
};

void read_arguments(const json& value, Call& call, int depth);

/// Named arguments of a call: those that change nothing are None, False and a missing mask.
void read_named(const json& arguments, Call& call, int depth) {
  for (const auto& [key, value] : arguments.items()) {
    if (value.is_null() || value == json(false)) continue;
    if (value.is_object() || value.is_array()) {
      read_arguments(value, call, depth + 1);
    } else if (call.obstacle.empty()) {
      call.obstacle = "it is called with the argument " + in_quotes(key);
    }
  }
}

/// Finds ["name", node, tensor, {...}] of Keras 2 and the keras_history of Keras 3, wherever in the
/// arguments they are.
void read_arguments(const json& value, Call& call, int depth) {
  if (depth > kDeepest) {
    call.obstacle = "its arguments are nested too deeply";
  } else if (value.is_object() && value.contains("args")) {
    read_arguments(value["args"], call, depth + 1);
    if (member(value, "kwargs").is_object()) read_named(value["kwargs"], call, depth);
  } else if (value.is_object()) {
    const json& history = member(member(value, "config"), "keras_history");
    if (history.is_array() && !history.empty()) {
      call.sources.push_back(text_in(history[0]));
    } else {
      for (const auto& part : value) read_arguments(part, call, depth + 1);
    }
  } else if (value.is_array() && value.size() >= 3 && value[0].is_string() &&
             value[1].is_number() && value[2].is_number()) {
    call.sources.push_back(text_in(value[0]));
    if (value.size() > 3 && value[3].is_object()) read_named(value[3], call, depth);
  } else if (value.is_array()) {
    for (const json& part : value) read_arguments(part, call, depth + 1);
  }
}

/// The layer that "input_layers" or "output_layers" names, where it is one.
std::string only_end(const json& ends) {
  Call call;
  read_arguments(ends, call, 0);
  return call.sources.size() == 1 ? call.sources[0] : std::string();
}

/// Walks through a model and its models.
class Walk {
 public:
  explicit Walk(Chain& chain) : chain_(chain) {}

  /// `group`: the name of the layer of the outermost model that this one is in.
  void model(const std::string& kind, const json& config, const std::string& group, int depth) {
    if (depth > kDeepest) return chain_.stick("models in models, too deeply");
    const json& entries = config.is_array() ? config : member(config, "layers");
    if (!entries.is_array()) return chain_.stick("expected layers in model_config, found none");
    std::vector<Listed> layers;
    for (const json& entry : entries) layers.push_back(listed(entry));
    if (kind != "Sequential") layers = ordered(layers, config);
    for (const Listed& layer : layers) {
      if (chain_.stuck()) return;
      visit(layer, group.empty() ? layer.name : group, depth);
    }
  }

 private:
  /// The layers from the input to the output of a functional model, one behind the other.
  std::vector<Listed> ordered(const std::vector<Listed>& layers, const json& config) {
    std::map<std::string, Listed> named;
    for (const Listed& layer : layers) {
      const std::string own = text_in(member(*layer.entry, "name"));
      if (!named.emplace(own.empty() ? layer.name : own, layer).second) {
        chain_.stick(layer.name, "two layers have this name");
        return {};
      }
    }
    const std::string first = only_end(member(config, "input_layers"));
    std::string at = only_end(member(config, "output_layers"));
    if (first.empty() || at.empty()) {
      chain_.stick("expected a model of one input and one output");
      return {};
    }
    std::vector<Listed> chain;
    while (!chain_.stuck()) {
      const auto place = named.find(at);
      if (place == named.end()) {
        chain_.stick(at, "it is not in model_config, or is called in a circle");
        break;
      }
      const Listed layer = place->second;
      named.erase(place);
      chain.push_back(layer);
      if (at == first) break;
      at = source(layer);
    }
    if (!chain_.stuck() && !named.empty()) {
      chain_.stick(named.begin()->first, "a branch beside the way from the input to the output");
    }
    std::ranges::reverse(chain);
    return chain;
  }

  /// The one layer whose output this one takes.
  std::string source(const Listed& layer) {
    const json& nodes = member(*layer.entry, "inbound_nodes");
    if (!nodes.is_array() || nodes.size() != 1) {
      const std::size_t calls = nodes.is_array() ? nodes.size() : 0;
      chain_.stick(layer.name,
                   "expected it to be called once, found " + std::to_string(calls) + " calls");
      return {};
    }
    Call call;
    read_arguments(nodes[0], call, 0);
    if (call.sources.size() > 1) {
      std::string text = is_one_of(layer.kind, {"Add", "Subtract", "Multiply", "Average", "Maximum",
                                                "Minimum", "Concatenate"})
                             ? "a skip connection or branch (" + layer.kind + ") of "
                             : "it takes the outputs of ";
      for (std::size_t k = 0; k < call.sources.size() && k < 4; ++k) {
        text += (k == 0                        ? ""
                 : k + 1 < call.sources.size() ? ", "
                                               : " and ") +
                in_quotes(call.sources[k]);
      }
      chain_.stick(layer.name, text);
    } else if (call.sources.empty()) {
      chain_.stick(layer.name, "it takes the output of no layer");
    } else if (!call.obstacle.empty()) {
      chain_.stick(layer.name, call.obstacle);
    }
    return call.sources.empty() ? std::string() : call.sources[0];
  }

  void visit(const Listed& layer, const std::string& group, int depth) {
    const json& config = *layer.config;
    if (is_model(layer.kind)) return model(layer.kind, config, group, depth + 1);
    const std::string registered = text_in(member(*layer.entry, "registered_name"));
    const std::string module = text_in(member(*layer.entry, "module"));
    if (!registered.empty() && !module.starts_with("keras")) {
      return chain_.stick(layer.name,
                          "a layer of its own, " + in_quotes(registered) + ", is not computed");
    }
    for (const char* key : {"batch_shape", "batch_input_shape"}) {
      const json& shape = member(config, key);
      if (shape.is_array() && shape.size() != 2) {
        return chain_.stick(layer.name, "expected inputs of one dimension a point, found " +
                                            std::to_string(shape.empty() ? 0 : shape.size() - 1));
      }
    }
    if (layer.kind == "Dense") return dense(layer, group);
    if (layer.kind == "Rescaling") return rescaling(layer);
    if (is_one_of(layer.kind, {"InputLayer", "Dropout", "GaussianDropout", "GaussianNoise",
                               "AlphaDropout", "ActivityRegularization", "Flatten", "Identity"})) {
      return;
    }
    std::optional<LayerActivation> activation;
    if (layer.kind == "Activation") {
      activation = function(layer.name, member(config, "activation"));
    } else {
      activation = object(layer.name, layer.kind, config, " is not computed");
    }
    if (activation) chain_.activate(*activation, layer.name);
  }

  void dense(const Listed& layer, const std::string& group) {
    const json& config = *layer.config;
    const std::optional<LayerActivation> activation =
        function(layer.name, member(config, "activation"));
    if (!activation) return;
    const json& units = member(config, "units");
    KerasDense dense{.group = group, .name = layer.name};
    dense.units = units.is_number_unsigned() ? units.get<std::size_t>() : 0;
    dense.has_biases = member(config, "use_bias") != json(false);
    chain_.dense(std::move(dense), *activation);
  }

  void rescaling(const Listed& layer) {
    std::vector<double> scale;
    std::vector<double> offset;
    const json& given = member(*layer.config, "offset");
    bool good = numbers_in(member(*layer.config, "scale"), scale);
    good = good && (given.is_null() || numbers_in(given, offset));
    if (offset.empty()) offset.push_back(0);
    if (!good || scale.empty() ||
        (scale.size() != offset.size() && scale.size() != 1 && offset.size() != 1)) {
      return chain_.stick(layer.name, "a Rescaling whose scale and offset are not read");
    }
    const std::size_t size = std::max(scale.size(), offset.size());
    if (scale.size() < size) scale.assign(size, scale[0]);
    if (offset.size() < size) offset.assign(size, offset[0]);
    chain_.map({arma::vec(scale), arma::vec(offset)}, layer.name);
  }

  /// What the entry "activation" of a layer says: nothing, a name, a function, or a layer.
  std::optional<LayerActivation> function(const std::string& layer, const json& value) {
    if (value.is_null()) return LayerActivation{};
    if (value.is_string()) return named(layer, text_in(value));
    const std::string kind = text_in(member(value, "class_name"));
    const json& config = member(value, "config");
    if (kind == "function" && config.is_string()) {
      const std::string name = text_in(config);
      return named(layer, name.substr(name.rfind('>') + 1));  // npos + 1 is 0
    }
    if (!kind.empty()) return object(layer, kind, config, " as its activation is not computed");
    chain_.stick(layer, "an activation without a name, as a lambda, is not computed");
    return {};
  }

  std::optional<LayerActivation> named(const std::string& layer, const std::string& name) {
    const std::optional<LayerActivation> found = activation_of_name(name);
    if (!found) chain_.stick(layer, "the activation " + in_quotes(name) + " is not computed");
    return found;
  }

  std::optional<LayerActivation> object(const std::string& layer, const std::string& kind,
                                        const json& config, const char* otherwise) {
    bool known = false;
    const std::optional<LayerActivation> found = activation_of_class(kind, config, known);
    if (found) return found;
    chain_.stick(layer,
                 known ? kind + " of these parameters is not computed"
                       : (kind.empty() ? "an unknown kind of layer" : in_quotes(kind)) + otherwise);
    return {};
  }

  Chain& chain_;
};

}  // namespace

KerasConfig parse_keras_config(std::string_view text) {
  Chain chain;
  const json model = json::parse(text, nullptr, false);
  const std::string kind = text_in(member(model, "class_name"));
  if (!model.is_object()) {
    chain.stick("model_config is not an object of JSON");
  } else if (!is_model(kind)) {
    chain.stick("a model of the class " + in_quotes(kind) + " is not computed");
  } else {
    Walk(chain).model(kind, member(model, "config"), "", 0);
  }
  return std::move(chain).finish();
}

}  // namespace pinnscope
