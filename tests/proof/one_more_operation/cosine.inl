struct Cosine : OfOne {
  static constexpr const char* kName = "cosine";
  template <class T>
  static T value(Operands<T> x) noexcept {
    return std::cos(x.a);
  }
  template <class T>
  static Adjoints<T> adjoint(Operands<T> x, T, T bar) noexcept {
    return {.a = -std::sin(x.a) * bar};
  }
};

