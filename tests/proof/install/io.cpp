#include <armadillo>
#include <pinnscope/io/armadillo.hpp>

int main() {
  arma::mat matrix(3, 2);
  return pinnscope::view(matrix).columns == 2 ? 0 : 1;
}
