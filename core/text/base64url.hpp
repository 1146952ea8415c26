#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.hpp"

namespace ks {

/// RFC 4648 section 5, without padding.
std::string base64UrlEncode(ByteView bytes);
/// Strict: no padding, no white space, unused bits zero, so that each value has exactly one text.
std::optional<Bytes> base64UrlDecode(std::string_view text);

/// RFC 4648 section 4, padded.
std::string base64Encode(ByteView bytes);
/// Strict: padding required, no white space, unused bits zero.
std::optional<Bytes> base64Decode(std::string_view text);
/// Section 4's alphabet without padding, as PHC strings use it.
std::string base64EncodeUnpadded(ByteView bytes);
/// Inverse of base64EncodeUnpadded, as strict as the others.
std::optional<Bytes> base64DecodeUnpadded(std::string_view text);

}  // namespace ks
