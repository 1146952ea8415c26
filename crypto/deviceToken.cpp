#include "crypto/deviceToken.hpp"

#include <algorithm>

#include "core/text/base64url.hpp"
#include "crypto/hmacSha256.hpp"
#include "crypto/secretToken.hpp"

namespace ks {
namespace {

constexpr std::uint8_t kDeviceTokenVersion = 1;
constexpr std::size_t kDeviceDataBytes = 1 + 16 + 16 + 8;
constexpr std::size_t kDeviceMacBytes = 32;
constexpr std::size_t kDeviceTokenCharacters = 98;
/// Separates this use of the key from DeviceBinder's, whose messages begin with a length below 2^24.
constexpr std::string_view kDeviceTokenDomain = "known device token";

Bytes deviceMessage(ByteView data) {
  Bytes message(kDeviceTokenDomain.begin(), kDeviceTokenDomain.end());
  message.insert(message.end(), data.begin(), data.end());
  return message;
}

}  // namespace

std::string DeviceTokens::make(const KnownDevice& device) const {
  Bytes token{kDeviceTokenVersion};
  token.insert(token.end(), device.userId.bytes.begin(), device.userId.bytes.end());
  token.insert(token.end(), device.deviceId.bytes.begin(), device.deviceId.bytes.end());
  for (unsigned shift = 64; shift > 0; shift -= 8) {
    token.push_back(
        static_cast<std::uint8_t>(static_cast<std::uint64_t>(device.sessionEpoch) >> (shift - 8)));
  }
  const auto mac = hmacSha256(keyring_->primarySubkey(KeyPurpose::deviceBinding), deviceMessage(token));
  token.insert(token.end(), mac.begin(), mac.end());
  return base64UrlEncode(token);
}

std::optional<KnownDevice> DeviceTokens::read(std::string_view token) const {
  if (token.size() != kDeviceTokenCharacters) {
    return std::nullopt;
  }
  const auto bytes = base64UrlDecode(token);
  if (!bytes || bytes->size() != kDeviceDataBytes + kDeviceMacBytes ||
      bytes->front() != kDeviceTokenVersion) {
    return std::nullopt;
  }
  const ByteView data(bytes->data(), kDeviceDataBytes);
  const ByteView mac(bytes->data() + kDeviceDataBytes, kDeviceMacBytes);
  const Bytes message = deviceMessage(data);
  bool good = false;
  for (const ByteView key : keyring_->subkeys(KeyPurpose::deviceBinding)) {
    good = equalConstantTime(hmacSha256(key, message), mac) || good;
  }
  if (!good) {
    return std::nullopt;
  }
  KnownDevice device;
  std::copy_n(data.begin() + 1, 16, device.userId.bytes.begin());
  std::copy_n(data.begin() + 17, 16, device.deviceId.bytes.begin());
  std::uint64_t epoch = 0;
  for (std::size_t i = 33; i < kDeviceDataBytes; ++i) {
    epoch = (epoch << 8U) | data[i];
  }
  device.sessionEpoch = static_cast<std::int64_t>(epoch);
  return device;
}

}  // namespace ks
