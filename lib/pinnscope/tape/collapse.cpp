#include "pinnscope/tape/collapse.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace pinnscope {
namespace {

constexpr std::uint16_t kNone = TapeNode::kNone;

/// factor times a node, or the factor alone.
struct Coefficient {
  double factor = 0;
  std::uint16_t node = kNone;
};

/// Takes a sum apart, from its root down.
class LinearForm {
 public:
  LinearForm(TapeNodes& nodes, std::uint16_t network) noexcept : nodes_(nodes), network_(network) {}

  /// Adds the expression at `root` to the form. False where there is no room, or where sums nest
  /// deeper or shared ones unfold into more terms than anybody writes.
  bool add(std::uint16_t root) noexcept {
    if (!put_off({{1, kNone}, root})) return false;
    while (waiting_count_ > 0) {
      const Term term = waiting_[--waiting_count_];
      const bool added = term.node == kNone ? add_number(term.number, term.coefficient)
                                            : add_expression(term.node, term.coefficient);
      if (!added) return false;
    }
    return true;
  }

  std::uint16_t rewrite(TapeNetwork& network) noexcept;

 private:
  /// What is still to be added: an expression, or a number where there is no node.
  struct Term {
    Coefficient coefficient;
    std::uint16_t node = kNone;
    double number = 0;
  };
  bool put_off(const Term& term) noexcept {
    if (waiting_count_ == waiting_.size()) return false;
    waiting_[waiting_count_++] = term;
    return true;
  }

  /// Operands are put off, the first one last, so that it is the next to be added.
  bool add_expression(std::uint16_t index, Coefficient coefficient) noexcept {
    if (visits_++ == kMostVisits) return false;
    const TapeNode node = nodes_.storage[index];
    if (node.early) return add_rest(index, coefficient);
    switch (node.kind) {
      case NodeKind::pointwise: return add_pointwise(index, node, coefficient);
      case NodeKind::stream:
        return node.a == network_ && node.b == 0 ? add_stream(index, coefficient)
                                                 : add_rest(index, coefficient);
      case NodeKind::point:
      case NodeKind::constant:
      case NodeKind::feature:
      case NodeKind::combined: return add_rest(index, coefficient);
    }
    return false;
  }

  bool add_pointwise(std::uint16_t index, const TapeNode& node, Coefficient coefficient) noexcept {
    switch (node.operation->form) {
      case OperationForm::sum: return add_sum(node, coefficient);
      case OperationForm::product:
        if (nodes_.storage[node.a].early) return add_product(node.a, node.b, coefficient);
        if (nodes_.storage[node.b].early) return add_product(node.b, node.a, coefficient);
        return add_rest(index, coefficient);
      case OperationForm::other: return add_rest(index, coefficient);
    }
    return false;
  }

  bool add_sum(const TapeNode& node, Coefficient coefficient) noexcept {
    const LinearSum sum = node.operation->sum(node.constant);
    const auto times = [coefficient](double factor) {
      return Coefficient{coefficient.factor * factor, coefficient.node};
    };
    if (sum.number != 0 && !put_off({coefficient, kNone, sum.number})) return false;
    if (node.operation->operands == 2 && !put_off({times(sum.b), node.b})) return false;
    return put_off({times(sum.a), node.a});
  }

  struct Part {
    Coefficient coefficient;
    std::uint16_t node = kNone;
    Derivative derivative{};
  };
  struct Parts {
    std::array<Part, Derivatives::kCapacity> list{};
    std::size_t count = 0;
    bool add(const Part& part) noexcept {
      if (count == list.size()) return false;
      list[count++] = part;
      return true;
    }
  };

  bool add_product(std::uint16_t early, std::uint16_t other, Coefficient coefficient) noexcept {
    const std::uint16_t node =
        coefficient.node == kNone
            ? early
            : join(operation_row<operations::Multiply>(), coefficient.node, early);
    return node != kNone && put_off({{coefficient.factor, node}, other});
  }

  bool add_number(double number, Coefficient coefficient) noexcept {
    const std::uint16_t node = value_of({number, kNone});
    return node != kNone && add_rest(node, coefficient);
  }

  bool add_rest(std::uint16_t index, Coefficient coefficient) noexcept {
    return rest_.add({coefficient, index, {}});
  }

  bool add_stream(std::uint16_t index, Coefficient coefficient) noexcept {
    const Derivative derivative = nodes_.storage[index].derivative;
    for (std::size_t i = 0; i < operator_.count; ++i) {
      Part& part = operator_.list[i];
      if (part.derivative != derivative) continue;
      if (part.coefficient.node == coefficient.node) {
        part.coefficient.factor += coefficient.factor;
        return true;
      }
      if (derivative.order == 2) return add_rest(index, coefficient);
      const std::uint16_t left = value_of(part.coefficient);
      const std::uint16_t right = value_of(coefficient);
      if (left == kNone || right == kNone) return false;
      part.coefficient = {1, join(operation_row<operations::Add>(), left, right)};
      return part.coefficient.node != kNone;
    }
    return operator_.add({coefficient, index, derivative});
  }

