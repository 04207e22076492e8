#pragma once

// Samples are below laws: floors.sh must find this.
#include "pinnscope/spectra/laws/weight_law.hpp"
