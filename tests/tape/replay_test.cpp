#include "pinnscope/tape/replay.hpp"

#include <cmath>
#include <fstream>
#include <limits>
#include <map>
#include <numbers>
#include <sstream>
#include <string>
#include <vector>

#include "support/reference.hpp"
#include "support/test.hpp"
#include "twin.hpp"

using namespace pinnscope;
using namespace pinnscope::partial;

namespace {

constexpr double kViscosity = 0.01 / std::numbers::pi;

/// The blocks of a file: "@NAME rows columns", then a line a row.
std::map<std::string, std::vector<double>> blocks_of(const std::string& path) {
  std::map<std::string, std::vector<double>> blocks;
  std::ifstream file(path);
  std::string name;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    if (line.starts_with('#')) continue;
    if (line.starts_with('@')) {
      words.ignore(1);
      words >> name;
      continue;
    }
    for (double number; words >> number;) blocks[name].push_back(number);
  }
  REQUIRE(blocks.size() > 10);
  return blocks;
}

/// Row-major numbers of a file into column-major ones.
std::vector<double> columns_of(const std::vector<double>& rows, std::size_t columns) {
  std::vector<double> result(rows.size());
  const std::size_t count = rows.size() / columns;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    result[i % columns * count + i / columns] = rows[i];
  }
  return result;
}

void check_small_network(const std::string& directory, const std::string& name, double viscosity,
                         bool step) {
  INFO(name);
  auto blocks = blocks_of(directory + "/reference/small_network_" + name + ".txt");
  const std::vector<std::size_t> widths{2, 5, 4, 1};
  test::Owned<Mlp<double>> network({.widths = widths});
  std::vector<double> expected(network->parameters().size());
  for (std::size_t l = 0; l < 3; ++l) {
    const std::string layer = std::to_string(l);
    const auto weights = columns_of(blocks["W" + layer], widths[l + 1]);
    const auto slopes = columns_of(blocks["dW" + layer], widths[l + 1]);
    const auto offset = static_cast<std::ptrdiff_t>(network->weight_offset(l));
    const auto bias_offset = static_cast<std::ptrdiff_t>(network->bias_offset(l));
    std::copy(weights.begin(), weights.end(), network->parameters().begin() + offset);
    std::copy(slopes.begin(), slopes.end(), expected.begin() + offset);
    std::copy(blocks["b" + layer].begin(), blocks["b" + layer].end(), network->biases(l).begin());
    std::copy(blocks["db" + layer].begin(), blocks["db" + layer].end(),
              expected.begin() + bias_offset);
  }
  std::vector<double> gradient(expected.size());

  test::Owned<Tape<double>> inside({.widths = widths});
  auto u = inside->network({dt, dxx});
  REQUIRE(inside->minimise(mean_square(u[dt] + u * u[dx] - viscosity * u[dxx])).ok());
  const auto points = columns_of(blocks["points_xt"], 2);
  const double residual =
      test::evaluate<double>(*inside, *network, {points.data(), points.size() / 2, 2}, gradient);

  test::Owned<Tape<double>> start({.widths = widths, .columns = 3});
  REQUIRE(start->minimise(mean_square(start->network() - start->point(2))).ok());
  const auto& x = blocks["x_initial"];
  std::vector<double> data(3 * x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    data[i] = x[i];
    data[2 * x.size() + i] = step ? (x[i] < 0.5 ? 1 : 0) : std::sin(2 * std::numbers::pi * x[i]);
  }
  const double initial =
      test::evaluate<double>(*start, *network, {data.data(), x.size(), 3}, gradient);

  double boundary = 0;
  const auto& t = blocks["t_boundary"];
  for (const double side : {0.0, 1.0}) {
    test::Owned<Tape<double>> wall({.widths = widths});
    const double value = step && side == 0 ? 1 : 0;
    REQUIRE(wall->minimise(mean_square(wall->network() - value)).ok());
    std::vector<double> wall_points(2 * t.size(), side);
    std::copy(t.begin(), t.end(), wall_points.begin() + static_cast<std::ptrdiff_t>(t.size()));
    boundary +=
        test::evaluate<double>(*wall, *network, {wall_points.data(), t.size(), 2}, gradient);
  }

  const auto& losses = blocks["loss_pde_initial_boundary_total"];
  CHECK(test::relatively_close(residual, losses[0], 1e-12));
  CHECK(test::relatively_close(initial, losses[1], 1e-12));
  CHECK(test::relatively_close(boundary, losses[2], 1e-12));
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CAPTURE(i, gradient[i], expected[i]);
    CHECK(test::relatively_close(gradient[i], expected[i], 1e-11));
  }
}

}  // namespace

TEST_CASE("losses and gradients of the small reference networks are met in every entry") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  check_small_network(directory, "viscous", kViscosity, false);
  check_small_network(directory, "inviscid", 0, true);
}

TEST_CASE("the replay of a network whose size overflows can never be served") {
  const std::vector<std::size_t> widths{2, std::size_t{1} << 62, std::size_t{1} << 62, 1};
  test::Owned<Tape<double>> tape({.widths = widths});
  REQUIRE(tape->minimise(mean_square(tape->network())).ok());
  REQUIRE(Replay<double>::footprint({.tape = &*tape, .tile = 4}).bytes ==
          std::numeric_limits<std::size_t>::max());
}
