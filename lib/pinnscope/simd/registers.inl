#pragma once

#include <cstddef>

#include "pinnscope/simd/compiled.hpp"
#include "pinnscope/simd/lanes.hpp"

// The registers of one instruction set. The file that includes this one is compiled for the set and
// names it, in an unnamed namespace: Set. Whatever is compiled for it is local to that file, since
// no other one may call it: an .inl has an unnamed namespace.

namespace pinnscope {
namespace {

constexpr std::size_t kLaneBytes = Set::kLaneBytes;

template <class T>
constexpr std::size_t kEntries = kLanes<Lanes<T, kLaneBytes>>;

}  // namespace
}  // namespace pinnscope
