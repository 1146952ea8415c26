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
  std::int64_t sessionEpoch =
      0;  ///< of the account at that time; after a later one the device is no longer known

  bool operator==(const KnownDevice&) const = default;
};

/// The token by which a device is recognised: its data and an HMAC-SHA-256 over it, so nothing must be
/// stored. It does not sign in. Thread-safe.
class DeviceTokens {
 public:
  explicit DeviceTokens(KeyringPtr keyring) : keyring_(std::move(keyring)) {}

  /// 98 characters base64url.
  [[nodiscard]] std::string make(const KnownDevice& device) const;
  /// Nothing for other texts than those of make(); tokens made under an older master key stay valid.
  [[nodiscard]] std::optional<KnownDevice> read(std::string_view token) const;

 private:
  KeyringPtr keyring_;
};

}  // namespace ks
