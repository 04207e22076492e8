#pragma once

#include "pinnscope/nn/kernels.inl"
#include "pinnscope/step/sweeps.inl"

// What the network library has for each instruction set.
