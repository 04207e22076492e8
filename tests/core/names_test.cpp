#include "pinnscope/core/names.hpp"

#include <array>

#include "support/test.hpp"

using namespace pinnscope;

namespace {

enum class Fruit { red_currant, fig };
constexpr std::array kFruits{Fruit::red_currant, Fruit::fig};
constexpr const char* text(Fruit fruit) noexcept {
  return fruit == Fruit::fig ? "fig" : "red_currant";
}

}  // namespace

TEST_CASE("a hyphen in a name stands for an underscore, and for nothing else") {
  CHECK(is_name_of("red_currant", "red_currant"));
  CHECK(is_name_of("red-currant", "red_currant"));
  CHECK(is_name_of("", ""));
  CHECK_FALSE(is_name_of("red currant", "red_currant"));
  CHECK_FALSE(is_name_of("redcurrant", "red_currant"));
  CHECK_FALSE(is_name_of("red-currants", "red_currant"));
  CHECK_FALSE(is_name_of("Red_currant", "red_currant"));
  CHECK_FALSE(is_name_of("red_currant", "red-currant"));
}

TEST_CASE("a value is found by its name, and stays as it was where there is none") {
  Fruit found = Fruit::fig;
  CHECK(parse_name(kFruits, "red-currant", found));
  CHECK(found == Fruit::red_currant);
  CHECK_FALSE(parse_name(kFruits, "", found));
  CHECK_FALSE(parse_name(kFruits, "plum", found));
  CHECK(found == Fruit::red_currant);
}
