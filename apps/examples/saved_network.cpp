// A network of a file of any format: u and its derivatives at a point.
//   saved_network FILE X T
#include <array>
#include <cstdio>
#include <cstdlib>
#include <pinnscope/io/saved_network.hpp>
#include <pinnscope/nn/forward.hpp>

using namespace pinnscope;
using namespace pinnscope::partial;

int main(int count, char** words) {
  if (count != 4) return std::puts("saved_network FILE X T"), 2;
  SavedNetwork<double> network;
  const FileStatus read = pinnscope::read(words[1], network);
  if (!read.ok()) return std::puts(read.message.c_str()), 1;

  Owned<ForwardPass<double>> pass({.widths = network->widths(), .derivatives = {dx, dt, dxx}});
  std::array<double, 4> u{};
  const std::array point{std::atof(words[2]), std::atof(words[3])};
  const Status status = pass->evaluate_point(*network, point, u);
  std::printf("%s: u %.6f, u_x %.6f, u_t %.6f, u_xx %.6f\n", status.text(), u[0], u[1], u[2], u[3]);
  return status.ok() ? 0 : 1;
}
