#include "propagate_options.hpp"

#include <limits>
#include <utility>

#include "common/command_line.hpp"
#include "common/options.hpp"
#include "pinnscope/io/network_file.hpp"

namespace pinnscope::apps {
namespace {

constexpr std::uint64_t kMostNodes = 10000;  // of a grid, in each direction

void add_grid(CLI::App& command, SignalOptions& options) {
  const auto read = [&options](const std::string& words) {
    const std::size_t cross = words.find('x');
    std::uint64_t along = 0;
    std::uint64_t across = 0;
    if (cross == std::string::npos || !parse_whole_number(words.substr(0, cross), along) ||
        !parse_whole_number(words.substr(cross + 1), across) || along < 1 || across < 1 ||
        along > kMostNodes || across > kMostNodes) {
      throw CLI::ValidationError("--grid", "expected NXxNT, numbers from 1 to " +
                                               std::to_string(kMostNodes) + ", found '" + words +
                                               "'");
    }
    options.grid = {along, across};
  };
  command
      .add_option_function<std::string>(
          "--grid", read,
          "inputs (x, t) on the box of the problem in the file, else the unit square")
      ->option_text("NXxNT");
}

/// Options that go with networks.
void add_signals(CLI::App& command, SignalOptions& options) {
  command.add_option("--at", options.at, "an input, such as 0.5,0.3; more than once for more")
      ->option_text("X,T")
      ->allow_extra_args(false);
  command.add_option("--inputs", options.inputs,
                     "file of inputs, one a line; - for standard input");
  add_grid(command, options);
  command.add_option("--near", options.near, "from an input to its neighbour")
      ->option_text("DX,DT [0.01 each]");
  command.add_flag("--start", options.start,
                   "also before training, drawn again from seed and initialiser in the file");
  add_threads(command, options.threads);
}

/// Options that go with --scheme.
void add_steps(CLI::App& command, PropagateOptions& options) {
  command.add_option("--steps", options.steps)
      ->transform(whole_number(0, 1000000000))
      ->capture_default_str();
  command
      .add_option("--every", options.every,
                  "write step 0, each K-th step and the last one, finite where a run overflows")
      ->option_text("K [1]")
      ->transform(whole_number(1, 1000000000));
  command.add_option("--velocity", options.velocity, "U")->capture_default_str();
  command.add_option("--diffusivity", options.diffusivity, "D")->capture_default_str();
  command.add_option("--dt", options.dt)->capture_default_str();
  command.add_option("--dx", options.dx)->capture_default_str();
  add_named(command, "--boundary", options.boundary);
}

/// Options that go with --scheme and --family.
void add_ring(CLI::App& command, PropagateOptions& options) {
  command.add_option("--cells", options.cells, "of the grid; neurons of a layer")
      ->transform(whole_number(1, 1000000000))
      ->capture_default_str();
  command.add_option("--theta", options.theta, "implicitness of the scheme theta")
      ->capture_default_str();
  add_named(command, "--normalise", options.normalise);
  CLI::Option* initial = command.add_option("--initial", options.initial, "file with N numbers");
  command
      .add_option("--seed", options.seed,
                  "of the random signal 2 rand - 1, and of random layers; 1 more for each "
                  "realisation")
      ->transform(whole_number(0, std::numeric_limits<std::uint32_t>::max()))
      ->excludes(initial)
      ->capture_default_str();
}

/// What --family takes: the families, and each scheme for the family of its one-step matrix.
struct FamilyChoice {
  const char* name = "";
  const char* meaning = "";
  LayerFamily family = LayerFamily::scheme;
  Scheme scheme = Scheme::ftcs;
};

std::vector<FamilyChoice> families() {
  std::vector<FamilyChoice> choices;
  for (const LayerFamilyRow& row : named<LayerFamily>()) {
    if (row.value != LayerFamily::scheme) choices.push_back({row.name, row.meaning, row.value});
  }
  return choices;
}

std::vector<FamilyChoice> families_and_schemes() {
  std::vector<FamilyChoice> choices = families();
  for (const SchemeRow& row : named<Scheme>()) {
    choices.push_back({row.name, row.meaning, LayerFamily::scheme, row.value});
  }
  return choices;
}

/// The families that read a parameter: "uniform, gaussian or signs".
std::string readers_of(LayerParameter parameter) {
  std::vector<std::string> names;
  for (const LayerFamilyRow& row : named<LayerFamily>()) {
    if (row.reads(parameter)) names.emplace_back(row.name);
  }
  return parameter == LayerParameter::step ? "of a scheme" : list_of(names, "or");
}

/// An option that gives a parameter of families.
struct ParameterOption {
  CLI::Option* option;
  LayerParameter parameter;
};

/// Options that give parameters of families.
std::vector<ParameterOption> add_parameters(CLI::App& command, FamilyOptions& options) {
  LayerParameters& parameters = options.parameters;
  const auto of = [](LayerParameter parameter) { return "of " + readers_of(parameter) + ": "; };
  constexpr double kLargest = 1e9;
  return {
      {command
           .add_option("--scale", parameters.scale,
                       of(LayerParameter::scale) + "the size of random entries")
           ->check(real_number(0, kLargest))
           ->capture_default_str(),
       LayerParameter::scale},
      {command
           .add_option("--width", parameters.width,
                       of(LayerParameter::width) + "its standard deviation, in neurons")
           ->check(real_number(1 / kLargest, kLargest))
           ->capture_default_str(),
       LayerParameter::width},
      {command
           .add_option("--stencil", options.stencil,
                       of(LayerParameter::stencil) + "of the neuron before, itself, the one behind")
           ->option_text("A,B,C [1.5,-1,0.5]"),
       LayerParameter::stencil},
      {command.add_option(
           "--symbol", options.symbol,
           of(LayerParameter::symbol) + "file, a line Re G and Im G for each mode 0..N/2"),
       LayerParameter::symbol},
      {command
           .add_option("--courant", parameters.numbers.c, of(LayerParameter::step) + "c = U dt/dx")
           ->check(real_number(-1e6, 1e6))
           ->capture_default_str(),
       LayerParameter::step},
      {command
           .add_option("--diffusion", parameters.numbers.r,
                       of(LayerParameter::step) + "r = D dt/dx^2")
           ->check(real_number(0, 1e6))
           ->capture_default_str(),
       LayerParameter::step}};
}

/// Other options that go with --family.
void add_layers(CLI::App& command, FamilyOptions& options) {
  command.add_flag("--redraw", options.redraw,
                   "of random families: a matrix of its own for each layer");
  command.add_option("--layers", options.layers)
      ->transform(whole_number(1, 100000000))
      ->capture_default_str();
  command.add_option("--realisations", options.realisations, "signals, and random matrices")
      ->transform(whole_number(1, 1000000))
      ->capture_default_str();
  command
      .add_option("--blend", options.blend, "P, for the activation P tanh(z) + (1 - P) max(z, 0)")
      ->check(real_number(0, 1));
}

/// Options that go beside one of some others, and how these are called.
struct Company {
  std::vector<CLI::Option*> options;
  std::vector<CLI::Option*> needed;
  const char* names;

