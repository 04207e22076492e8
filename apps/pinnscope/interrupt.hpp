#pragma once

namespace pinnscope::apps {

/// From now on the first SIGINT or SIGTERM is remembered instead of ending the program; the second
/// one ends it.
void remember_signals();

/// The signal that came, or 0.
int remembered_signal();

}  // namespace pinnscope::apps
