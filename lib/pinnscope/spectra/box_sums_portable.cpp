#include "pinnscope/spectra/box_sums.inl"

namespace pinnscope {

const BoxSums kBoxSumsPortable{"portable", gather, scatter, pairs};

}  // namespace pinnscope
