#include "pinnscope/core/status.hpp"

#include <set>
#include <string>

#include "support/test.hpp"

using namespace pinnscope;

TEST_CASE("every status code has a text of its own") {
  std::set<std::string> texts;
  for (int code = 0; code < kStatusCodes; ++code) {
    texts.insert(text(static_cast<StatusCode>(code)));
  }
  REQUIRE(texts.size() == static_cast<std::size_t>(kStatusCodes));
  REQUIRE(texts.count("") == 0);
  REQUIRE(texts.count("unknown status") == 0);
}

TEST_CASE("a status is ok unless it says otherwise, and keeps LAPACK's info") {
  REQUIRE(Status{}.ok());
  const Status status{StatusCode::not_converged, 7};
  REQUIRE_FALSE(status.ok());
  REQUIRE(status.info == 7);
}
