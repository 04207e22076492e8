#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "pinnscope/core/named.hpp"
#include "pinnscope/train/line_search_method.hpp"

namespace pinnscope {

/// How a dense inverse Hessian learns from a step.
enum class QuasiNewtonUpdate : std::uint8_t {
  bfgs,
  self_scaled_bfgs,
  self_scaled_broyden,
};

/// Their names.
template <>
inline constexpr auto kNamed<QuasiNewtonUpdate> =
    std::array{Named{QuasiNewtonUpdate::bfgs, "bfgs", "Broyden, Fletcher, Goldfarb, Shanno"},
               Named{QuasiNewtonUpdate::self_scaled_bfgs, "self_scaled_bfgs",
                     "BFGS of an inverse Hessian that is first scaled up to the step's curvature"},
               Named{QuasiNewtonUpdate::self_scaled_broyden, "self_scaled_broyden",
                     "likewise, with the member of Broyden's family chosen anew at each step"}};

/// Every update.
inline constexpr auto kQuasiNewtonUpdates = values_of<QuasiNewtonUpdate>();

/// What an update makes of the inverse Hessian H, a step s and the gradient's change y:
///
///     H <- (H - Hy Hy' / y'Hy + phi y'Hy v v') / tau + s s' / y's,  v = s / y's - Hy / y'Hy
struct BroydenUpdate {
  double phi = 1;  ///< 1: BFGS; 0: DFP
  double tau = 1;  ///< below 1 it scales H up; 1: as it is
};

/// phi and tau of an update, from h = y'Hy / y's and b = s'Bs / y's, B = H^-1, for `parameters`
/// numbers: for self_scaled_bfgs tau = min(1, 1 / b) (Al-Baali, Comput. Optim. Appl. 9, 191
/// (1998)), for self_scaled_broyden as Urban, Stefanou, Pons, arXiv 2405.04230, have it of Al-Baali
/// and Khalfan. NaN or infinite where h or b tells nothing.
BroydenUpdate broyden_update(QuasiNewtonUpdate update, double h, double b,
                             std::size_t parameters) noexcept;

/// Quasi-Newton with a dense inverse Hessian, BFGS and its self-scaled kin, for the last digits of
/// small networks (Urban, Stefanou, Pons, arXiv 2405.04230; Kiyani et al., arXiv 2501.16371), along
/// the line search of LineSearchMethod. Of n parameters the half of the symmetric H is kept, n (n +
/// 1) / 2 numbers of T: 36 MB of double for 3,000. An iteration reads it twice and writes it once.
///
///     QuasiNewton<double> optimiser({.rules = {.parameters = x.size()}}, arena);
///     while (!optimiser.converged() && optimiser.iterate(x, evaluate).ok()) {}
template <class T>
class QuasiNewton : public LineSearchMethod<T> {
 public:
  using Rules = typename LineSearchMethod<T>::Rules;  ///< of line search and endings

  struct Config {
    QuasiNewtonUpdate update = QuasiNewtonUpdate::self_scaled_broyden;  ///< how H learns
    Rules rules{};  ///< how many parameters, line search and endings
  };

  /// Whether a config can work: bad_quasi_newton as bad_lbfgs of Lbfgs::check(), and of an update
  /// that is none.
  static Status check(const Config& config) noexcept;

  struct Storage {
    typename LineSearchMethod<T>::Storage search;
    VectorView<T> inverse_hessian;  ///< row after row of its lower half
    VectorView<double> step;        ///< s
    VectorView<double> change;      ///< y
    VectorView<double> product;     ///< H y
  };

  static constexpr Storage layout(Layout& layout, const Config& config) {
    const std::size_t parameters = config.rules.parameters;
    return {LineSearchMethod<T>::layout(layout, parameters),
            layout.vector<T>("inverse Hessian", half_of_square(parameters)),
            layout.vector<double>("quasi-Newton step", parameters),
            layout.vector<double>("quasi-Newton change of the gradient", parameters),
            layout.vector<double>("quasi-Newton product", parameters)};
  }

  static constexpr Footprint footprint(const Config& config) {
    return measure([&](Layout& measured) { return layout(measured, config); });
  }

  /// Precondition: check(config).ok().
  QuasiNewton(const Config& config, Arena& arena) noexcept;

  /// The loss is another function from the next iteration on, as of other points: loss and gradient
  /// are computed anew. H is kept; where -H g is no descent, iterate() starts from steepest
  /// descent.
  void points_changed() noexcept { state_.started = 0; }

  /// As of Lbfgs: what a checkpoint keeps.
  template <class Visit>
  void visit_state(Visit&& visit) noexcept {
    visit("quasi-Newton counters", std::as_writable_bytes(std::span(&state_, 1)));
    visit("quasi-Newton gradient", std::as_writable_bytes(storage_.gradient));
    visit("inverse Hessian", std::as_writable_bytes(memory_.inverse_hessian));
  }

  /// Entries i, j of H; the identity before the first step.
  double inverse_hessian(std::size_t i, std::size_t j) const noexcept;

  /// n (n + 1) / 2; the largest size_t where that overflows.
  static constexpr std::size_t half_of_square(std::size_t n) noexcept {
    return n % 2 == 0 ? Footprint::saturating_multiply(n / 2, n + 1)
                      : Footprint::saturating_multiply(n / 2 + 1, n);
  }

 private:
  friend LineSearchMethod<T>;

  QuasiNewton(const Config& config, const Storage& storage) noexcept;

  void set_direction() noexcept;
  void learn(VectorView<const T> parameters,
             const typename LineSearchMethod<T>::Pair& pair) noexcept;

  VectorView<T> row(std::size_t i) noexcept {
    return memory_.inverse_hessian.subspan(half_of_square(i), i + 1);
  }
  template <class Number>
  void multiply(const Number* x) noexcept;
  void set_to_multiple_of_identity(double factor) noexcept;
  void apply(const BroydenUpdate& update, double y_s, double y_h_y) noexcept;

  using LineSearchMethod<T>::storage_;
  using LineSearchMethod<T>::state_;

  QuasiNewtonUpdate update_;
  Storage memory_;
};

extern template class QuasiNewton<float>;
extern template class QuasiNewton<double>;

}  // namespace pinnscope
