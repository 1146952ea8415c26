#pragma once
#include <string>

#include "core/network/ipAddress.hpp"
#include "core/text/userAgent.hpp"
#include "crypto/deviceBinding.hpp"
#include "messages/platform/requestContext.hpp"

namespace ks {

/// How the device of a session is recognised. Only browsers send their device id, a cookie, with every
/// request.
inline DeviceTraits deviceTraitsOf(const ClientInfo& client, bool byCookie) {
  const auto address = IpAddress::parse(client.ip);
  return {userAgentFamily(client.userAgent), byCookie ? client.deviceId : std::string{},
          address ? address->networkPrefix() : std::string{}};
}

/// Whether the client is on the device that a session is bound to; a session bound to none matches
/// everywhere.
inline bool isOnDevice(const DeviceBinder& devices, ByteView deviceHash, const ClientInfo& client,
                       bool byCookie) {
  return deviceHash.empty() || devices.matches(deviceHash, deviceTraitsOf(client, byCookie));
}

}  // namespace ks
