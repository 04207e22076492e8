#include <pinnscope/core/lapack.hpp>

int main() {
  double identity[] = {1, 0, 0, 1}, matrix[] = {1, 2, 3, 4}, product[4];
  pinnscope::lapack::multiply(1, {identity, 2, 2}, pinnscope::lapack::Transpose::no,
                              {matrix, 2, 2}, pinnscope::lapack::Transpose::no, 0, {product, 2, 2});
  return product[1] == 2 && product[2] == 3 ? 0 : 1;
}
