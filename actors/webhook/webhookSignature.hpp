#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/secretText.hpp"

namespace ks {

/// `t=SECONDS,v1=HEX[,v1=HEX]`: for each secret HMAC-SHA-256 over `SECONDS.BODY`, SECONDS since 1970. The
/// receiver computes the same with its secret, compares in constant time, and refuses old
/// times.
[[nodiscard]] std::string webhookSignature(const std::vector<SecretText>& secrets, std::int64_t seconds,
                                           std::string_view body);

}  // namespace ks
