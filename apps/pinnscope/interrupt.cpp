#include "interrupt.hpp"

#include <csignal>

namespace pinnscope::apps {
namespace {

volatile std::sig_atomic_t signal_seen = 0;

extern "C" void remember(int signal) { signal_seen = signal; }

}  // namespace

void remember_signals() {
  struct Wish {
    int signal;
    int flags;
  };
  // A pipe that nobody reads any more, and a limit of processor time, send theirs again and again.
  for (const Wish& wish :
       {Wish{SIGINT, static_cast<int>(SA_RESETHAND)}, Wish{SIGTERM, static_cast<int>(SA_RESETHAND)},
        Wish{SIGHUP, static_cast<int>(SA_RESETHAND)}, Wish{SIGPIPE, 0}, Wish{SIGXCPU, 0}}) {
    struct sigaction before {};
    ::sigaction(wish.signal, nullptr, &before);
    if (wish.signal == SIGHUP && before.sa_handler == SIG_IGN) continue;  // nohup
    struct sigaction action {};
    action.sa_handler = remember;
    action.sa_flags = wish.flags | static_cast<int>(SA_RESTART);
    ::sigaction(wish.signal, &action, nullptr);
  }
}

int remembered_signal() { return signal_seen; }

}  // namespace pinnscope::apps
