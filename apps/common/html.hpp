#pragma once

#include <string>
#include <string_view>

namespace pinnscope::apps {

/// Any text as text of HTML, also between double quotes: printable(), its markup spelled out.
std::string escaped(std::string_view text);

/// The start of a page, to its heading: `title` behind "pinnscope: ", text at most `width` rem
/// wide, and rules of CSS, a line each, beside those of every page.
std::string html_head(std::string_view title, std::string_view heading, int width,
                      std::string_view style);

}  // namespace pinnscope::apps
