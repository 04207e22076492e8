#pragma once

namespace pinnscope {

/// f(z), f'(z), f''(z), f'''(z). What nobody reads costs nothing: what computes it is inlined.
template <class V>
struct ActivationValues {
  V value{};   ///< f(z)
  V first{};   ///< f'(z)
  V second{};  ///< f''(z)
  V third{};   ///< f'''(z)
};

}  // namespace pinnscope
