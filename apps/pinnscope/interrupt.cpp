#include "interrupt.hpp"

#include <csignal>

namespace pinnscope::apps {
namespace {

volatile std::sig_atomic_t signal_seen = 0;

extern "C" void remember(int signal) { signal_seen = signal; }

}  // namespace

void remember_signals() {
  struct sigaction action {};
  action.sa_handler = remember;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

int remembered_signal() { return signal_seen; }

}  // namespace pinnscope::apps
