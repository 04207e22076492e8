#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <utility>

#include "pinnscope/core/status.hpp"

namespace pinnscope {

/// One partial derivative of a network with respect to its inputs: order 0 is the value itself,
/// order 1 is d/dx_i, order 2 is d2/dx_i dx_j with i <= j.
struct Derivative {
  std::uint16_t order = 0;  ///< 0, 1 or 2
  std::uint16_t i = 0;      ///< the first input, counted from 0
  std::uint16_t j = 0;      ///< the second input, where the order is 2

  friend constexpr bool operator==(const Derivative&, const Derivative&) noexcept = default;
};

/// The names on paper: `using namespace pinnscope::partial;` and write Derivatives{dx, dt, dxx}.
/// They stand in a namespace of their own because dx and dt are everybody's step sizes too.
namespace partial {

/// An input beyond the 65,535th counts as that one.
constexpr std::uint16_t input_index(std::size_t i) noexcept {
  return static_cast<std::uint16_t>(std::min<std::size_t>(i, 0xffff));
}

/// d/dx_i, and d2/dx_i dx_j in either order.
/// @{
constexpr Derivative first(std::size_t i) noexcept { return {1, input_index(i), 0}; }
constexpr Derivative second(std::size_t i, std::size_t j) noexcept {
  return {2, input_index(std::min(i, j)), input_index(std::max(i, j))};
}
/// @}

inline constexpr Derivative value{};             ///< no derivative: u itself
inline constexpr Derivative dx = first(0);       ///< d/dx of the first input
inline constexpr Derivative dt = first(1);       ///< d/dt of the second input
inline constexpr Derivative dxx = second(0, 0);  ///< d2/dx2
inline constexpr Derivative dxt = second(0, 1);  ///< d2/dx dt
inline constexpr Derivative dtt = second(1, 1);  ///< d2/dt2
inline constexpr Derivative dy = first(1);  ///< d/dy of the second input, where that is no time
inline constexpr Derivative dxy = second(0, 1);  ///< d2/dx dy, which is dxt
inline constexpr Derivative dyy = second(1, 1);  ///< d2/dy2, which is dtt

}  // namespace partial

/// A derivative as the info of a Status: order 1,000,000 + i 1,000 + j, of inputs up to the 999th,
/// so that 2000001 is d2/dx_0 dx_1.
constexpr int derivative_info(Derivative derivative) noexcept {
  const auto digits = [](std::uint16_t part) { return std::min<int>(part, 999); };
  return digits(derivative.order) * 1000000 + digits(derivative.i) * 1000 + digits(derivative.j);
}

/// The streams that a pass carries through a network: the value, which is always stream 0, and the
/// derivatives asked for, in the order given. The set is closed: a second derivative brings the
/// first ones that its chain rule needs, in front of it. Naming one twice changes nothing.
///
///     Derivatives{dx, dt, dxx}    streams u, u_x, u_t, u_xx
///     Derivatives{dxx}            streams u, u_x, u_xx
///
/// What it cannot hold is left out, and status() says so.
class Derivatives {
 public:
  /// Streams a set can hold: everything up to second order for six inputs.
  static constexpr std::size_t kCapacity = 28;

  /// The value alone.
  constexpr Derivatives() noexcept = default;

  /// The value, and what add() makes of each.
  constexpr Derivatives(std::initializer_list<Derivative> wanted) noexcept {
    for (const Derivative& derivative : wanted) add(derivative);
  }

  /// Adds a derivative behind the first ones that it needs; the value and what is there already
  /// change nothing.
  constexpr void add(Derivative derivative) noexcept {
    if (derivative.order > 2) return fail({StatusCode::derivative_order, derivative.order});
    if (derivative.order == 0) return;
    append(partial::first(derivative.i));
    if (derivative.order == 1) return;
    append(partial::first(derivative.j));
    append(partial::second(derivative.i, derivative.j));
  }

  /// derivative_order: one beyond the second was asked for. too_many_derivatives: there was no
  /// room. The first of them stays. A pass or a tape made for such a set returns it.
  constexpr Status status() const noexcept { return status_; }

  /// How many streams there are, the value included, and what they carry: all of them, or one.
  /// @{
  constexpr std::size_t count() const noexcept { return count_; }
  constexpr std::span<const Derivative> list() const noexcept { return {streams_.data(), count_}; }
  constexpr const Derivative& operator[](std::size_t stream) const noexcept {
    assert(stream < count_);
    return streams_[stream];
  }
  /// @}

  /// The streams of d/dx_i and d/dx_j for the stream of d2/dx_i dx_j; both are lower than its own.
  struct Factors {
    std::uint8_t i = 0;  ///< the stream of d/dx_i
    std::uint8_t j = 0;  ///< the stream of d/dx_j
  };

  /// The factors of a stream. Precondition: it carries a second derivative.
  constexpr Factors factors(std::size_t stream) const noexcept {
    assert(stream < count_ && streams_[stream].order == 2);
    return factors_[stream];
  }

  /// The stream that carries `derivative`, or count() if none does.
  constexpr std::size_t index_of(Derivative derivative) const noexcept {
    std::size_t stream = 0;
    while (stream < count_ && streams_[stream] != derivative) ++stream;
    return stream;
  }

  /// Whether a stream carries `derivative`.
  constexpr bool contains(Derivative derivative) const noexcept {
    return index_of(derivative) < count_;
  }

  /// Inputs that a network needs to have these derivatives: the highest index plus one, or 0.
  constexpr std::size_t inputs_needed() const noexcept {
    std::size_t needed = 0;
    for (const Derivative& stream : list()) {
      const std::size_t last = stream.order == 2 ? stream.j : stream.i;
      if (stream.order > 0 && last >= needed) needed = last + 1;
    }
    return needed;
  }

 private:
  constexpr void append(Derivative derivative) noexcept {
    if (contains(derivative)) return;
    if (count_ == kCapacity) {
      return fail({StatusCode::too_many_derivatives, static_cast<int>(kCapacity)});
    }
    if (derivative.order == 2) {
      factors_[count_] = {static_cast<std::uint8_t>(index_of(partial::first(derivative.i))),
                          static_cast<std::uint8_t>(index_of(partial::first(derivative.j)))};
    }
    streams_[count_++] = derivative;
  }

  constexpr void fail(Status failure) noexcept {
    if (status_.ok()) status_ = failure;
  }

  std::array<Derivative, kCapacity> streams_{};  // streams_[0] is the value
  std::array<Factors, kCapacity> factors_{};
  std::size_t count_ = 1;
  Status status_;
};

}  // namespace pinnscope
