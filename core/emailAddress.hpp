#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace ks {

/// The one form under which an address is stored and compared: NFC, ASCII letters in lower case (both parts:
/// no provider in use tells `Ann@` from `ann@`, and two accounts that differ only in case are a trap).
/// Nothing when it is not an address: RFC 5321 lengths (64 before the `@`, 254 in all), dot-atom before it
/// (letters beyond ASCII allowed, RFC 6531), a host name of two labels or more after it. Quoted local parts,
/// comments, address literals and white space are refused.
std::optional<std::string> normalizeEmail(std::string_view text);

}  // namespace ks
