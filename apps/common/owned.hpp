#pragma once

#include <cstddef>
#include <vector>

#include "pinnscope/core/arena.hpp"

namespace pinnscope::apps {

/// An object with the memory that its configuration asks for.
template <class Object>
class Owned {
 public:
  explicit Owned(const typename Object::Config& config)
      : memory_(Object::footprint(config).bytes), arena_(memory_), object_(config, arena_) {}

  Object* operator->() { return &object_; }
  Object& operator*() { return object_; }

 private:
  std::vector<std::byte> memory_;
  Arena arena_;
  Object object_;
};

}  // namespace pinnscope::apps
