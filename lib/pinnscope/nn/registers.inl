#pragma once

#include <cstddef>

#include "pinnscope/nn/kernels.hpp"
#include "pinnscope/simd/registers.inl"

namespace pinnscope {
namespace {

// A panel as the registers of an instruction set hold it.

template <class T>
constexpr std::size_t kVectors = kPanelRows<T> / kEntries<T>;

template <class T>
Lanes<T, kLaneBytes>* vectors_at(T* entries) noexcept {
  return reinterpret_cast<Lanes<T, kLaneBytes>*>(entries);
}
template <class T>
const Lanes<T, kLaneBytes>* vectors_at(const T* entries) noexcept {
  return reinterpret_cast<const Lanes<T, kLaneBytes>*>(entries);
}

}  // namespace
}  // namespace pinnscope
