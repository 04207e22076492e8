#pragma once

namespace pinnscope {

/// A running sum that carries its own rounding error along (Neumaier, ZAMM 54, 1974,
/// "Rundungsfehler- analyse einiger Verfahren zur Summation endlicher Summen"): the error does not
/// grow with the number of terms.
class CompensatedSum {
 public:
  constexpr void add(double term) noexcept {
    const double next = sum_ + term;
    const bool term_is_smaller = (sum_ < 0 ? -sum_ : sum_) >= (term < 0 ? -term : term);
    error_ += term_is_smaller ? (sum_ - next) + term : (term - next) + sum_;
    sum_ = next;
  }

  constexpr double value() const noexcept { return sum_ + error_; }

 private:
  double sum_ = 0;
  double error_ = 0;
};

}  // namespace pinnscope
