#pragma once
#include "core/randomSourceInterface.hpp"

namespace ks {

/// Initialises libsodium; false on failure. Idempotent, thread-safe. main calls it before
/// anything else of crypto/.
[[nodiscard]] bool startCrypto() noexcept;

/// The operating system's random numbers through libsodium. Thread-safe.
class SodiumRandomSource final : public RandomSourceInterface {
 public:
  void fill(std::span<std::byte> bytes) override;
};

}  // namespace ks
