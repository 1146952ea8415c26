#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/secretText.hpp"

namespace ks {

/// `K-Signature`, `t=SECONDS,v1=HEX[,v1=HEX]`: for each secret HMAC-SHA-256 over `SECONDS.BODY`, SECONDS since
/// 1970. The key is the secret's text as it was handed out, whatever its form. The receiver computes the same
/// with its secret, compares in constant time, and refuses old times.
[[nodiscard]] std::string webhookSignature(const std::vector<SecretText>& secrets, std::int64_t seconds,
                                           std::string_view body);

/// `webhook-signature` of https://www.standardwebhooks.com, `v1,BASE64[ v1,BASE64]`: for each secret HMAC-SHA-256
/// over `ID.SECONDS.BODY`. The key is webhookKey() of the secret, so that ready libraries verify it.
[[nodiscard]] std::string standardWebhookSignature(const std::vector<SecretText>& secrets,
                                                   std::string_view id, std::int64_t seconds,
                                                   std::string_view body);

}  // namespace ks
