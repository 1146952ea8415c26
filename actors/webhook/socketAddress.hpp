#pragma once
#include <optional>

#include "core/network/ipAddress.hpp"

struct sockaddr;

namespace ks {

/// Nothing for what is neither IPv4 nor IPv6.
[[nodiscard]] std::optional<IpAddress> addressOf(const sockaddr* socketAddress) noexcept;

}  // namespace ks
