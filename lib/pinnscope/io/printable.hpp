#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pinnscope {

/// Text of whatever origin for a terminal or a page: what cannot be seen, or would act on what
/// shows it, is spelled out. Printable characters of UTF-8 stay; control characters (C0, DEL, C1),
/// those that are invisible or turn the direction of writing (Unicode's general categories Cf, Zl,
/// Zp), private ones and noncharacters become `\n`, `\r`, `\t`, `\x1b` or `\u202e`; bytes that are
/// no UTF-8 become `\xff`. A backslash stays: text that has been here before is unchanged. At most
/// `most` characters are taken. One pass, allocates the result.
std::string printable(std::string_view text, std::size_t most = std::string_view::npos);

}  // namespace pinnscope
