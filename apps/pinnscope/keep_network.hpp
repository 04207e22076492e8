#pragma once

#include <string>
#include <vector>

#include "pinnscope/io/file_status.hpp"
#include "pinnscope/io/network_weights.hpp"

namespace pinnscope::apps {

/// Writes a network to `path` (see write_network). Where that fails, as on a full disk, the network
/// is kept as NAME.kept-<digits> with the ending of networks in the first directory that takes it:
/// beside it, beside one of the files in `others`, the current one, the one for temporary files,
/// the user's own. The failure that is returned then says where it is, or that no place took it.
FileStatus write_or_keep(const std::string& path, const NetworkWeights& network,
                         Precision precision, const std::vector<std::string>& others);

}  // namespace pinnscope::apps
