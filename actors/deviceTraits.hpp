#pragma once
#include <string>

#include "core/ipAddress.hpp"
#include "core/userAgent.hpp"
#include "crypto/deviceBinding.hpp"
#include "messages/requestContext.hpp"

namespace ks {

/// By what the device of a session is known again. Only browsers send their device id, a cookie, with every
/// request.
inline DeviceTraits deviceTraitsOf(const ClientInfo& client, bool byCookie) {
  const auto address = IpAddress::parse(client.ip);
  return {userAgentFamily(client.userAgent), byCookie ? client.deviceId : std::string{},
          address ? address->networkPrefix() : std::string{}};
}

}  // namespace ks
