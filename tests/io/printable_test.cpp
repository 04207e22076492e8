#include "pinnscope/io/printable.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "pinnscope/io/file_status.hpp"

using namespace pinnscope;

TEST_CASE("Printable text of any language stays as it is") {
  for (const std::string text :
       {"", "plain text, 'quoted' \"twice\" \\ ~", "größer", "χρόνος", "время", "層の重み", "שכבה",
        "طبقة", "नमस्ते", "∂u/∂t ≤ 1", "🙂", "e\u0301", "\U000103B0"}) {
    CHECK(printable(text) == text);
  }
}

TEST_CASE("Control characters are spelled out") {
  CHECK(printable("a\nb\rc\td") == "a\\nb\\rc\\td");
  CHECK(printable("\x1b[31mred\x1b[0m") == "\\x1b[31mred\\x1b[0m");
  CHECK(printable(std::string("\0\x01\x7f", 3)) == "\\x00\\x01\\x7f");
  CHECK(printable("\u0080\u009b31m\u009f") == "\\u0080\\u009b31m\\u009f");
}

TEST_CASE("What turns the direction of writing or is invisible is spelled out") {
  CHECK(printable("a\u202etxt.exe") == "a\\u202etxt.exe");
  for (const std::string text :
       {"\u202a", "\u202b",     "\u202c",     "\u202d",    "\u202e", "\u2066", "\u2067",
        "\u2068", "\u2069",     "\u200e",     "\u200f",    "\u061c", "\u200b", "\u200d",
        "\u2028", "\u2029",     "\u00ad",     "\ufeff",    "\ufff9", "\ue000", "\ufdd0",
        "\uffff", "\U000e0041", "\U0001fffe", "\U0010ffff"}) {
    const std::string shown = printable(text);
    CHECK(shown.starts_with(text.size() < 4 ? "\\u" : "\\U"));
    CHECK(shown.size() == (text.size() < 4 ? 6 : 10));
  }
  CHECK(printable("\U000e0041") == "\\U000e0041");
}

TEST_CASE("Bytes that are no UTF-8 are spelled out one by one") {
  CHECK(printable("\x80") == "\\x80");
  CHECK(printable("\x9b"
                  "31m") == "\\x9b31m");  // C1 as a byte
  CHECK(printable("\xc3") == "\\xc3");    // cut short
  CHECK(printable("\xe2\x88") == "\\xe2\\x88");
  CHECK(printable("\xc0\x9b") == "\\xc0\\x9b");  // ESC, longer than need be
  CHECK(printable("\xe0\x80\x9b") == "\\xe0\\x80\\x9b");
  CHECK(printable("\xf0\x80\x80\x9b") == "\\xf0\\x80\\x80\\x9b");
  CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");           // a surrogate
  CHECK(printable("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");  // beyond Unicode
  CHECK(printable("\xf8\x88\x80\x80\x80") == "\\xf8\\x88\\x80\\x80\\x80");
  CHECK(printable("\xc3(\xc3\xa9") == "\\xc3(é");
}

TEST_CASE("Text that was made printable once is unchanged") {
  std::string bytes;
  for (int k = 0; k < 256; ++k) bytes += static_cast<char>(k);
  const std::string once = printable(bytes);
  CHECK(printable(once) == once);
}

TEST_CASE("Text is cut behind whole characters") {
  CHECK(printable("größer", 3) == "grö");
  CHECK(printable("\n\n\n", 2) == "\\n\\n");
  CHECK(printable("abc", 0).empty());
  CHECK(in_quotes(std::string(40, 'a')) == "'" + std::string(40, 'a') + "'");
  CHECK(in_quotes(std::string(41, 'a')) == "'" + std::string(40, 'a') + "...'");
  std::string letters;
  for (int k = 0; k < 41; ++k) letters += "é";
  CHECK(in_quotes(letters) == "'" + letters.substr(0, 80) + "...'");
  CHECK(in_quotes("\x1b") == "'\\x1b'");
}

TEST_CASE("A failure is one printable line whatever its file and its text hold") {
  const FileStatus status = file_failure(StatusCode::bad_file, "a\nb\x1b", "c\u202e\xff");
  CHECK(status.message == "a\\nb\\x1b: c\\u202e\\xff");
}
