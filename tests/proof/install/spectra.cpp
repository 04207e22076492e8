#include <pinnscope/core/lapack.hpp>

int main() { return pinnscope::lapack::blas_description() != nullptr ? 0 : 1; }
