#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"

namespace pinnscope {

/// Stochastic gradient descent with running first and second moments of the gradient.
template <class T>
class Adam : Pinned {
 public:
  /// The defaults are TensorFlow's.
  struct Config {
    std::size_t parameters = 0;   ///< how many numbers are optimised
    double learning_rate = 1e-3;  ///< above 0
    double beta1 = 0.9;           ///< decay of the first moment a step, in [0, 1)
    double beta2 = 0.999;         ///< decay of the second moment a step, in [0, 1)
    double epsilon = 1e-7;        ///< added to the root of the second moment, above 0
  };

  /// Whether a config can work. bad_adam: learning_rate or epsilon is not above 0 in T, or not
  /// finite; a beta is not in [0, 1).
  static Status check(const Config& config) noexcept;

  struct Storage {
    VectorView<T> first_moments;
    VectorView<T> second_moments;
  };

  static constexpr Storage layout(Layout& layout, const Config& config) {
    return {layout.vector<T>("Adam first moments", config.parameters),
            layout.vector<T>("Adam second moments", config.parameters)};
  }

  static constexpr Footprint footprint(const Config& config) {
    return measure([&](Layout& measured) { return layout(measured, config); });
  }

  /// Precondition: check(config).ok().
  Adam(const Config& config, Arena& arena) noexcept;

  /// The t-th step, t = steps() after it, for gradient g at parameters theta:
  ///
  ///     m <- beta1 m + (1 - beta1) g,    v <- beta2 v + (1 - beta2) g^2,
  ///     theta <- theta - learning_rate sqrt(1 - beta2^t) / (1 - beta1^t) m / (sqrt(v) + epsilon)
  ///
  /// Kingma and Ba, ICLR 2015, end of section 2: the form TensorFlow uses. The factor in front is
  /// computed in double and depends on t alone. A gradient that is not finite spoils the moments
  /// for good: check before. Precondition: both views have the size of the config.
  void step(VectorView<T> parameters, VectorView<const T> gradient) noexcept;

  /// Steps taken since the start, those before a checkpoint included.
  std::uint64_t steps() const noexcept { return steps_; }

  /// visit(name, std::span<std::byte>) for every block that a later step depends on: what a
  /// checkpoint keeps. Writing what another Adam of the same config showed makes this one go on
  /// where that one stood.
  template <class Visit>
  void visit_state(Visit&& visit) noexcept {
    visit("Adam steps", std::as_writable_bytes(std::span(&steps_, 1)));
    visit("Adam first moments", std::as_writable_bytes(storage_.first_moments));
    visit("Adam second moments", std::as_writable_bytes(storage_.second_moments));
  }

 private:
  Config config_;
  Storage storage_;
  std::uint64_t steps_ = 0;
};

}  // namespace pinnscope
