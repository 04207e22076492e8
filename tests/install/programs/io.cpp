#include <cstdio>
#include <pinnscope/io/armadillo.hpp>
#include <pinnscope/io/read_network.hpp>

int main() {
  using namespace pinnscope;
  arma::mat matrix(3, 2);
  NetworkWeights network;
  const FileStatus status = read_network("absent.h5", network);
  std::printf("%s\n", status.message.c_str());
  return view(matrix).columns == 2 && !status.ok() ? 0 : 1;
}
