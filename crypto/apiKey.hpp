#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "core/apiKeyKind.hpp"
#include "core/bytes.hpp"
#include "core/randomSourceInterface.hpp"
#include "core/secretText.hpp"
#include "core/uuid.hpp"

namespace ks {

// The text of a machine's key: `ks_adm_<id>_<secret>`, `ks_svc_…`, `ks_live_…`. The id is the row's, 32
// hexadecimal digits; the secret 256 random bits in base64url, followed by a checksum of the whole:
// mistyped or guessed keys need no look-up.

struct ApiKeyParts {
  ApiKeyKind kind = ApiKeyKind::user;
  Uuid id;
};

[[nodiscard]] SecretText makeApiKey(ApiKeyKind kind, const Uuid& id, RandomSourceInterface& random);
/// Whether a bearer token has the prefix of a key, valid or not. Our other tokens never have it.
[[nodiscard]] constexpr bool claimsToBeApiKey(std::string_view token) noexcept {
  return token.starts_with("ks_");
}
/// Nothing unless form and checksum are correct. Does not check that the key exists.
[[nodiscard]] std::optional<ApiKeyParts> readApiKey(std::string_view text);
/// The stored hash: SHA-256, 32 bytes. Unkeyed, because the secret has 256 bits and a key may outlive
/// a master key.
[[nodiscard]] Bytes apiKeyHash(std::string_view text);

}  // namespace ks
