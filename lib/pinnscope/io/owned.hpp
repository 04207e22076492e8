#pragma once

#include "pinnscope/core/arena.hpp"
#include "pinnscope/io/memory.hpp"

namespace pinnscope {

/// An object with the memory that its configuration asks for. Throws OutOfMemory.
template <class Object>
class Owned {
 public:
  /// Takes the memory, then makes the object in it; what the object's own status says stands there.
  explicit Owned(const typename Object::Config& config)
      : memory_(Object::footprint(config)), arena_(memory_.bytes()), object_(config, arena_) {}

  /// The object.
  /// @{
  Object& operator*() { return object_; }
  const Object& operator*() const { return object_; }
  Object* operator->() { return &object_; }
  const Object* operator->() const { return &object_; }
  /// @}

 private:
  ArenaMemory memory_;
  Arena arena_;
  Object object_;
};

}  // namespace pinnscope
