#pragma once
#include "core/network/ipAddress.hpp"

namespace ks {

/// Whether an address is one of the public Internet: not this machine, a private or a shared network, a link,
/// a group, a documentation range, nor IPv6 that stands for such an IPv4 address (RFC 6890 and its
/// registries).
[[nodiscard]] bool isPublicAddress(const IpAddress& address) noexcept;

}  // namespace ks
