// The command: trains networks, looks into them, evaluates them, writes their spectra, propagates
// signals.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

#include "commands.hpp"
#include "common/command_line.hpp"
#include "common/options.hpp"
#include "pde.hpp"
#include "pinnscope/io/destination.hpp"
#include "pinnscope/io/network_file.hpp"
#include "pinnscope/io/number_text.hpp"
#include "pinnscope/pde/problems.hpp"
#include "pinnscope/spectra/nulls/null_model.hpp"
#include "presets.hpp"
#include "propagate_options.hpp"

namespace pinnscope::apps {
namespace {

constexpr double kLeastStep = 1e-6;  // of layers that are steps
constexpr double kMostStep = 1e6;    // likewise, and of their damping

CLI::App* add_info(CLI::App& app, std::string& weights) {
  CLI::App* command = app.add_subcommand("info", "what a network file holds");
  command->add_option("WEIGHTS", weights, readable_networks())->required();
  return command;
}

void add_problem(CLI::App& command, const Problem*& problem) {
  add_choice(command, "PROBLEM", problems(), "", [&problem](const Problem& row) {
    problem = &row;
  })->required();
}

CLI::App* add_errors(CLI::App& app, const Problem*& problem, std::string& weights,
                     NetworkOptions& options) {
  CLI::App* command = app.add_subcommand("errors", "of a network against the exact solution");
  add_problem(*command, problem);
  command->footer(meanings_of("Problems:", problems()));
  command->add_option("WEIGHTS", weights, readable_networks())->required();
  add_network_options(*command, options);
  return command;
}

CLI::App* add_evaluate(CLI::App& app, EvaluateOptions& options) {
  CLI::App* command = app.add_subcommand("evaluate", "u(x, t) of a network, with derivatives");
  command->add_option("WEIGHTS", options.weights, readable_networks())->required();
  command
      ->add_option("--points", options.points,
                   "text or CSV, columns x t, or as a first line names them; - for standard input")
      ->required();
  command->add_option("--out", options.out, "CSV file to write")->required();
  command->add_flag("--derivatives", options.derivatives, "add u_x, u_t, u_xx");
  add_network_options(*command, options.network);
  add_named(*command, "--precision", options.precision);
  return command;
}

CLI::App* add_spectra(CLI::App& app, SpectraOptions& options) {
  CLI::App* command = app.add_subcommand("spectra", "statistics of the weights, layer by layer");
  command->add_option("WEIGHTS", options.weights, readable_networks() + "; several: an ensemble")
      ->required();
  command->add_option("--out", options.out, "directory to write into")->required();
  command
      ->add_option("--null", options.nulls,
                   list_of(names_of(kNulls), "or") + "; several: with commas")
      ->check(one_of(names_of(kNulls)))
      ->delimiter(',')
      ->capture_default_str();
  command->add_option("--draws", options.draws, "under each null; 0 for none")
      ->transform(whole_number(0, 1000000))
      ->capture_default_str();
  command
      ->add_option("--relabellings", options.relabellings,
                   "of the neurons, over which numbers that know of labels are spread; 0 for none")
      ->transform(whole_number(0, 1000000))
      ->capture_default_str();
  add_named(*command, "--activation", options.activation,
            "of the hidden layers, where a file does not say it: of an odd one, signs are labels");
  add_seed(*command, options.seed, "of the draws");
  add_threads(*command, options.threads);
  command->add_flag("--json", options.json, "write layers.json too");
  command->add_flag("--plots", options.plots, "draw the first run, with gnuplot");
  command->add_flag("--change", options.change,
                    "look at what training changed: W less W at the start, drawn again");
  command->footer(
      meanings_of("Nulls:", kNulls) +
      "\n\nnulls.csv: p_value is two-sided and stands alone; p_holm is corrected over the `tests` "
      "of "
      "its\n"
      "statistic (layers, nulls and runs), p_holm_all over every p-value of the file. Both are "
      "nan\n"
      "where there are fewer draws than draws_needed: none of the family could reach 5 %.\n"
      "relabellings.csv: the numbers that other labels of the neurons change, though not the\n"
      "network's function, beside what they are under random labels; fits of laws under one in "
      "four.\n"
      "pinnscope columns: what the columns of layers.csv mean");
  return command;
}

/// Options that go with --from-scheme.
void add_scheme_network(CLI::App* command, SchemeNetworkOptions& options) {
  command->add_option("--courant", options.courant, "c = U dt/dx")
      ->check(real_number(-1e6, 1e6))
      ->capture_default_str();
  command->add_option("--diffusion", options.diffusion, "r = D dt/dx^2")
      ->check(real_number(0, 1e6))
      ->capture_default_str();
  command->add_option("--theta", options.theta, "implicitness of --from-scheme theta")
      ->check(real_number(0, 1))
      ->capture_default_str();
  command->add_option("--cells", options.cells, "of the ring: neurons of a layer")
      ->transform(whole_number(1, 100000))
      ->capture_default_str();
  command->add_option("--layers", options.layers, "square ones, one step each")
      ->transform(whole_number(1, 100000))
      ->capture_default_str();
  command->add_option("--relabel", options.relabel, "seed of other labels for the hidden neurons")
      ->transform(whole_number(0, kLargestSeed));
}

/// Reads the PDE in a network, or writes a network that is one.
CLI::App* add_pde(CLI::App& app, PdeOptions& options, SchemeNetworkOptions& network) {
  CLI::App* command = app.add_subcommand("pde", "which discretised PDE each square layer is");
  CLI::Option* weights = command->add_option("WEIGHTS", options.weights, readable_networks());
  command
      ->add_option("--at", options.points,
                   "x,t: the layers linearised there, diag(f') W, beside W alone; several: again")
      ->needs(weights);
  command->add_option("--out", options.out,
                      "CSV file, a row a layer; with --from-scheme the network's file");
  command->add_option("--rows", options.rows, "CSV file, a row a neuron")->needs(weights);
  command->add_option("--schemes", options.schemes, "CSV file, a row a layer and scheme")
      ->needs(weights);
  command
      ->add_option("--symbols", options.symbols,
                   "CSV file, a row a layer and mode: its factor by an impulse, and the scheme's")
      ->needs(weights);
  command
      ->add_flag("--refine", options.refine,
                 "halve the steps and double the layers, and the cells of schemes: observed orders")
      ->needs(weights);
  add_named(*command, "--neighbours", options.neighbours)->needs(weights);
  command->add_option("--draws", options.draws, "permutations, and relabellings, of a layer")
      ->transform(whole_number(1, 1000000))
      ->capture_default_str();
  command
      ->add_option("--searches", options.searches,
                   "for the best labels, of permutations beside each layer's own; 0: none at all")
      ->transform(whole_number(0, 1000000))
      ->capture_default_str();
  add_seed(*command, options.seed, "of the draws");
  add_threads(*command, options.threads);
  add_network_options(*command, options.network);
  CLI::Option* scheme = add_named(*command, "--from-scheme", network.scheme,
                                  "write a network whose square layers are this scheme's step")
                            ->excludes(weights);
  add_needing(*command, scheme, [&] { add_scheme_network(command, network); });
  command->footer(meanings_of("Schemes:", named<Scheme>()) + "\n\n" +
                  meanings_of("Neurons on a:", named<Neighbours>()));
  return command;
}

FileStatus read_or_write_pde(const PdeOptions& options, const SchemeNetworkOptions& network) {
  if (network.scheme) return write_scheme_network(network, options.out);
  if (options.weights.empty()) {
    return {StatusCode::empty_input, "pde: expected WEIGHTS or --from-scheme, found neither"};
  }
  return show_pde(options);
}

void add_network_of_train(CLI::App* command, TrainOptions& options) {
  add_seed(*command, options.seed, "of the weights and the points");
  command->add_option("--points", options.points, "inside the domain")
      ->transform(whole_number(1, 1000000000))
      ->capture_default_str();
  add_named(*command, "--points-by", options.points_by, "how these are drawn");
  CLI::Option* resampled = command
                               ->add_option("--resample-every", options.resample_every,
                                            "steps, behind which points inside are chosen anew, "
                                            "more where the residual is large; 0: never")
                               ->transform(whole_number(0, 1000000000))
                               ->capture_default_str();
  add_needing(*command, resampled, [&] {
    command
        ->add_option("--candidates", options.candidates,
                     "among which they are chosen [ten times as many]")
        ->transform(whole_number(1, 1000000000));
  });
  command
      ->add_option("--held-out", options.held_out,
                   "points inside that are never trained on: the loss there is logged and printed "
                   "[a tenth of the others, 100 or more]; 0: none")
      ->transform(whole_number(0, 100000000));
  command
      ->add_option(
          "--patience", options.patience,
          "stop behind as many steps without a lower loss at the points held out; 0: never")
      ->transform(whole_number(0, 1000000000))
      ->capture_default_str();
  command->add_option("--layers", options.layers, "hidden layers")
      ->transform(whole_number(1, 1000))
      ->capture_default_str();
  command->add_option("--width", options.width, "neurons of a hidden layer")
      ->transform(whole_number(1, 10000))
      ->capture_default_str();
  add_named(*command, "--activation", options.activation);
  add_activation_parameters(*command, options.activation_parameters, "");
  add_named(*command, "--ansatz", options.ansatz, "what the network stands for in the problem");
  CLI::Option* kind = add_named(*command, "--layers-kind", options.layers_kind,
                                "weights of the hidden layers beyond the first");
  add_needing(*command, kind, [&] {
    command
        ->add_option("--layers-step", options.layers_step,
                     "h of these [" + shortest_text(LayerStep{}.size) + "]")
        ->check(real_number(kLeastStep, kMostStep));
    command
        ->add_option("--layers-damping", options.layers_damping,
                     "gamma of these [" + shortest_text(LayerStep{}.damping) + "]")
        ->check(real_number(0, kMostStep));
  });
  add_named(*command, "--precision", options.precision);
}

CLI::App* add_train(CLI::App& app, TrainOptions& options) {
  const CLI::Validator count = whole_number(0, 1000000000);
  CLI::App* command =
      app.add_subcommand("train", "a network on a PDE: Adam, then L-BFGS, then more");
  add_problem(*command, options.problem);
  // Before the others: what they say counts more.
  add_choice(*command, "--preset", named<Preset>(), "what other options are without being given",
             [&options](const auto& row) { set_preset(row.value, options); })
      ->default_str(text(Preset::recipe));
  add_network_of_train(command, options);
  command->add_option("--adam-steps", options.adam_steps)->transform(count)->capture_default_str();
  command->add_option("--learning-rate", options.learning_rate, "of Adam")
      ->check(real_number(1e-12, 1e3))
      ->capture_default_str();
  command->add_option("--lbfgs-iterations", options.lbfgs_iterations, "at most")
      ->transform(count)
      ->capture_default_str();
  command
      ->add_option(
          "--lbfgs-tolerance", options.lbfgs_tolerance,
          "stop where an iteration lowers the loss by no more than this part of it; 0: off")
      ->check(real_number(0, 1))
      ->capture_default_str();
  command
      ->add_option("--lbfgs-loss-floor", options.lbfgs_loss_floor,
                   "a lower loss counts as this one in that; SciPy's ftol has 1 and 2.22e-9")
      ->check(real_number(0, 1e300))
      ->capture_default_str();
  CLI::Option* dense = command
                           ->add_option("--quasi-newton", options.quasi_newton_iterations,
                                        "iterations behind L-BFGS, at most, with a dense inverse "
                                        "Hessian: for small networks in double")
                           ->transform(count)
                           ->capture_default_str();
  add_needing(*command, dense,
              [&] { add_named(*command, "--quasi-newton-update", options.quasi_newton_update); });
  command
      ->add_option("--levenberg-marquardt", options.levenberg_marquardt_iterations,
                   "iterations behind these, at most, on the equations of all residuals: for small "
                   "networks in double")
      ->transform(count)
      ->capture_default_str();
  add_threads(*command, options.threads);
  command->add_option("--out", options.out, "default: PROBLEM" + std::string(written_ending()));
  command->add_option("--log", options.log, "CSV file for the losses");
  command->add_option(
      "--gradients", options.gradients,
      "CSV file for the norm of the loss's gradient by what each layer's weights are "
      "trained by");
  CLI::Option* checkpoint =
      command->add_option("--checkpoint", options.checkpoint, "file to keep the state in");
  command->add_option("--checkpoint-every", options.checkpoint_every, "steps")
      ->transform(whole_number(1, 1000000000))
      ->capture_default_str();
  command->add_flag("--resume", options.resume, "go on from the checkpoint")->needs(checkpoint);
  command->footer(
      meanings_of("Problems:", problems()) + "\n\n" + meanings_of("Presets:", named<Preset>()) +
      "\n\n" + meanings_of("Points by:", named<Sampling>()) + "\n\n" +
      meanings_of("Activations of z:", named<Activation>()) + "\n\n" +
      meanings_of("Kinds of layers, A = W - W^T - gamma I:", named<LayerKind>()) +
      "\n\nA disk that fills up does not end a training: rows of the log and checkpoints are tried "
      "again,\n"
      "and a network that cannot go to its place is kept beside it, beside the checkpoint or the "
      "log, in\n"
      "the current directory or that for temporary files; the last line says where, and the exit "
      "code is 1.\n"
      "So it is with the last network whose loss was finite, where a training diverges.");
  return command;
}

int fail(const FileStatus& status) {
  complain("pinnscope", status.message);
  return 1;
}

int run(int argc, char** argv) {
  CLI::App app("Trains physics-informed neural networks and looks into them", "pinnscope");
  app.require_subcommand(1);
  std::string weights;
  const Problem* problem = nullptr;
  NetworkOptions network;
  EvaluateOptions evaluation;
  SpectraOptions statistics;
  PropagateOptions propagation;
  SignalOptions signals;
  FamilyOptions family;
  PdeOptions pde;
  SchemeNetworkOptions scheme_network;
  TrainOptions training;
  const CLI::App* info = add_info(app, weights);
  const CLI::App* values = add_evaluate(app, evaluation);
  const CLI::App* spectra = add_spectra(app, statistics);
  const CLI::App* columns =
      app.add_subcommand("columns", "of layers.csv and of pde --out, and what they mean");
  const CLI::App* errors = add_errors(app, problem, weights, network);
  const CLI::App* trainer = add_train(app, training);
  const CLI::App* tester =
      app.add_subcommand("selftest", "known constants and a short calibration, some ten seconds");
  const CLI::App* reader = add_pde(app, pde, scheme_network);
  add_propagate(app, propagation, signals, family);
  if (const auto code = parse_command_line(app, argc, argv)) return *code;
  if (columns->parsed()) {
    list_columns();
    list_step_numbers();
    return 0;
  }
  int ended_by = 0;
  if (!signals.weights.empty()) signals.out = std::exchange(propagation.out, {});  // a directory
  if (family.family) family.out = std::exchange(propagation.out, {});              // likewise
  for (std::string* out : {&evaluation.out, &pde.out, &propagation.out, &training.out}) {
    const FileStatus apart = out->empty() ? FileStatus{} : keep_apart_from_messages(*out);
    if (!apart.ok()) return fail(apart);
  }
  const FileStatus status = info->parsed()             ? show_info(weights)
                            : values->parsed()         ? evaluate(evaluation)
                            : spectra->parsed()        ? write_spectra(statistics)
                            : errors->parsed()         ? show_errors(*problem, weights, network)
                            : trainer->parsed()        ? train(training, ended_by)
                            : tester->parsed()         ? self_test(0)
                            : reader->parsed()         ? read_or_write_pde(pde, scheme_network)
                            : !signals.weights.empty() ? propagate_networks(signals)
                            : family.family ? propagate_family(propagation, signals, family)
                                            : propagate(propagation);
  if (status.ok()) return ended_by == 0 ? 0 : 128 + ended_by;
  return fail(status);
}

}  // namespace
}  // namespace pinnscope::apps

int main(int argc, char** argv) {
  using namespace pinnscope::apps;
  return run_program("pinnscope", [&] { return run(argc, argv); });
}
