#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "core/network/ipAddress.hpp"

namespace ks {

/// What a ban may cover: an IPv4 address, /24 or /16; an IPv6 /64, /48 or /32. So few, because the gateway
/// looks up every length for every request. A single IPv6 address means its /64, which one customer owns.
std::optional<IpNetwork> parseBanNetwork(std::string_view text);
inline constexpr std::string_view kBanNetworkForms =
    "an IPv4 address, an IPv4 network of /24 or /16, an IPv6 address (its /64) or network of /64, /48 or /32";

/// The network that a ban of this one client covers.
IpNetwork banNetworkOf(const IpAddress& address) noexcept;

/// `203.0.113.9`, `203.0.113.0/24`, `2001:db8:1:2::/64`.
std::string banNetworkText(const IpNetwork& network);

/// The Redis key that nginx/lua/bans.lua asks for: IPv6 groups have four digits, and none is left out.
std::string banKey(const IpNetwork& network);

}  // namespace ks
