#pragma once

#include <string>

#include "audit.hpp"

namespace pinnscope::apps {

/// Prints the verdicts counted by group, the claims with their evidence, and what was not judged.
void print_report(const Audit& audit);

/// Writes audit.csv, audit.html and claims.md, the table of claims for docs/audit.md.
FileStatus write_report(const Audit& audit);

}  // namespace pinnscope::apps
