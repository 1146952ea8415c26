#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/uuid.hpp"
#include "crypto/keyring.hpp"

namespace ks {

/// A device that an account has signed in with.
struct KnownDevice {
  Uuid userId;
  Uuid deviceId;
  std::int64_t sessionEpoch = 0;  ///< of the account then; a later one means it is known no more

  bool operator==(const KnownDevice&) const = default;
};

/// What a device shows to be known again: its data and an HMAC-SHA-256 over it, so that nothing has to be
/// stored. It signs nobody in. Thread-safe.
class DeviceTokens {
 public:
  explicit DeviceTokens(KeyringPtr keyring) : keyring_(std::move(keyring)) {}

  /// 98 characters base64url.
  [[nodiscard]] std::string make(const KnownDevice& device) const;
  /// Nothing for what make() has not made; tokens made under an older master key stay good.
  [[nodiscard]] std::optional<KnownDevice> read(std::string_view token) const;

 private:
  KeyringPtr keyring_;
};

}  // namespace ks
