#pragma once

#include <cstddef>
#include <string_view>

namespace pinnscope {

/// Whether `name` means what is called `text`: letter by letter, a hyphen for an underscore.
constexpr bool is_name_of(std::string_view name, std::string_view text) noexcept {
  if (name.size() != text.size()) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] != text[i] && !(name[i] == '-' && text[i] == '_')) return false;
  }
  return true;
}

/// Finds the one of `values` whose text() is `name`, as is_name_of() compares. Returns whether
/// there is one; `found` is unchanged if not.
template <class Values, class Value>
constexpr bool parse_name(const Values& values, std::string_view name, Value& found) noexcept {
  for (const Value value : values) {
    if (is_name_of(name, text(value))) {
      found = value;
      return true;
    }
  }
  return false;
}

}  // namespace pinnscope
