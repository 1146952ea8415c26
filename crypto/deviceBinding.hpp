#pragma once
#include <string>
#include <utility>

#include "core/bytes.hpp"
#include "crypto/keyring.hpp"

namespace ks {

/// The traits by which a session recognises its device.
struct DeviceTraits {
  std::string userAgentFamily;  ///< core/text/userAgent
  std::string deviceId;         ///< of the device cookie; may be empty
  std::string networkPrefix;    ///< IpAddress::networkPrefix
};

/// Binds sessions softly to devices by an HMAC-SHA-256 that reveals nothing to a reader of the table.
/// Thread-safe.
class DeviceBinder {
 public:
  explicit DeviceBinder(KeyringPtr keyring) : keyring_(std::move(keyring)) {}

  /// 32 bytes.
  [[nodiscard]] Bytes bind(const DeviceTraits& traits) const;
  [[nodiscard]] bool matches(ByteView stored, const DeviceTraits& traits) const;

 private:
  KeyringPtr keyring_;
};

}  // namespace ks
