#pragma once

#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>
#include <numbers>

#include "pinnscope/spectra/laws/generalized_gaussian.hpp"
#include "pinnscope/spectra/laws/scaled_erfc.hpp"
#include "pinnscope/spectra/laws/weight_law.hpp"
#include "pinnscope/spectra/samples/boost_policy.hpp"

/// The laws of WeightLaw with what depends on their parameters alone computed once. Each has, at
/// distance t = |x - mu|: log_density(t), survival(t) = P(X - mu > t), and scores(t).
namespace pinnscope::kernels {

inline constexpr double kInverseSqrt2 = 1 / std::numbers::sqrt2;
inline constexpr double kInverseSqrt2Pi = std::numbers::inv_sqrtpi * kInverseSqrt2;

/// ln f and its derivatives, by the logarithm of every scale.
struct Scores {
  double log_density = 0;
  double location = 0;  // by t
  double change = 0;
  double initial = 0;
  double freedom = 0;
};

class Uniform {
 public:
  explicit Uniform(const WeightLaw& law) noexcept : a_(law.initial) {}

  double log_density(double t) const noexcept {
    return t <= a_ ? -std::log(2 * a_) : -std::numeric_limits<double>::infinity();
  }
  double survival(double t) const noexcept { return std::max(0.0, (a_ - t) / (2 * a_)); }
  Scores scores(double t) const noexcept { return {log_density(t), 0, 0, -1, 0}; }

 private:
  double a_;
};

/// Normal, Laplace and generalised Gaussian: ln f = constant - (t / alpha)^beta.
class Power {
 public:
  explicit Power(const GeneralizedGaussian& law) noexcept
      : beta_(law.beta),
        inverse_alpha_(1 / law.alpha),
        constant_(GeneralizedGaussian{0, law.alpha, law.beta}.log_density(0)),
        digamma_(boost::math::digamma(1 / law.beta, Quiet())) {}

  double log_density(double t) const noexcept { return constant_ - power(t * inverse_alpha_); }
  double survival(double t) const noexcept {
    const double z = t * inverse_alpha_;
    if (beta_ == 2) return std::erfc(z) / 2;
    if (beta_ == 1) return std::exp(-z) / 2;
    return GeneralizedGaussian{0, 1, beta_}.distribution(-z);
  }
  Scores scores(double t) const noexcept {
    const double z = t * inverse_alpha_;
    if (z == 0) return {constant_, 0, -1, 0, 1 + digamma_ / beta_};
    const double logarithm = std::log(z);
    const double term = std::exp(beta_ * logarithm);
    return {constant_ - term, -beta_ * term / t, beta_ * term - 1, 0,
            1 + digamma_ / beta_ - beta_ * term * logarithm};
  }

 private:
  double power(double z) const noexcept {
    return beta_ == 2 ? z * z : beta_ == 1 ? z : std::pow(z, beta_);
  }

  double beta_, inverse_alpha_, constant_, digamma_;
};

class StudentT {
 public:
  explicit StudentT(const WeightLaw& law) noexcept
      : freedom_(law.freedom),
        inverse_scale_(1 / law.change),
        constant_(boost::math::lgamma((freedom_ + 1) / 2, Quiet()) -
                  boost::math::lgamma(freedom_ / 2, Quiet()) -
                  std::log(freedom_ * std::numbers::pi) / 2 - std::log(law.change)),
        digammas_(boost::math::digamma((freedom_ + 1) / 2, Quiet()) -
                  boost::math::digamma(freedom_ / 2, Quiet())) {}

  double log_density(double t) const noexcept {
    const double z = t * inverse_scale_;
    return constant_ - (freedom_ + 1) / 2 * std::log1p(z * z / freedom_);
  }
  double survival(double t) const noexcept {
    const double square = t * inverse_scale_ * t * inverse_scale_;
    const double sum = freedom_ + square;
    return square > freedom_ ? boost::math::ibeta(freedom_ / 2, 0.5, freedom_ / sum, Quiet()) / 2
                             : boost::math::ibetac(0.5, freedom_ / 2, square / sum, Quiet()) / 2;
  }
  Scores scores(double t) const noexcept {
    const double z = t * inverse_scale_;
    const double logarithm = std::log1p(z * z / freedom_);
    const double weight = (freedom_ + 1) * z / (freedom_ + z * z);
    return {constant_ - (freedom_ + 1) / 2 * logarithm, -weight * inverse_scale_, weight * z - 1, 0,
            (freedom_ * (digammas_ - logarithm) - 1 + weight * z) / 2};
  }

