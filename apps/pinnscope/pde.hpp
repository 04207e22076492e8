#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/network_file.hpp"
#include "pinnscope/io/file_status.hpp"
#include "pinnscope/readings/pde_reading.hpp"
#include "pinnscope/step/scheme.hpp"

namespace pinnscope::apps {

struct PdeOptions {
  std::string weights;
  NetworkOptions network;
  std::vector<std::string> points;  // "x,t": where layers are linearised beside W alone
  Neighbours neighbours = Neighbours::ring;
  std::size_t draws = 199;
  std::size_t searches = 9;  // for labels, among permuted entries; 0: none at all
  std::uint64_t seed = 1;
  std::size_t threads = 0;  // 0: as many as the machine runs at once
  std::string out;          // CSV files, or none
  std::string rows;
  std::string schemes;
  std::string symbols;
  bool refine = false;  // the layers in depth, and the cells of schemes
};

/// Prints what PDE each square layer of a network is: its invariants, its readings under the labels
/// that it has, the nearest scheme and the verdict on it; writes them where asked for, row by
/// row, scheme by scheme and mode by mode too.
FileStatus show_pde(const PdeOptions& options);

/// Prints the numbers of `pde --out`, which labels each is of and what it means.
void list_step_numbers();

struct SchemeNetworkOptions {
  std::optional<Scheme> scheme;
  double courant = 0.5;
  double diffusion = 0.25;
  double theta = 0.5;
  std::size_t cells = 100;
  std::size_t layers = 8;
  std::optional<std::uint64_t> relabel;  // seed of other labels, orders and signs
};

/// Writes a network each of whose square layers is one step of a scheme on a ring, its activation
/// the identity. Inputs (x, t) make z_j = x cos(2 pi j / N) + t sin(2 pi j / N), the output is z_0:
/// after L steps u(x, t) = x Re G^L + t Im G^L with the scheme's G(2 pi / N).
FileStatus write_scheme_network(const SchemeNetworkOptions& options, const std::string& out);

}  // namespace pinnscope::apps
