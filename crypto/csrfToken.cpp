#include "crypto/csrfToken.hpp"

#include "core/text/base64url.hpp"
#include "crypto/hmacSha256.hpp"
#include "crypto/secretToken.hpp"

namespace ks {

std::string CsrfTokens::make(const Uuid& sessionId) const {
  return base64UrlEncode(hmacSha256(keyring_->primarySubkey(KeyPurpose::csrf), sessionId.bytes));
}

bool CsrfTokens::verify(const Uuid& sessionId, std::string_view token) const {
  const auto given = base64UrlDecode(token.substr(0, 64));
  if (!given || token.size() > 64) {
    return false;
  }
  bool good = false;
  for (const ByteView key : keyring_->subkeys(KeyPurpose::csrf)) {
    good = equalConstantTime(hmacSha256(key, sessionId.bytes), *given) || good;
  }
  return good;
}

}  // namespace ks
