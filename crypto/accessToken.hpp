#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clockInterface.hpp"
#include "core/result.hpp"
#include "core/secretText.hpp"
#include "core/uuid.hpp"
#include "crypto/secretBuffer.hpp"
#include "crypto/signingKey.hpp"

namespace ks {

/// The claims of an access token. Times are sent in whole seconds.
struct AccessClaims {
  Uuid tokenId;    ///< jti
  Uuid userId;     ///< sub
  Uuid sessionId;  ///< sid
  std::vector<std::string> roles;
  std::vector<std::string> permissions;
  int assuranceLevel = 1;            ///< aal: 1 one factor, 2 two
  std::vector<std::string> methods;  ///< amr: pwd, otp…
  TimePoint authenticatedAt;         ///< auth_time
  bool stepUp = false;               ///< step_up, where true: the device has changed since auth_time
  std::optional<Uuid> actorId;       ///< act.sub (RFC 8693): who acts as the user
  TimePoint issuedAt;                ///< iat
  TimePoint notBefore;               ///< nbf
  TimePoint expiresAt;               ///< exp
};

/// Signs Ed25519 JWTs (RFC 7519, 8037; header typ `at+jwt`, RFC 9068). The key stays in guarded memory.
/// Thread-safe.
class AccessTokenSigner {
 public:
  /// Throws std::invalid_argument when the key's seed has not 32 bytes.
  AccessTokenSigner(const SigningKey& key, std::string issuer, std::string audience);

  /// Fault `internal` when the token would be larger than 4096 bytes, the most that a cookie can hold.
  [[nodiscard]] Result<SecretText> sign(const AccessClaims& claims) const;
  [[nodiscard]] const std::string& keyId() const noexcept { return keyId_; }

 private:
  std::string keyId_;
  std::string encodedHeader_;
  std::string issuer_;
  std::string audience_;
  GuardedKey secretKey_;
};

/// Checks such tokens against any of some keys. Immutable, thread-safe.
class AccessTokenVerifier {
 public:
  /// `skew` is how far the clocks of two machines may be apart.
  AccessTokenVerifier(std::vector<VerificationKey> keys, std::string issuer, std::string audience,
                      Milliseconds skew = Milliseconds{5000});

  /// Faults `tokenInvalid` (detail says why) and `tokenExpired`. The header must be, byte for byte, the one
  /// that the signer writes for one of the keys: no other algorithm, type, key reference or extension is
  /// accepted, and no JSON is parsed before the signature has been verified.
  [[nodiscard]] Result<AccessClaims> verify(std::string_view token, TimePoint now) const;

 private:
  struct KnownKey {
    std::string encodedHeader;
    Bytes publicKey;
  };
  std::vector<KnownKey> keys_;
  std::string issuer_;
  std::string audience_;
  Milliseconds skew_;
};

}  // namespace ks
