#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/secretText.hpp"
#include "crypto/rsaKey.hpp"

// Signatures of SNAP, the API standard of Indonesian banks: an asymmetric one for the access token, a symmetric one
// for every other call.

namespace ks {

/// What is signed to get an access token: `clientId|timestamp`. `timestamp` is `X-TIMESTAMP`, byte for byte.
[[nodiscard]] std::string snapTokenText(std::string_view clientId, std::string_view timestamp);
/// `X-SIGNATURE` of a token request, in base64. Fault `internal` if OpenSSL refuses.
[[nodiscard]] Result<std::string> signSnapToken(std::string_view clientId, std::string_view timestamp,
                                                const RsaPrivateKey& key);
/// Whether `signature` (base64, padded) is the one of the client's key.
[[nodiscard]] bool verifySnapToken(std::string_view clientId, std::string_view timestamp,
                                   std::string_view signature, const RsaPublicKey& key);

/// A call as it is signed. All of it is seen, not kept.
struct SnapCall {
  std::string_view method;       ///< upper case
  std::string_view path;         ///< begins with '/', as sent
  std::string_view accessToken;  ///< without "Bearer "; a secret
  std::string_view body;         ///< as sent; "" if there is none
  std::string_view timestamp;    ///< `X-TIMESTAMP`, byte for byte
};

/// How HMAC-SHA-512's 64 bytes are written; the standard does not say.
enum class SnapEncoding : std::uint8_t {
  hex,    ///< 128 lower-case digits
  base64  ///< 88 characters, padded
};

/// `METHOD:path:accessToken:lowerhex(sha256(minified body)):timestamp`; secret, as it has the token. Fault
/// `malformedJson` if a string of the body has no end.
[[nodiscard]] Result<SecretText> snapCallText(const SnapCall& call);
/// `X-SIGNATURE`: HMAC-SHA-512 of snapCallText with the client's secret, which may have any length. Same faults.
[[nodiscard]] Result<std::string> signSnapCall(const SnapCall& call, const SecretText& clientSecret,
                                               SnapEncoding encoding);
/// Whether `signature` is the call's, in hex of either case or in base64, over the hash of the body as it came or
/// minified. Compares in constant time. The caller checks the time's age and that it is not seen again.
[[nodiscard]] bool verifySnapCall(const SnapCall& call, const SecretText& clientSecret,
                                  std::string_view signature);

}  // namespace ks
