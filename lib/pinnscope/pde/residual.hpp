#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <type_traits>

#include "pinnscope/pde/field.hpp"

namespace pinnscope {

struct Problem;

/// The residuals of a system of equations: what should vanish, one after the other.
template <class Term>
class Residuals {
 public:
  /// The most residuals of one system.
  static constexpr std::size_t kCapacity = Loss<float>::kCapacity;

  /// None yet.
  constexpr Residuals() noexcept = default;

  /// One residual: a single equation is a system.
  constexpr Residuals(Term single) noexcept { add(single); }

  /// More than kCapacity are counted but not kept.
  constexpr void add(Term term) noexcept {
    if (count_ < kCapacity) terms_[count_] = term;
    ++count_;
  }

  /// All that were added, kept or not.
  constexpr std::size_t count() const noexcept { return count_; }

  /// Those that were kept, in the order in which they were added.
  constexpr std::span<const Term> terms() const& noexcept {
    return std::span(terms_).first(std::min(count_, kCapacity));
  }
  std::span<const Term> terms() const&& = delete;  // would outlive what they are terms of

 private:
  std::array<Term, kCapacity> terms_{};
  std::size_t count_ = 0;
};

/// residuals(a, b, c): those of a system of three equations.
template <class Term, class... Terms>
constexpr Residuals<Term> residuals(Term first, Terms... others) noexcept {
  Residuals<Term> list(first);
  (list.add(others), ...);
  return list;
}

/// An equation as residuals of an unknown, for tapes of float and double and for numbers. Made from
/// a function object without state:
///
///     [](const auto& u, const Problem& problem) {
///       return u[dt] - problem.coefficient("diffusivity") * u[dxx];
///     }
class Residual {
 public:
  /// No equation: empty().
  constexpr Residual() noexcept = default;

  /// Takes a function of a field and its problem that returns one residual or several as
  /// residuals(...).
  template <class Function>
  requires(std::is_empty_v<Function>&&
               std::is_default_constructible_v<Function>) constexpr Residual(Function) noexcept
      : floats_(&loss<Function, float>),
        doubles_(&loss<Function, double>),
        numbers_([](const PointField& u, const Problem& problem) noexcept {
          return Residuals<Number>(Function{}(u, problem));
        }),
        empty_(false) {}

  /// Whether there is no equation.
  constexpr bool empty() const noexcept { return empty_; }

  /// Records the sum of the mean squares. Precondition of these: not empty().
  /// @{
  Loss<float> operator()(const Field<float>& u, const Problem& problem) const noexcept {
    return floats_(u, problem);
  }
  Loss<double> operator()(const Field<double>& u, const Problem& problem) const noexcept {
    return doubles_(u, problem);
  }
  /// @}

  /// The residuals themselves.
  Residuals<Number> operator()(const PointField& u, const Problem& problem) const noexcept {
    return numbers_(u, problem);
  }

 private:
  template <class Function, class T>
  static Loss<T> loss(const Field<T>& u, const Problem& problem) noexcept {
    const Residuals<Expression<T>> list(Function{}(u, problem));
    Loss<T> sum;
    for (const Expression<T> residual : list.terms()) sum = sum + mean_square(residual);
    sum.overflowed = list.count() > list.terms().size();
    return sum;
  }

  Loss<float> (*floats_)(const Field<float>&, const Problem&) noexcept = nullptr;
  Loss<double> (*doubles_)(const Field<double>&, const Problem&) noexcept = nullptr;
  Residuals<Number> (*numbers_)(const PointField&, const Problem&) noexcept = nullptr;
  bool empty_ = true;  // under a sanitizer, whether a function is null is no constant expression
};

}  // namespace pinnscope
