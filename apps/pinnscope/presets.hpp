#pragma once

#include <array>
#include <cstdint>

#include "commands.hpp"
#include "pinnscope/core/named.hpp"

namespace pinnscope::apps {

/// Settings of a training that go together, for any problem.
enum class Preset : std::uint8_t {
  recipe,    ///< that of the paper
  fast,      ///< three digits and more in a minute
  accurate,  ///< as many digits as a small network has
};

}  // namespace pinnscope::apps

template <>
inline constexpr auto pinnscope::kNamed<pinnscope::apps::Preset> = std::array{
    pinnscope::Named{pinnscope::apps::Preset::recipe, "recipe",
                     "that of arXiv 2509.18131: 2-100x8-1, float, Adam and L-BFGS"},
    pinnscope::Named{pinnscope::apps::Preset::fast, "fast",
                     "a small network in double with the problem's last ansatz, for a minute"},
    pinnscope::Named{pinnscope::apps::Preset::accurate, "accurate",
                     "likewise, a larger one for half an hour, to the last digits"}};

namespace pinnscope::apps {

/// Sets what a preset says, for the problem in the options.
void set_preset(Preset preset, TrainOptions& options);

}  // namespace pinnscope::apps
