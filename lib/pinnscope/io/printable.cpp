#include "pinnscope/io/printable.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

namespace pinnscope {
namespace {

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

/// What is not shown, beyond ASCII, in order: C1; the categories Cf, Zl and Zp of Unicode 15
/// (DerivedGeneralCategory.txt); surrogates and private use; noncharacters but the last two of a
/// plane.
constexpr std::array kNotShown{
    Range{0x7F, 0x9F},       Range{0xAD, 0xAD},       Range{0x600, 0x605},
    Range{0x61C, 0x61C},     Range{0x6DD, 0x6DD},     Range{0x70F, 0x70F},
    Range{0x890, 0x891},     Range{0x8E2, 0x8E2},     Range{0x180E, 0x180E},
    Range{0x200B, 0x200F},   Range{0x2028, 0x202E},   Range{0x2060, 0x206F},
    Range{0xD800, 0xF8FF},   Range{0xFDD0, 0xFDEF},   Range{0xFEFF, 0xFEFF},
    Range{0xFFF0, 0xFFFB},   Range{0x110BD, 0x110BD}, Range{0x110CD, 0x110CD},
    Range{0x13430, 0x1343F}, Range{0x1BCA0, 0x1BCA3}, Range{0x1D173, 0x1D17A},
    Range{0xE0000, 0xE007F}, Range{0xF0000, 0x10FFFF}};

bool is_shown(std::uint32_t letter) {
  if (letter < 0x7F) return letter >= 0x20;
  if ((letter & 0xFFFE) == 0xFFFE) return false;
  const auto* place = std::ranges::lower_bound(kNotShown, letter, {}, &Range::last);
  return place == kNotShown.end() || letter < place->first;
}

struct Decoded {
  std::uint32_t letter = 0;
  std::size_t bytes = 0;  // 0 where the text starts with no UTF-8
};

/// The first character of a text that is not empty. Of the many ways to write one, the shortest
/// alone is UTF-8 (RFC 3629); surrogates are told by kNotShown.
Decoded decode(std::string_view text) {
  constexpr std::array<std::uint32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};  // by length
  const auto byte = [&](std::size_t k) -> std::uint32_t {
    return static_cast<unsigned char>(text[k]);
  };
  const std::uint32_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC0 || lead >= 0xF8 || length > text.size()) return {};
  std::uint32_t letter = lead & (0x7Fu >> length);
  for (std::size_t k = 1; k < length; ++k) {
    if ((byte(k) & 0xC0) != 0x80) return {};
    letter = letter << 6 | (byte(k) & 0x3F);
  }
  const bool surrogate = letter >= 0xD800 && letter <= 0xDFFF;
  if (letter < kLeast[length] || letter > 0x10FFFF || surrogate) return {};
  return {letter, length};
}

std::string spelled(std::uint32_t letter) {
  if (letter == '\n') return "\\n";
  if (letter == '\r') return "\\r";
  if (letter == '\t') return "\\t";
  std::array<char, 12> digits{};
  const char* format = letter < 0x80 ? "\\x%02x" : letter < 0x10000 ? "\\u%04x" : "\\U%08x";
  std::snprintf(digits.data(), digits.size(), format, static_cast<unsigned>(letter));
  return digits.data();
}

std::string spelled_byte(char byte) {
  std::array<char, 8> digits{};
  std::snprintf(digits.data(), digits.size(), "\\x%02x", static_cast<unsigned char>(byte));
  return digits.data();
}

}  // namespace

std::string printable(std::string_view text, std::size_t most) {
  std::string result;
  for (; !text.empty() && most > 0; --most) {
    const Decoded found = decode(text);
    if (found.bytes == 0) {
      result += spelled_byte(text.front());
    } else if (is_shown(found.letter)) {
      result.append(text.substr(0, found.bytes));
    } else {
      result += spelled(found.letter);
    }
    text.remove_prefix(std::max<std::size_t>(found.bytes, 1));
  }
  return result;
}

}  // namespace pinnscope
