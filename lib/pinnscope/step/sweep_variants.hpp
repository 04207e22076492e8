#pragma once

#include "pinnscope/step/sweeps.hpp"

namespace pinnscope {

/// The sweeps compiled for each instruction set. Which of these are in a build is the build's
/// choice: only the file that lists what is available names them.
template <class T>
struct SweepVariants {
  static const Sweeps<T> avx512;
  static const Sweeps<T> avx2;
  static const Sweeps<T> portable;
};
template <>
const Sweeps<float> SweepVariants<float>::avx512;
template <>
const Sweeps<float> SweepVariants<float>::avx2;
template <>
const Sweeps<float> SweepVariants<float>::portable;
template <>
const Sweeps<double> SweepVariants<double>::avx512;
template <>
const Sweeps<double> SweepVariants<double>::avx2;
template <>
const Sweeps<double> SweepVariants<double>::portable;

}  // namespace pinnscope
