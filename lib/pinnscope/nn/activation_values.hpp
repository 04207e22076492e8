#pragma once

namespace pinnscope {

/// f(z), f'(z), f''(z), f'''(z). What nobody reads costs nothing: what computes it is inlined.
template <class V>
struct ActivationValues {
  V value{};
  V first{};
  V second{};
  V third{};
};

}  // namespace pinnscope
