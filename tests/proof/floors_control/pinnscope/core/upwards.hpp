#pragma once

// The control of floors.sh: the core looks up to the networks, which it must not.
#include "pinnscope/nn/network.hpp"
