#include "crypto/deviceBinding.hpp"

#include <string_view>

#include "crypto/hmacSha256.hpp"
#include "crypto/secretToken.hpp"

namespace ks {
namespace {

// Each part is preceded by its length, so two different traits never give the same message.
Bytes traitsMessage(const DeviceTraits& traits) {
  Bytes message;
  for (const std::string_view part :
       {std::string_view(traits.userAgentFamily), std::string_view(traits.deviceId),
        std::string_view(traits.networkPrefix)}) {
    for (unsigned shift = 0; shift < 32; shift += 8) {
      message.push_back(static_cast<std::uint8_t>(part.size() >> shift));
    }
    const auto bytes = asBytes(part);
    message.insert(message.end(), bytes.begin(), bytes.end());
  }
  return message;
}

}  // namespace

Bytes DeviceBinder::bind(const DeviceTraits& traits) const {
  const auto mac = hmacSha256(keyring_->primarySubkey(KeyPurpose::deviceBinding), traitsMessage(traits));
  return {mac.begin(), mac.end()};
}

bool DeviceBinder::matches(ByteView stored, const DeviceTraits& traits) const {
  const Bytes message = traitsMessage(traits);
  bool good = false;
  for (const ByteView key : keyring_->subkeys(KeyPurpose::deviceBinding)) {
    good = equalConstantTime(hmacSha256(key, message), stored) || good;
  }
  return good;
}

}  // namespace ks
