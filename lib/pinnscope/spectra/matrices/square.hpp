#pragma once

namespace pinnscope {

constexpr double square(double x) noexcept { return x * x; }

}  // namespace pinnscope
