#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ks {

/// 16 bytes, IPv4 as ::ffff:a.b.c.d.
using IpBytes = std::array<std::uint8_t, 16>;

/// An IPv4 or IPv6 address without port, zone or prefix length.
std::optional<IpBytes> parseIpAddress(std::string_view text) noexcept;

}  // namespace ks
