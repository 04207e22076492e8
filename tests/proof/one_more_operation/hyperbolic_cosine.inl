struct HyperbolicCosine : OfOne {
  static constexpr const char* kName = "hyperbolic_cosine";
  template <class T>
  static T value(Operands<T> x) noexcept {
    return std::cosh(x.a);
  }
  template <class T>
  static Adjoints<T> adjoint(Operands<T> x, T, T bar) noexcept {
    return {.a = std::sinh(x.a) * bar};
  }
};

