#pragma once

#include "pinnscope/nn/kernels.hpp"

namespace pinnscope {

/// The kernels compiled for each instruction set. Which of these are in a build is the build's
/// choice: only the file that lists what is available names them.
template <class T>
struct KernelVariants {
  static const Kernels<T> avx512;
  static const Kernels<T> avx2;
  static const Kernels<T> neon;
  static const Kernels<T> portable;
};
template <>
const Kernels<float> KernelVariants<float>::avx512;
template <>
const Kernels<float> KernelVariants<float>::avx2;
template <>
const Kernels<float> KernelVariants<float>::neon;
template <>
const Kernels<float> KernelVariants<float>::portable;
template <>
const Kernels<double> KernelVariants<double>::avx512;
template <>
const Kernels<double> KernelVariants<double>::avx2;
template <>
const Kernels<double> KernelVariants<double>::neon;
template <>
const Kernels<double> KernelVariants<double>::portable;

/// How many panels and columns a product sums side by side, and how many rows and columns a
/// gradient does: what fills the vector registers of an instruction set. packs_rows: a gradient
/// copies its rows of A before the columns of Z pass. It pays where a register is shorter than a
/// cache line, so that lines are asked for more often than the second-level cache can answer.
struct KernelBlock {
  std::size_t panels;
  std::size_t columns;
  std::size_t gradient_rows;
  std::size_t gradient_columns;
  bool packs_rows;
};

}  // namespace pinnscope
