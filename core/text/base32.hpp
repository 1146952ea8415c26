#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.hpp"

namespace ks {

/// RFC 4648 section 6, upper case, without padding.
std::string base32Encode(ByteView bytes);
/// Strict: upper case, no padding, no white space, unused bits zero.
std::optional<Bytes> base32Decode(std::string_view text);

}  // namespace ks
