#pragma once
#include <string>
#include <string_view>
#include <utility>

#include "core/uuid.hpp"
#include "crypto/keyring.hpp"

namespace ks {

/// Anti-forgery tokens: HMAC-SHA-256 over the session's id, so nothing must be stored and no session's
/// token is valid for another. Thread-safe.
class CsrfTokens {
 public:
  explicit CsrfTokens(KeyringPtr keyring) : keyring_(std::move(keyring)) {}

  /// 43 characters base64url.
  [[nodiscard]] std::string make(const Uuid& sessionId) const;
  /// In constant time; tokens made under an older master key stay valid.
  [[nodiscard]] bool verify(const Uuid& sessionId, std::string_view token) const;

 private:
  KeyringPtr keyring_;
};

}  // namespace ks