 private:
  double freedom_, inverse_scale_, constant_, digammas_;
};

class UniformLaplace {
 public:
  explicit UniformLaplace(const WeightLaw& law) noexcept
      : a_(law.initial),
        b_(law.change),
        rate_(1 / law.change),
        log_height_(std::log(4 * law.initial)),
        log_outer_(std::log(-std::expm1(-2 * a_ / b_)) - log_height_),
        width_score_(2 * a_ / b_ / std::expm1(2 * a_ / b_)) {}

  double log_density(double t) const noexcept {
    if (t > a_) return log_outer_ - (t - a_) * rate_;
    const Edges edge = edges(t);
    return std::log(edge.near + edge.far) - log_height_;
  }
  double survival(double t) const noexcept {
    if (t > a_) return b_ * std::exp(log_density(t));
    const Edges edge = edges(t);
    return (a_ - t + b_ * (edge.far - edge.near) / 2) / (2 * a_);
  }
  Scores scores(double t) const noexcept {
    if (t > a_) {
      const double distance = (t - a_) * rate_;
      return {log_outer_ - distance, -rate_, distance - width_score_, a_ * rate_ + width_score_ - 1,
              0};
    }
    const Edges edge = edges(t);
    const double mass = edge.near + edge.far;
    const double factor = rate_ / mass;
    const double near = 1 - edge.near;
    const double far = 1 - edge.far;
    return {std::log(mass) - log_height_, (edge.near - edge.far) * factor,
            -(near * (a_ - t) + far * (a_ + t)) * factor, a_ * (near + far) * factor - 1, 0};
  }

 private:
  struct Edges {
    double near, far;  // 1 - exp(-distance / b) to either edge of the uniform law
  };
  Edges edges(double t) const noexcept { return {rise((a_ - t) * rate_), rise((a_ + t) * rate_)}; }

  /// 1 - exp(-x); exp() is the faster where nothing cancels.
  static double rise(double x) noexcept { return x < 0.7 ? -std::expm1(-x) : 1 - std::exp(-x); }

  double a_, b_, rate_, log_height_, log_outer_, width_score_;
};

class UniformNormal {
 public:
  explicit UniformNormal(const WeightLaw& law) noexcept
      : inverse_s_(1 / law.change),
        h_(law.initial / law.change),
        log_width_(std::log(2 * law.initial)) {}

  double log_density(double t) const noexcept { return mass(t * inverse_s_).log - log_width_; }
  double survival(double t) const noexcept {
    const double z = t * inverse_s_;
    const double low = z - h_;
    const double high = z + h_;
    if (is_flat(z)) {
      return average([&](double x) { return std::erfc((z + h_ * x) * kInverseSqrt2) / 2; });
    }
    const double above = low < 0 ? -low + excess(-low) : excess(low);
    return (above - excess(high)) / (2 * h_);
  }
  Scores scores(double t) const noexcept {
    const double z = t * inverse_s_;
    const Mass m = mass(z);
    const double drop = std::expm1(-2 * z * h_);  // phi(z + h) / phi(z - h) - 1
    return {m.log - log_width_, m.edge * drop * inverse_s_, -m.edge * (2 * h_ + (z + h_) * drop),
            h_ * m.edge * (2 + drop) - 1, 0};
  }

 private:
  struct Mass {
    double log;   // ln M, M = Phi(z + h) - Phi(z - h)
    double edge;  // phi(z - h) / M
  };

  /// Where the difference would cancel, and the integrand is nearly constant.
  bool is_flat(double z) const noexcept { return h_ < 0.5 && z * h_ < 0.25; }

