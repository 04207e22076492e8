#include <algorithm>

#include "pinnscope/tape/tape.hpp"

namespace pinnscope {

template <class T>
Expression<T> Tape<T>::record_derivative(Expression<T> of, Derivative derivative) noexcept {
  const auto checked = [this](std::uint16_t input) {
    if (input >= columns_) fail(StatusCode::no_such_input, input);
  };
  if (!owns(of.tape(), of.node())) fail(StatusCode::foreign_expression);
  if (loss_.count > 0) fail(StatusCode::tape_closed);
  if (derivative.order > 2) fail(StatusCode::derivative_order, derivative.order);
  if (derivative.order > 0) checked(derivative.i);
  if (derivative.order > 1) checked(derivative.j);
  if (derivative.order > 0 && status_.ok()) of = derived(of, derivative.i);
  if (derivative.order > 1 && status_.ok()) of = derived(of, derivative.j);
  return status_.ok() ? of : Expression<T>(*this, 0);
}

template <class T>
Expression<T> Tape<T>::merged(Expression<T> last) noexcept {
  if (!status_.ok() || last.node() + 1 != node_count_) return last;
  const auto before = storage_.nodes.first(last.node());
  const auto same = std::find(before.begin(), before.end(), storage_.nodes[last.node()]);
  if (same == before.end()) return last;
  --node_count_;
  return {*this, static_cast<std::size_t>(same - before.begin())};
}

/// Operands stand in front of what is computed from them: one sweep down says what is needed, one
/// up differentiates it.
template <class T>
Expression<T> Tape<T>::derived(Expression<T> of, std::uint16_t input) noexcept {
  mark_needed(of.node());
  for (std::size_t i = 0; i <= of.node() && status_.ok(); ++i) {
    if (!storage_.tangents[i].needed) continue;
    const TangentTerm<T> found = differentiated(i, input);
    if (found.is_number()) {
      storage_.tangents[i].number = found.number();
    } else {
      storage_.tangents[i].node = static_cast<std::uint16_t>(found.on(*this).node());
    }
  }
  return status_.ok() ? tangent(of.node()).on(*this) : Expression<T>(*this, 0);
}

template <class T>
void Tape<T>::mark_needed(std::size_t node) noexcept {
  const auto tangents = storage_.tangents.first(node + 1);
  std::fill(tangents.begin(), tangents.end(), Tangent{});
  tangents[node].needed = true;
  for (std::size_t i = node + 1; i-- > 0;) {
    const TapeNode& needing = storage_.nodes[i];
    if (!tangents[i].needed || needing.kind != NodeKind::pointwise) continue;
    tangents[needing.a].needed = true;
    if (needing.operation->operands == 2) tangents[needing.b].needed = true;
  }
}

/// Whether a column of the points is coordinate `input`: of the first ones, or of a network's.
template <class T>
bool Tape<T>::is_coordinate(std::size_t column, std::uint16_t input) const noexcept {
  const auto known = networks();
  return column == input ||
         std::any_of(known.begin(), known.end(), [&](const TapeNetwork& network) {
           return column == network.first_column + input;
         });
}

template <class T>
TangentTerm<T> Tape<T>::tangent(std::size_t node) noexcept {
  const Tangent& known = storage_.tangents[node];
  if (known.node == TapeNode::kNone) return known.number;
  return Expression<T>(*this, known.node);
}

/// Of a node, whose operands are differentiated.
template <class T>
TangentTerm<T> Tape<T>::differentiated(std::size_t index, std::uint16_t input) noexcept {
  const TapeNode& node = storage_.nodes[index];
  switch (node.kind) {
    case NodeKind::point: return is_coordinate(node.a, input) ? 1 : 0;
    case NodeKind::constant:
    case NodeKind::feature:
    case NodeKind::combined: return 0;
    case NodeKind::stream: {
      const Derivative had = node.derivative;
      if (had.order > 1) fail(StatusCode::derivative_order, had.order + 1u);
      return merged(record_stream(
          node.a, node.b, had.order == 0 ? partial::first(input) : partial::second(had.i, input)));
    }
    case NodeKind::pointwise: break;
  }
  const bool two = node.operation->operands == 2;
  const TangentTerm<T> da = tangent(node.a);
  const TangentTerm<T> db = two ? tangent(node.b) : 0;
  if (da.is(0) && db.is(0)) return 0;
  const TangentOf<T> rule = std::get<TangentOf<T>>(node.operation->tangents);
  if (rule == nullptr) {
    fail(StatusCode::derivative_unknown);
    return 0;
  }
  const Expression<T> a(*this, node.a);
  const Expression<T> b(*this, two ? node.b : node.a);
  return rule({a, b, Expression<T>(*this, index), da, db, node.constant});
}

template class Tape<float>;
template class Tape<double>;

}  // namespace pinnscope
