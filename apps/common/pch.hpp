// Precompiled for the programs: Armadillo is most of what they compile.
#include <armadillo>
#include <string>
#include <vector>
