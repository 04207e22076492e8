#if __has_include(<catch2/catch_session.hpp>)
#include <catch2/catch_session.hpp>
#include <catch2/reporters/catch_reporter_event_listener.hpp>
#include <catch2/reporters/catch_reporter_registrars.hpp>
using Listener = Catch::EventListenerBase;
#else
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
using Listener = Catch::TestEventListenerBase;
#endif

#include <cstdio>
#include <set>
#include <string>

#include "support/test.hpp"

namespace {

std::string running_case;
std::set<std::string> skipped_cases;

/// Closes every executable with a line that tests/check.sh adds up.
class ClosingLine : public Listener {
 public:
  using Listener::Listener;

  void testCaseStarting(const Catch::TestCaseInfo& info) override { running_case = info.name; }

  void testRunEnded(const Catch::TestRunStats& stats) override {
    const auto& cases = stats.totals.testCases;
    std::printf("cases: %d passed, %d failed, %d skipped\n",
                static_cast<int>(cases.passed) - static_cast<int>(skipped_cases.size()),
                static_cast<int>(cases.failed + cases.failedButOk),
                static_cast<int>(skipped_cases.size()));
  }
};

CATCH_REGISTER_LISTENER(ClosingLine)

}  // namespace

void pinnscope::test::skip(const char* reason) {
  if (skipped_cases.insert(running_case).second) {
    std::printf("skipped: %s: %s\n", running_case.c_str(), reason);
  }
}

int main(int argc, char** argv) { return Catch::Session().run(argc, argv); }
