// The control of symbols.sh: an object that it must refuse.
#include <cstdlib>

void* allocates() { return std::malloc(1); }
