#pragma once
#include <cstddef>
#include <span>

namespace ks {

/// Source of unpredictable bytes. Thread-safe. The real one is crypto/sodiumRandomSource; simulations use a
/// seeded one.
class RandomSourceInterface {
 public:
  virtual ~RandomSourceInterface() = default;
  virtual void fill(std::span<std::byte> bytes) = 0;
};

}  // namespace ks
