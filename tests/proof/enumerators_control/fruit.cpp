#include "fruit.hpp"

bool is_small(Fruit fruit) {
  switch (fruit) {
    case Fruit::fig: return true;
    default: return false;
  }
}
