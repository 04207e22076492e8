#pragma once

namespace pinnscope::apps {

/// From now on the first SIGINT, SIGTERM or SIGHUP (unless that was ignored, as nohup does) is
/// remembered instead of ending the program, and the second one ends it. SIGPIPE and SIGXCPU, which
/// come again and again, are remembered alone.
void remember_signals();

/// The signal that came, or 0.
int remembered_signal();

}  // namespace pinnscope::apps
