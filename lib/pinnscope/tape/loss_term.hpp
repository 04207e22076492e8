#pragma once

#include "pinnscope/core/view.hpp"
#include "pinnscope/tape/tape.hpp"

namespace pinnscope {

/// A part of a training loss: weight times the tape's loss over the points, a row a point with the
/// tape's columns. The weight is 0 or more: a difference is written in the tape's loss. The tape
/// and the points belong to somebody else.
template <class T>
struct LossTerm {
  const char* name = "";          ///< as logs of a training call it
  const Tape<T>* tape = nullptr;  ///< recorded to its end; outlives the training
  MatrixView<const T> points;     ///< a row a point, with the tape's columns; outlive the training
  double weight = 1;              ///< factor of the tape's loss, 0 or more
};

}  // namespace pinnscope
