#pragma once
#include <cstdint>
#include <string_view>

#include "core/randomSourceInterface.hpp"
#include "core/result.hpp"
#include "core/secretText.hpp"
#include "core/uuid.hpp"

namespace ks {

// base64url(version 1 | session id 16 | counter, unsigned varint | HMAC-SHA-256 cut to 16 | first 4 bytes of
// SHA-256 of all before). The checksum rejects typing errors and garbage without a look into the database;
// the HMAC under the session's key is what proves.

/// What a refresh token says before anyone has proved it.
struct RefreshTokenParts {
  Uuid sessionId;
  std::int64_t counter = 0;  ///< never negative
};

/// A session's key: 32 raw bytes. To be stored sealed.
SecretText makeRefreshKey(RandomSourceInterface& random);

/// The one token of this session and counter: equal arguments give equal tokens, so that a lost answer can be
/// given again. Fault `internal` when the key has not 32 bytes or the counter is negative.
Result<SecretText> makeRefreshToken(const Uuid& sessionId, std::int64_t counter, const SecretText& key);

/// Form and checksum only, without the key. Fault `refreshTokenInvalid`.
Result<RefreshTokenParts> readRefreshToken(std::string_view token);

/// Form, checksum and HMAC, in constant time. Fault `refreshTokenInvalid`.
Result<Done> verifyRefreshToken(std::string_view token, const SecretText& key);

}  // namespace ks
