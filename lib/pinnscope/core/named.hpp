#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

namespace pinnscope {

/// A row of a list: a value, its name in files and on command lines, and what it means in a line.
template <class V>
struct Named {
  V value{};                 ///< the enumerator
  const char* name = "";     ///< as text() writes and parse() reads it; underscores between words
  const char* meaning = "";  ///< half a sentence without a full stop, for lists in help
};

/// What Clang 14 does not deduce.
template <class V>
Named(V, const char*, const char*) -> Named<V>;

/// The list of an enumeration, a row for each enumerator, in any order. It stands beside the
/// enumeration as a specialisation; rows have value, name and meaning, and may have more.
///
///     template <>
///     inline constexpr auto kNamed<Fruit> =
///         std::array{Named{Fruit::fig, "fig", "with many seeds"}, ...};
template <class V>
inline constexpr std::nullptr_t kNamed = nullptr;

/// Has such a list: text(), parse() and values_of() work on it.
template <class V>
concept Listed = !std::is_same_v<decltype(kNamed<V>), const std::nullptr_t>;

/// Whether `name` means what is called `text`: letter by letter, a hyphen for an underscore.
constexpr bool is_name_of(std::string_view name, std::string_view text) noexcept {
  if (name.size() != text.size()) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] != text[i] && !(name[i] == '-' && text[i] == '_')) return false;
  }
  return true;
}

/// Whether a value of an enumeration is an enumerator: the compiler writes any other one as a
/// number behind a cast, "(Fruit)2".
template <auto kValue>
constexpr bool is_enumerator() noexcept {
  std::string_view text = __PRETTY_FUNCTION__;  // ends with the value and "]"
  std::size_t end = text.size() - 1;
  while (text[end - 1] >= '0' && text[end - 1] <= '9') --end;
  return end + 1 == text.size() || text[end - 1] != ')';
}

/// Whether `name` is the word that the source has for an enumerator.
template <auto kValue>
constexpr bool is_spelled(const char* name) noexcept {
  std::string_view text = __PRETTY_FUNCTION__;  // ends with "::", the word and "]"
  const std::string_view word = name;
  text.remove_suffix(1);
  return text.ends_with(word) && text.substr(0, text.size() - word.size()).ends_with("::");
}

/// Whether `name` is the word of an enumerator other than `value`, of the first ones.
template <class V, std::size_t... kValues>
constexpr bool is_name_of_another(V value, const char* name,
                                  std::index_sequence<kValues...>) noexcept {
  return ((value != static_cast<V>(kValues) && is_spelled<static_cast<V>(kValues)>(name)) || ...);
}

/// Whether a list has a row for each enumerator, no two rows share a value or a name, and none has
/// the name of another one. The enumerators count from 0 without gaps.
template <class V>
constexpr bool is_whole() noexcept {
  constexpr std::size_t count = std::size(kNamed<V>);
  for (std::size_t i = 0; i < count; ++i) {
    const auto& row = kNamed<V>[i];
    if (static_cast<std::size_t>(row.value) >= count || row.name[0] == '\0') return false;
    if (is_name_of_another(row.value, row.name, std::make_index_sequence<count>{})) return false;
    for (std::size_t k = 0; k < i; ++k) {
      const auto& other = kNamed<V>[k];
      if (other.value == row.value || is_name_of(other.name, row.name)) return false;
    }
  }
  return !is_enumerator<static_cast<V>(count)>();
}

/// The rows of an enumeration. One that has an enumerator without a row does not compile.
template <Listed V>
constexpr const auto& named() noexcept {
  static_assert(
      is_whole<V>(),
      "an enumerator has no row in kNamed, or a row stands twice or has another one's name");
  return kNamed<V>;
}

/// Every value of an enumeration, in the order of its list.
template <Listed V>
constexpr auto values_of() noexcept {
  std::array<V, std::size(kNamed<V>)> values{};
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = named<V>()[i].value;
  return values;
}

/// The row called `name`, as is_name_of() compares, or nullptr.
template <class Rows>
constexpr auto find_row(const Rows& rows, std::string_view name) noexcept -> decltype(&rows[0]) {
  for (const auto& row : rows) {
    if (is_name_of(name, row.name)) return &row;
  }
  return nullptr;
}

/// The name of a value, as parse() reads it; "unknown" of what is no enumerator.
template <Listed V>
constexpr const char* text(V value) noexcept {
  for (const auto& row : named<V>()) {
    if (row.value == value) return row.name;
  }
  return "unknown";
}

/// Finds the value called `name`. Returns whether there is one; `found` is unchanged if not.
template <Listed V>
constexpr bool parse(std::string_view name, V& found) noexcept {
  for (const auto& row : named<V>()) {
    if (!is_name_of(name, row.name)) continue;
    found = row.value;
    return true;
  }
  return false;
}

}  // namespace pinnscope
