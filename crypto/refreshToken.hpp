#pragma once
#include <cstdint>
#include <string_view>

#include "core/randomSourceInterface.hpp"
#include "core/result.hpp"
#include "core/secretText.hpp"
#include "core/uuid.hpp"

namespace ks {

// base64url(version 1 | session id 16 | counter, unsigned varint | HMAC-SHA-256 cut to 16 | first 4 bytes of
// SHA-256 of all before). The checksum rejects typing errors and invalid tokens without a database query;
// the HMAC under the session's key is the proof.

/// The contents of a refresh token before verification.
struct RefreshTokenParts {
  Uuid sessionId;
  std::int64_t counter = 0;  ///< never negative
};

/// A session's key: 32 raw bytes. To be stored sealed.
SecretText makeRefreshKey(RandomSourceInterface& random);

/// The token of this session and counter: equal arguments give equal tokens, so a lost answer can be
/// repeated. Fault `internal` if the key does not have 32 bytes or the counter is negative.
Result<SecretText> makeRefreshToken(const Uuid& sessionId, std::int64_t counter, const SecretText& key);

/// Form and checksum only, without the key. Fault `refreshTokenInvalid`.
Result<RefreshTokenParts> readRefreshToken(std::string_view token);

/// Form, checksum and HMAC, in constant time. Fault `refreshTokenInvalid`.
Result<Done> verifyRefreshToken(std::string_view token, const SecretText& key);

}  // namespace ks