  /// A coefficient's node without the factor `common`; itself where it does not have that.
  std::uint16_t without(std::uint16_t common, const Part& part) const noexcept {
    const std::uint16_t index = part.coefficient.node;
    if (index == common) return kNone;
    if (index == kNone || part.derivative.order == 2) return index;
    const TapeNode& node = nodes_.storage[index];
    const bool product =
        node.kind == NodeKind::pointwise && node.operation->form == OperationForm::product;
    if (product && node.a == common) return node.b;
    return product && node.b == common ? node.a : index;
  }

  /// Second derivatives have numbers as coefficients behind this. A node that all coefficients have
  /// as a factor is taken out of them into `common`; where there is none, what varies is part of
  /// the rest. False where there is no room.
  bool take_common_factor(std::uint16_t& common) noexcept {
    common = kNone;
    const std::span<Part> parts = std::span(operator_.list).first(operator_.count);
    for (const Part& part : parts) {
      if (part.derivative.order == 2 && common == kNone) common = part.coefficient.node;
    }
    if (common == kNone) return true;
    const bool has_all = std::all_of(parts.begin(), parts.end(), [&](const Part& part) {
      return without(common, part) != part.coefficient.node;
    });
    operator_.count = 0;
    for (Part part : parts) {
      if (has_all) part.coefficient.node = without(common, part);
      const bool varies = part.derivative.order == 2 && part.coefficient.node != kNone;
      if (!(varies ? rest_.add(part) : operator_.add(part))) return false;
    }
    if (!has_all) common = kNone;
    return true;
  }

  /// A node with the value of a coefficient.
  std::uint16_t value_of(Coefficient coefficient) noexcept {
    const auto [factor, node] = coefficient;
    if (node == kNone) {
      return nodes_.append(
          {.kind = NodeKind::constant, .live = true, .early = true, .constant = factor});
    }
    if (factor == 1) return node;
    return nodes_.append({.kind = NodeKind::pointwise,
                          .a = node,
                          .live = true,
                          .early = nodes_.storage[node].early,
                          .through_network = nodes_.storage[node].through_network,
                          .constant = factor,
                          .operation = &operation_row<operations::Scale>()});
  }

  std::uint16_t join(const Operation& operation, std::uint16_t a, std::uint16_t b) noexcept {
    if (a == kNone || b == kNone) return kNone;
    const TapeNode& left = nodes_.storage[a];
    const TapeNode& right = nodes_.storage[b];
    return nodes_.append({.kind = NodeKind::pointwise,
                          .a = a,
                          .b = b,
                          .live = true,
                          .early = left.early && right.early,
                          .through_network = left.through_network || right.through_network,
                          .operation = &operation});
  }

  static constexpr std::size_t kMostVisits = 4096;
  static constexpr std::size_t kMostWaiting = 32;

  TapeNodes& nodes_;
  std::uint16_t network_;
  std::size_t visits_ = 0;
  std::array<Term, kMostWaiting> waiting_{};
  std::size_t waiting_count_ = 0;
  Parts operator_;
  Parts rest_;
};

/// Writes what is left over, then the operator: where there is no room the network stays as it is.
std::uint16_t LinearForm::rewrite(TapeNetwork& network) noexcept {
  std::uint16_t common = kNone;
  if (!take_common_factor(common) || operator_.count < 2) return kNone;
  std::uint16_t sum = nodes_.append(
      {.kind = NodeKind::combined, .a = network_, .b = 0, .live = true, .through_network = true});
  if (common != kNone) sum = join(operation_row<operations::Multiply>(), common, sum);
  for (std::size_t k = 0; k < rest_.count; ++k) {
    Part& part = rest_.list[k];
    if (part.coefficient.node != kNone) {
      part.node = join(operation_row<operations::Multiply>(), part.coefficient.node, part.node);
    }
    if (part.node == kNone) return kNone;
    const std::uint16_t term = value_of({part.coefficient.factor, part.node});
    sum = join(operation_row<operations::Add>(), sum, term);
  }
  if (sum == kNone) return kNone;
  network.combined = true;
  network.direction_count = network.curvature_count = 0;
  for (std::size_t k = 0; k < operator_.count; ++k) {
    const auto& [coefficient, node, derivative] = operator_.list[k];
    if (derivative.order == 2) {
      network.curvatures[network.curvature_count++] = {derivative.i, derivative.j,
                                                       coefficient.factor};
    } else {
      const bool depends =
          coefficient.node != kNone && nodes_.storage[coefficient.node].through_network;
      network.directions[network.direction_count++] = {derivative.i, coefficient.node,
                                                       coefficient.factor, depends};
    }
  }
  return sum;
}

}  // namespace

std::uint16_t TapeNodes::append(const TapeNode& node) noexcept {
  if (count == storage.size()) return kNone;
  storage[count] = node;
  return static_cast<std::uint16_t>(count++);
}

std::uint16_t collapse(TapeNodes& nodes, std::uint16_t root, std::uint16_t network_index,
                       TapeNetwork& network) noexcept {
  LinearForm form(nodes, network_index);
  return form.add(root) ? form.rewrite(network) : kNone;
}

}  // namespace pinnscope
