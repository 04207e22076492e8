#pragma once

#include <string>
#include <vector>

#include "pinnscope/io/file_status.hpp"
#include "pinnscope/io/network_weights.hpp"

namespace pinnscope::apps {

/// Keeps a network as NAME.kept-<digits> with the ending of networks in the first directory that
/// takes it: beside `path`, beside one of the files in `others`, the current one, the one for
/// temporary files, the user's own. Returns where it is, or nothing where no place took it.
std::string keep_network(const std::string& path, const NetworkWeights& network,
                         Precision precision, const std::vector<std::string>& others);

/// Writes a network to `path` (see write_network). Where that fails, as on a full disk, the failure
/// that is returned says where keep_network() has put it, or that no place took it.
FileStatus write_or_keep(const std::string& path, const NetworkWeights& network,
                         Precision precision, const std::vector<std::string>& others);

}  // namespace pinnscope::apps
