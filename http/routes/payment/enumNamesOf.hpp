#pragma once
#include <cstddef>

#include "http/schema/objectSchema.hpp"

namespace ks {

/// The wire names of an enum whose values are stored under the same names.
template <class E, std::size_t count>
[[nodiscard]] EnumNames<E> enumNamesOf(const E (&values)[count], const char* (*nameOf)(E) noexcept) {
  EnumNames<E> names;
  for (const E value : values) {
    names.emplace_back(value, nameOf(value));
  }
  return names;
}

}  // namespace ks
