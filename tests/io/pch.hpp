// Precompiled for the tests of io, which all take networks as Armadillo has them.
#include <armadillo>

#include "support/test.hpp"
