// Precompiled for every test program: Catch2 is most of what a test compiles.
#include "support/test.hpp"
