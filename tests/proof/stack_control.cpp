/// A depth that depends on the data.
unsigned depth_of(const unsigned* next, unsigned node) {
  return next[node] == node ? 0 : 1 + depth_of(next, next[node]) * depth_of(next, next[node] / 2);
}
