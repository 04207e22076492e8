// A network of a file (text, Keras .h5, .safetensors): u and its derivatives at a point.
//   saved_network FILE X T
#include <cstdio>
#include <cstdlib>
#include <pinnscope/io/network_file.hpp>
#include <pinnscope/io/saved_network.hpp>
#include <pinnscope/nn/forward.hpp>

using namespace pinnscope;
using namespace pinnscope::partial;

int main(int count, char** words) {
  NetworkWeights weights;
  std::unique_ptr<SavedNetwork<double>> network;
  if (count != 4) return std::puts("saved_network FILE X T"), 2;
  FileStatus read = read_network(words[1], weights);
  if (read.ok()) read = make_network(weights, words[1], network);
  if (!read.ok()) return std::puts(read.message.c_str()), 1;

  const ForwardPass<double>::Config config{.widths = (*network)->widths(),
                                           .derivatives = {dx, dt, dxx}};
  std::vector<std::byte> memory(ForwardPass<double>::footprint(config).bytes);
  Arena arena(memory);
  ForwardPass<double> pass(config, arena);
  const std::array<double, 2> point{std::atof(words[2]), std::atof(words[3])};
  std::array<double, 4> u{};
  const Status status = pass.evaluate_point(**network, point, u);
  std::printf("%s: u %.6f, u_x %.6f, u_t %.6f, u_xx %.6f\n", status.text(), u[0], u[1], u[2], u[3]);
  return status.ok() ? 0 : 1;
}