  Mass mass(double z) const noexcept {
    if (is_flat(z)) {
      const double mean = average([&](double x) { return std::exp(-h_ * x * (z + h_ * x / 2)); });
      return {std::log(2 * h_ * kInverseSqrt2Pi * mean) - z * z / 2,
              std::exp(h_ * (z - h_ / 2)) / (2 * h_ * mean)};
    }
    const double low = (z - h_) * kInverseSqrt2;
    const double high = (z + h_) * kInverseSqrt2;
    if (low <= 0) {
      const double m = (std::erf(high) - std::erf(low)) / 2;
      return {std::log(m), kInverseSqrt2Pi * std::exp(-low * low) / m};
    }
    const double scaled = scaled_erfc(low) - std::exp(-2 * z * h_) * scaled_erfc(high);
    return {std::log(scaled / 2) - low * low, 2 * kInverseSqrt2Pi / scaled};
  }

  /// The integral of Q = 1 - Phi above z >= 0.
  static double excess(double z) noexcept {
    if (z > 40) return 0;
    const double density = kInverseSqrt2Pi * std::exp(-z * z / 2);
    return density - z * std::erfc(z * kInverseSqrt2) / 2;
  }

  /// The mean over [-1, 1] by Gauss and Legendre with ten points.
  template <class Function>
  static double average(const Function& f) noexcept {
    using Rule = boost::math::quadrature::gauss<double, 10>;
    double sum = 0;
    for (std::size_t i = 0; i < Rule::abscissa().size(); ++i) {
      const double node = Rule::abscissa()[i];
      sum += Rule::weights()[i] * (f(node) + f(-node));
    }
    return sum / 2;
  }

  double inverse_s_, h_, log_width_;
};

class NormalLaplace {
 public:
  explicit NormalLaplace(const WeightLaw& law) noexcept
      : inverse_s_(1 / law.initial),
        rate_(1 / law.change),
        ratio_(law.initial / law.change),
        log_height_(std::log(4 * law.change)) {}

  double log_density(double t) const noexcept {
    const Halves h = halves(t);
    return h.exponent + std::log(h.minus + h.plus) - log_height_;
  }
  double survival(double t) const noexcept {
    const Halves h = halves(t);
    return std::erfc(t * inverse_s_ * kInverseSqrt2) / 2 +
           std::exp(h.exponent) * (h.minus - h.plus) / 4;
  }
  Scores scores(double t) const noexcept {
    const Halves h = halves(t);
    const double sum = h.minus + h.plus;
    const double slope = (h.minus - h.plus) / sum;  // -b f' / f
    const double normal = 4 * kInverseSqrt2Pi * h.normal / (ratio_ * sum);
    const double initial = ratio_ * ratio_ * (1 - normal);  // s^2 f'' / f, f - b^2 f'' = normal
    return {h.exponent + std::log(sum) - log_height_, -slope * rate_,
            t * rate_ * slope - 1 - initial, initial, 0};
  }

 private:
  /// f = e^exponent (minus + plus) / (4 b), and e^(-t^2 / (2 s^2)) = e^exponent normal.
  struct Halves {
    double exponent, minus, plus, normal;
  };
  Halves halves(double t) const noexcept {
    const double z = t * inverse_s_;
    const double low = (ratio_ - z) * kInverseSqrt2;
    const double high = (ratio_ + z) * kInverseSqrt2;
    if (low >= 0) return {-z * z / 2, scaled_erfc(low), scaled_erfc(high), 1};
    const double normal = std::exp(-low * low);
    return {ratio_ * (ratio_ / 2 - z), 2 - normal * scaled_erfc(-low), normal * scaled_erfc(high),
            normal};
  }

  double inverse_s_, rate_, ratio_, log_height_;
};

/// visit(kernel of the law): one choice for a whole sample.
template <class Visit>
auto with_kernel(const WeightLaw& law, const Visit& visit) noexcept {
  switch (law.kind) {
    case LawKind::uniform: return visit(Uniform(law));
    case LawKind::normal: return visit(Power(normal_law(0, law.change)));
    case LawKind::laplace: return visit(Power(laplace_law(0, law.change)));
    case LawKind::student_t: return visit(StudentT(law));
    case LawKind::generalized_gaussian:
      return visit(Power(GeneralizedGaussian{0, law.change, law.freedom}));
    case LawKind::uniform_laplace: return visit(UniformLaplace(law));
    case LawKind::uniform_normal: return visit(UniformNormal(law));
    case LawKind::normal_laplace: break;
  }
  return visit(NormalLaplace(law));
}

}  // namespace pinnscope::kernels