  void check() const {
    for (const CLI::Option* other : needed) {
      if (!other->empty()) return;
    }
    for (const CLI::Option* option : options) {
      if (!option->empty()) throw CLI::RequiresError(option->get_name(), names);
    }
  }
};

void check_family(const FamilyOptions& options, const std::vector<ParameterOption>& parameters) {
  const LayerFamilyRow& row = family_row(*options.family);
  for (const auto& [option, parameter] : parameters) {
    if (option->empty() || row.reads(parameter)) continue;
    throw CLI::ValidationError(option->get_name(), "expected --family " + readers_of(parameter) +
                                                       ", found " + options.name);
  }
  if (options.redraw && !row.is_random()) {
    throw CLI::ValidationError("--redraw", "expected a random family, found " + options.name);
  }
  if (row.reads(LayerParameter::symbol) && options.symbol.empty()) {
    throw CLI::RequiredError("--symbol");
  }
}

}  // namespace

void add_propagate(CLI::App& app, PropagateOptions& options, SignalOptions& signals,
                   FamilyOptions& family) {
  CLI::App* command = app.add_subcommand(
      "propagate",
      "a signal through z_t + U z_x = D z_xx or layers of a family, or inputs through networks");
  CLI::Option* networks = command->add_option("WEIGHTS", signals.weights,
                                              readable_networks() + "; several: an ensemble");
  CLI::Option* scheme = add_named(*command, "--scheme", options.scheme)->excludes(networks);
  CLI::Option* chain = add_choice(*command, "--family", families_and_schemes(), "of the layers",
                                  [&family](const FamilyChoice& choice) {
                                    family.family = choice.family;
                                    family.name = choice.name;
                                    family.parameters.scheme = choice.scheme;
                                  })
                           ->excludes(networks)
                           ->excludes(scheme);
  const Company of_ring{added_by(*command, [&] { add_ring(*command, options); }),
                        {scheme, chain},
                        "--scheme or --family"};
  add_needing(*command, scheme, [&] { add_steps(*command, options); });
  std::vector<ParameterOption> parameters;
  add_needing(*command, chain, [&] {
    parameters = add_parameters(*command, family);
    add_layers(*command, family);
  });
  add_needing(*command, networks, [&] { add_signals(*command, signals); });
  const Company of_layers{added_by(*command,
                                   [&] {
                                     add_network_options(*command, signals.network);
                                     command->add_flag("--plots", signals.plots,
                                                       "draw the first network or realisations, "
                                                       "with gnuplot");
                                   }),
                          {networks, chain},
                          "WEIGHTS or --family"};
  command->get_option("--output-activation")->needs(networks);
  command->get_option("--activation")->excludes(command->get_option("--blend"));
  command
      ->add_option("--out", options.out, "CSV file to write; of networks and families, a directory")
      ->required();
  command->callback([networks, scheme, chain, of_ring, of_layers, parameters, &signals, &family] {
    if (networks->empty() && scheme->empty() && chain->empty()) {
      throw CLI::RequiredError("--scheme, --family or WEIGHTS");
    }
    of_ring.check();
    of_layers.check();
    if (!networks->empty() && signals.at.empty() && signals.grid.empty() && !signals.inputs) {
      throw CLI::RequiredError("--at, --inputs or --grid");
    }
    if (family.family) check_family(family, parameters);
  });
  command->footer(meanings_of("Schemes:", named<Scheme>()) + "\n\n" +
                  meanings_of("Families, and the one-step matrix of each scheme:", families()) +
                  "\n\n" + meanings_of("Boundaries:", named<Boundary>()) + "\n\n" +
                  meanings_of("Normalisations:", named<Normalisation>()));
}

}  // namespace pinnscope::apps
