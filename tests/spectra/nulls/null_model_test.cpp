#include "pinnscope/spectra/nulls/null_model.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "support/test.hpp"

using namespace pinnscope;

namespace {

std::vector<double> numbered(std::size_t count) {
  std::vector<double> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<double>(i);
  return values;
}

std::vector<double> drawn(const NullModel& model, const std::vector<double>& observed,
                          std::size_t rows, std::uint64_t stream) {
  std::vector<double> out(observed.size());
  const std::size_t columns = observed.size() / rows;
  REQUIRE(draw_null(model, {observed.data(), rows, columns}, Philox(5, stream),
                    {out.data(), rows, columns})
              .ok());
  return out;
}

}  // namespace

TEST_CASE("a permutation keeps every entry and moves nearly all") {
  const std::vector<double> observed = numbered(600);
  std::vector<double> out = drawn({.kind = NullKind::permutation}, observed, 20, 3);
  std::size_t stayed = 0;
  for (std::size_t i = 0; i < out.size(); ++i) stayed += out[i] == observed[i] ? 1 : 0;
  REQUIRE(stayed < 10);  // of a random one, a single entry stays on average
  std::sort(out.begin(), out.end());
  REQUIRE(out == observed);
}

TEST_CASE("each of the six orders of three entries comes up equally often") {
  constexpr std::size_t kDraws = 6000;
  std::vector<std::size_t> counts(9 * 9 * 9);
  for (std::size_t draw = 0; draw < kDraws; ++draw) {
    const std::vector<double> out = drawn({.kind = NullKind::permutation}, {0, 1, 2}, 3, draw);
    ++counts[static_cast<std::size_t>(out[0] + 9 * out[1] + 81 * out[2])];
  }
  double chi_square = 0;
  for (const std::size_t count : counts) {
    if (count == 0) continue;
    const double excess = static_cast<double>(count) - kDraws / 6.0;
    chi_square += excess * excess / (kDraws / 6.0);
  }
  REQUIRE(std::count_if(counts.begin(), counts.end(), [](std::size_t n) { return n > 0; }) == 6);
  REQUIRE(chi_square < 20.5);  // the 0.1 % point with five degrees of freedom
}

TEST_CASE("a draw depends on its stream and on nothing drawn before") {
  const std::vector<double> observed = numbered(12);
  for (const NullKind kind :
       {NullKind::permutation, NullKind::gaussian, NullKind::initialiser, NullKind::fitted}) {
    const std::vector<double> first = drawn({.kind = kind}, observed, 3, 7);
    REQUIRE(drawn({.kind = kind}, observed, 3, 8) != first);
    REQUIRE(drawn({.kind = kind}, observed, 3, 7) == first);
  }
}

TEST_CASE("the initialiser's null has the limits of its layer's shape") {
  const std::vector<double> observed = numbered(50 * 30);
  const double limit = std::sqrt(6.0 / 80);
  const std::vector<double> out = drawn(
      {.kind = NullKind::initialiser, .initialiser = Initialiser::glorot_uniform}, observed, 50, 0);
  REQUIRE(*std::max_element(out.begin(), out.end()) <= limit);
  REQUIRE(*std::max_element(out.begin(), out.end()) > 0.99 * limit);
  REQUIRE(*std::min_element(out.begin(), out.end()) >= -limit);
}

TEST_CASE("a fitted null draws from its law") {
  const WeightLaw law{.kind = LawKind::laplace, .mu = 2, .change = 0.5};
  const std::vector<double> out =
      drawn({.kind = NullKind::fitted, .law = law}, numbered(10000), 100, 4);
  double mean = 0;
  double deviation = 0;
  for (const double value : out) {
    mean += value / 1e4;
    deviation += std::fabs(value - 2) / 1e4;
  }
  REQUIRE(std::fabs(mean - 2) < 3 * std::sqrt(2 * 0.25 / 1e4));
  REQUIRE(std::fabs(deviation - 0.5) < 3 * 0.5 / 100);
}

TEST_CASE("every null is found by its name") {
  for (const char* name : {"permutation", "gaussian", "fitted", "glorot_uniform", "glorot_normal",
                           "he_uniform", "he_normal", "lecun_uniform", "lecun_normal"}) {
    NullModel model;
    REQUIRE(parse(name, model));
    REQUIRE(std::string_view(text(model)) == name);
  }
  NullModel model{.kind = NullKind::gaussian};
  REQUIRE_FALSE(parse("wishart", model));
  REQUIRE(model.kind == NullKind::gaussian);
}

TEST_CASE("an empty matrix or another shape is refused and leaves the draw") {
  std::vector<double> out{1, 2, 3, 4};
  const std::vector<double> observed{1, 2, 3, 4};
  REQUIRE(draw_null({}, {observed.data(), 0, 4}, Philox(1), {out.data(), 2, 2}).code ==
          StatusCode::empty_input);
  REQUIRE(draw_null({}, {observed.data(), 4, 1}, Philox(1), {out.data(), 2, 2}).code ==
          StatusCode::shape_mismatch);
  REQUIRE(out == observed);
}
