#pragma once

#include "pinnscope/core/view.hpp"
#include "pinnscope/tape/tape.hpp"

namespace pinnscope {

/// A part of a training loss: weight times the tape's loss over the points, a row a point with the
/// tape's columns. The weight is 0 or more: a difference is written in the tape's loss. The tape
/// and the points belong to somebody else.
template <class T>
struct LossTerm {
  const char* name = "";
  const Tape<T>* tape = nullptr;
  MatrixView<const T> points;
  double weight = 1;
};

}  // namespace pinnscope
