#pragma once
#include <array>
#include <cstdint>

#include "core/bytes.hpp"

namespace ks {

/// HMAC-SHA-512 (RFC 4231) with a key of any length.
std::array<std::uint8_t, 64> hmacSha512(ByteView key, ByteView message) noexcept;

}  // namespace ks
