#pragma once

namespace pinnscope::apps {

/// Parses the command line, writes the report, prints one line about a failure. Returns the exit
/// code.
int run_audit(int argc, char** argv);

}  // namespace pinnscope::apps
