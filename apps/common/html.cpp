#include "common/html.hpp"

#include "pinnscope/io/printable.hpp"

namespace pinnscope::apps {

std::string escaped(std::string_view text) {
  std::string result;
  for (const char letter : printable(text)) {
    switch (letter) {
      case '<': result += "&lt;"; break;
      case '>': result += "&gt;"; break;
      case '&': result += "&amp;"; break;
      case '"': result += "&quot;"; break;
      default: result += letter;
    }
  }
  return result;
}

std::string html_head(std::string_view title, std::string_view heading, int width,
                      std::string_view style) {
  std::string text = R"(<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>pinnscope: )";
  text.append(escaped(title)).append(R"(</title>
<style>
  body { font: 16px/1.5 "Liberation Sans", Arial, sans-serif; color: #222; background: #fff;
         max-width: )");
  text.append(std::to_string(width)).append(R"(rem; margin: 2rem auto; padding: 0 1rem; }
  table { border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; }
)");
  text.append(style).append("</style>\n<h1>").append(escaped(heading));
  return text + "</h1>\n";
}

}  // namespace pinnscope::apps
