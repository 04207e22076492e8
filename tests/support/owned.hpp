#pragma once

#include <cstddef>
#include <vector>

#include "pinnscope/core/arena.hpp"

namespace pinnscope::test {

/// An object in as much memory as its configuration asks for.
template <class Object>
class Owned {
 public:
  explicit Owned(const typename Object::Config& config)
      : memory_(Object::footprint(config).bytes), arena_(memory_), object_(config, arena_) {}

  Object& operator*() { return object_; }
  const Object& operator*() const { return object_; }
  Object* operator->() { return &object_; }
  const Object* operator->() const { return &object_; }

 private:
  std::vector<std::byte> memory_;
  Arena arena_;
  Object object_;
};

}  // namespace pinnscope::test
