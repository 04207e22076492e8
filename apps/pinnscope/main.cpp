// The command: looks into networks, evaluates them, writes their spectra, propagates signals.

#include <CLI/CLI.hpp>
#include <cstdio>

#include "commands.hpp"

int main(int argc, char** argv) {
  using namespace pinnscope;
  using namespace pinnscope::apps;
  CLI::App app("Looks into physics-informed neural networks", "pinnscope");
  app.require_subcommand(1);
  const char* network = "a directory of text files, an .h5 or a .safetensors file";

  std::string weights;
  CLI::App* info = app.add_subcommand("info", "what a network file holds");
  info->add_option("WEIGHTS", weights, network)->required();

  EvaluateOptions evaluation;
  CLI::App* values = app.add_subcommand("evaluate", "u(x, t) of a network, with derivatives");
  values->add_option("WEIGHTS", evaluation.weights, network)->required();
  values->add_option("--points", evaluation.points, "text or CSV, two columns x t")->required();
  values->add_option("--out", evaluation.out, "CSV file to write")->required();
  values->add_flag("--derivatives", evaluation.derivatives, "add u_x, u_t, u_xx");
  values->add_option("--activation", evaluation.activation,
                     "tanh, relu, leaky_relu, sine or identity (default: the file's, or tanh)");
  values->add_option("--precision", evaluation.precision, "float or double")
      ->check(CLI::IsMember({"float", "double"}))
      ->capture_default_str();

  std::string directory;
  CLI::App* spectra = app.add_subcommand("spectra", "statistics of the weights, layer by layer");
  spectra->add_option("WEIGHTS", weights, network)->required();
  spectra->add_option("--out", directory, "directory to write into")->required();

  PropagateOptions signal;
  CLI::App* chain = app.add_subcommand("propagate", "a signal through z_t + U z_x = D z_xx");
  chain->add_option("--scheme", signal.scheme, "ftcs, crank_nicolson, rk4, ...")->required();
  chain->add_option("--cells", signal.cells)->capture_default_str();
  chain->add_option("--steps", signal.steps)->capture_default_str();
  chain->add_option("--velocity", signal.velocity, "U")->capture_default_str();
  chain->add_option("--diffusivity", signal.diffusivity, "D")->capture_default_str();
  chain->add_option("--dt", signal.dt)->capture_default_str();
  chain->add_option("--dx", signal.dx)->capture_default_str();
  chain->add_option("--theta", signal.theta, "implicitness of --scheme theta")
      ->capture_default_str();
  chain->add_option("--boundary", signal.boundary, "periodic, dirichlet, neumann or outflow")
      ->capture_default_str();
  chain->add_option("--normalise", signal.normalise, "none or l1")->capture_default_str();
  CLI::Option* initial = chain->add_option("--initial", signal.initial, "file with N numbers");
  chain->add_option("--seed", signal.seed, "of the random signal 2 rand - 1")
      ->excludes(initial)
      ->capture_default_str();
  chain->add_option("--out", signal.out, "CSV file to write")->required();

  CLI11_PARSE(app, argc, argv);
  const FileStatus status = info->parsed()      ? show_info(weights)
                            : values->parsed()  ? evaluate(evaluation)
                            : spectra->parsed() ? write_spectra(weights, directory)
                                                : propagate(signal);
  if (status.ok()) return 0;
  std::fprintf(stderr, "pinnscope: %s\n", status.message.c_str());
  return 1;
}
