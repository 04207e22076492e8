#include "pinnscope/core/named.hpp"

#include <array>
#include <cstdint>
#include <string_view>

#include "support/test.hpp"

namespace pinnscope {
namespace {

enum class Fruit : std::uint8_t { red_currant, fig, s2 };
enum class Forgotten : std::uint8_t { first, second, third };
enum class Twice : std::uint8_t { first, second };
enum class Alike : std::uint8_t { first, second };
enum class Nameless : std::uint8_t { first };
enum class Exchanged : std::uint8_t { first, second };
enum class Renamed : std::uint8_t { float32, float64 };

}  // namespace

template <>
inline constexpr auto kNamed<Fruit> =
    std::array{Named{Fruit::fig, "fig", "with many seeds"},
               Named{Fruit::red_currant, "red_currant", "sour"}, Named{Fruit::s2, "s2", "a pear"}};
template <>
inline constexpr auto kNamed<Forgotten> =
    std::array{Named{Forgotten::first, "first", ""}, Named{Forgotten::second, "second", ""}};
template <>
inline constexpr auto kNamed<Twice> =
    std::array{Named{Twice::first, "first", ""}, Named{Twice::first, "second", ""}};
template <>
inline constexpr auto kNamed<Alike> =
    std::array{Named{Alike::first, "of-one", ""}, Named{Alike::second, "of_one", ""}};
template <>
inline constexpr auto kNamed<Nameless> = std::array{Named{Nameless::first, "", ""}};
template <>
inline constexpr auto kNamed<Exchanged> =
    std::array{Named{Exchanged::first, "second", ""}, Named{Exchanged::second, "first", ""}};
template <>
inline constexpr auto kNamed<Renamed> =
    std::array{Named{Renamed::float32, "float", ""}, Named{Renamed::float64, "double", ""}};

}  // namespace pinnscope

using namespace pinnscope;

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
  CHECK(parse("red-currant", found));
  CHECK(found == Fruit::red_currant);
  CHECK_FALSE(parse("", found));
  CHECK_FALSE(parse("plum", found));
  CHECK(found == Fruit::red_currant);
}

TEST_CASE("a value has the name of its row, whatever the order of rows") {
  CHECK(std::string_view(text(Fruit::red_currant)) == "red_currant");
  CHECK(std::string_view(text(Fruit::fig)) == "fig");
  CHECK(std::string_view(text(Fruit{200})) == "unknown");
  CHECK(values_of<Fruit>() == std::array{Fruit::fig, Fruit::red_currant, Fruit::s2});
}

TEST_CASE("what is an enumerator is told from any other value") {
  CHECK(is_enumerator<Fruit::fig>());
  CHECK(is_enumerator<Fruit::s2>());
  CHECK_FALSE(is_enumerator<Fruit{3}>());
  CHECK_FALSE(is_enumerator<Fruit{255}>());
}

TEST_CASE("names that enumerators have of each other are not whole, names of their own are") {
  CHECK(is_spelled<Fruit::red_currant>("red_currant"));
  CHECK_FALSE(is_spelled<Fruit::red_currant>("currant"));
  CHECK_FALSE(is_spelled<Fruit::red_currant>("fig"));
  CHECK_FALSE(is_whole<Exchanged>());
  CHECK(is_whole<Renamed>());
}

TEST_CASE("a list that lacks a row, or has one twice, is not whole") {
  CHECK(is_whole<Fruit>());
  CHECK_FALSE(is_whole<Forgotten>());
  CHECK_FALSE(is_whole<Twice>());
  CHECK_FALSE(is_whole<Alike>());
  CHECK_FALSE(is_whole<Nameless>());
}
