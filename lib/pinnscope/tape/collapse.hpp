#pragma once

#include <cstdint>

#include "pinnscope/core/view.hpp"
#include "pinnscope/tape/tape.hpp"

namespace pinnscope {

/// The nodes of a tape while they are rewritten: `count` of them are in use.
struct TapeNodes {
  VectorView<TapeNode> storage;
  std::size_t count = 0;

  /// Index of the new node, or TapeNode::kNone where there is no room.
  std::uint16_t append(const TapeNode& node) noexcept;
};

/// Writes the expression at `root` as a linear differential operator of one network plus the rest,
///
///     root = p (sum_i c_i du/dx_i + sum_ij C_ij d2u/dx_i dx_j) + rest
///
/// where p and c_i may depend on the points and on u, and C_ij are numbers: such an operator passes
/// through a layer as one stream, q' = f'(z) q + f''(z) sum_ij C_ij z_i z_j (collapsed Taylor mode;
/// Dangel et al., arXiv 2505.13644). On success the operator stands in network.directions and
/// curvatures, and the index of the node that replaces root is returned. TapeNode::kNone, and
/// nothing but the count of nodes changed, where there is no such form.
std::uint16_t collapse(TapeNodes& nodes, std::uint16_t root, std::uint16_t network_index,
                       TapeNetwork& network) noexcept;

}  // namespace pinnscope
