#include "crypto/accessToken.hpp"

#include <sodium.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <utility>

#include "core/limits.hpp"
#include "core/text/base64url.hpp"

namespace ks {
namespace {

using Json = nlohmann::ordered_json;

// 31 December 9999, the limit of our times.
constexpr std::int64_t kLatestSecond = 253'402'300'799;

std::string encodedHeaderOf(const std::string& keyId) {
  const Json header{{"alg", "EdDSA"}, {"typ", "at+jwt"}, {"kid", keyId}};
  return base64UrlEncode(asBytes(header.dump()));
}

std::int64_t toSeconds(TimePoint time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

Fault invalidToken(std::string why) { return makeFault(ErrorCode::tokenInvalid, std::move(why)); }

/// Reads typed members of a payload; remembers the first that is missing or has another type.
class ClaimsReader {
 public:
  explicit ClaimsReader(const nlohmann::json& payload) : payload_(payload) {}

  std::string text(const char* name) {
    const auto* const value = find(name);
    return value != nullptr && value->is_string() ? value->get<std::string>() : bad<std::string>(name);
  }
  Uuid uuid(const char* name) {
    const auto parsed = Uuid::parse(text(name));
    return parsed ? *parsed : bad<Uuid>(name);
  }
  std::vector<std::string> texts(const char* name) {
    const auto* const value = find(name);
    if (value == nullptr || !value->is_array()) {
      return bad<std::vector<std::string>>(name);
    }
    std::vector<std::string> list;
    for (const auto& entry : *value) {
      list.push_back(entry.is_string() ? entry.get<std::string>() : bad<std::string>(name));
    }
    return list;
  }
  std::int64_t number(const char* name, std::int64_t least, std::int64_t most) {
    const auto* const value = find(name);
    const bool fits =
        value != nullptr && value->is_number_integer() &&
        (!value->is_number_unsigned() || value->get<std::uint64_t>() <= static_cast<std::uint64_t>(most));
    const std::int64_t result = fits ? value->get<std::int64_t>() : bad<std::int64_t>(name);
    return result < least || result > most ? bad<std::int64_t>(name) : result;
  }
  TimePoint time(const char* name) { return TimePoint{std::chrono::seconds{number(name, 0, kLatestSecond)}}; }

  [[nodiscard]] const std::string& firstBad() const { return firstBad_; }

 private:
  const nlohmann::json* find(const char* name) {
    const auto place = payload_.find(name);
    return place == payload_.end() ? nullptr : &*place;
  }
  template <class T>
  T bad(const char* name) {
    if (firstBad_.empty()) {
      firstBad_ = name;
    }
    return T{};
  }

  const nlohmann::json& payload_;
  std::string firstBad_;
};

/// The three base64url parts of a compact JWS.
struct CompactJws {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
  std::string_view signedPart;
};

std::optional<CompactJws> splitJws(std::string_view token) {
  const auto first = token.find('.');
  if (first == std::string_view::npos) {
    return std::nullopt;
  }
  const auto second = token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) {
    return std::nullopt;
  }
  return CompactJws{token.substr(0, first), token.substr(first + 1, second - first - 1),
                    token.substr(second + 1), token.substr(0, second)};
}

GuardedKey expandSeed(const SecretText& seed) {
  if (seed.size() != crypto_sign_SEEDBYTES) {
    throw std::invalid_argument("a signing key's seed has 32 bytes");
  }
  SecretBuffer<crypto_sign_SECRETKEYBYTES> secretKey;
  SecretBuffer<crypto_sign_PUBLICKEYBYTES> publicKey;
  crypto_sign_seed_keypair(publicKey.data(), secretKey.data(), secretBytes(seed).data());
  return GuardedKey(secretKey.view());
}

}  // namespace

AccessTokenSigner::AccessTokenSigner(const SigningKey& key, std::string issuer, std::string audience)
    : keyId_(key.keyId),
      encodedHeader_(encodedHeaderOf(key.keyId)),
      issuer_(std::move(issuer)),
      audience_(std::move(audience)),
      secretKey_(expandSeed(key.seed)) {}

Result<SecretText> AccessTokenSigner::sign(const AccessClaims& claims) const {
  Json payload{{"iss", issuer_},
               {"aud", audience_},
               {"sub", claims.userId.toString()},
               {"sid", claims.sessionId.toString()},
               {"roles", claims.roles},
               {"permissions", claims.permissions},
               {"aal", claims.assuranceLevel},
               {"amr", claims.methods},
               {"auth_time", toSeconds(claims.authenticatedAt)},
               {"iat", toSeconds(claims.issuedAt)},
               {"nbf", toSeconds(claims.notBefore)},
               {"exp", toSeconds(claims.expiresAt)},
               {"jti", claims.tokenId.toString()}};
  if (claims.stepUp) {
    payload["step_up"] = true;
  }
  if (claims.actorId) {
    payload["act"] = {{"sub", claims.actorId->toString()}};
  }
  std::string token = encodedHeader_ + "." +
                      base64UrlEncode(asBytes(payload.dump(-1, ' ', false, Json::error_handler_t::replace)));
  std::array<std::uint8_t, crypto_sign_BYTES> signature{};
  crypto_sign_detached(signature.data(), nullptr, asBytes(token).data(), token.size(), secretKey_.data());
  token += "." + base64UrlEncode(signature);
  if (token.size() > limits::kAccessTokenBytes) {
    return makeFault(
        ErrorCode::internal,
        "an access token would be larger than 4096 bytes; the account has too many roles and permissions");
  }
  return SecretText(std::move(token));
}

AccessTokenVerifier::AccessTokenVerifier(std::vector<VerificationKey> keys, std::string issuer,
                                         std::string audience, Milliseconds skew)
    : issuer_(std::move(issuer)), audience_(std::move(audience)), skew_(skew) {
  for (auto& key : keys) {
    keys_.push_back({encodedHeaderOf(key.keyId), std::move(key.publicKey)});
  }
}

Result<AccessClaims> AccessTokenVerifier::verify(std::string_view token, TimePoint now) const {
  if (token.size() > limits::kAccessTokenBytes) {
    return invalidToken("too long");
  }
  const auto parts = splitJws(token);
  if (!parts) {
    return invalidToken("not of three parts");
  }
  const auto key = std::find_if(keys_.begin(), keys_.end(), [&parts](const KnownKey& known) {
    return known.encodedHeader == parts->header;
  });
  if (key == keys_.end()) {
    return invalidToken("unknown header: another algorithm, type or key");
  }
  const auto signature = base64UrlDecode(parts->signature);
  if (!signature || !verifyEd25519(key->publicKey, asBytes(parts->signedPart), *signature)) {
    return invalidToken("the signature is wrong");
  }
  const auto payloadText = base64UrlDecode(parts->payload).value_or(Bytes{});
  const auto payload = nlohmann::json::parse(payloadText.begin(), payloadText.end(), nullptr, false);
  if (!payload.is_object()) {
    return invalidToken("the payload is not a JSON object");
  }
  ClaimsReader in(payload);
  const bool forUs = in.text("iss") == issuer_ && in.text("aud") == audience_;
  AccessClaims claims;
  claims.tokenId = in.uuid("jti");
  claims.userId = in.uuid("sub");
  claims.sessionId = in.uuid("sid");
  claims.roles = in.texts("roles");
  claims.permissions = in.texts("permissions");
  claims.assuranceLevel = static_cast<int>(in.number("aal", 1, 3));
  claims.methods = in.texts("amr");
  claims.authenticatedAt = in.time("auth_time");
  claims.issuedAt = in.time("iat");
  claims.notBefore = in.time("nbf");
  claims.expiresAt = in.time("exp");
  if (!in.firstBad().empty()) {
    return invalidToken("the claim " + in.firstBad() + " is missing or malformed");
  }
  if (!forUs) {
    return invalidToken("wrong issuer or audience");
  }
  if (claims.notBefore > now + skew_ || claims.issuedAt > now + skew_) {
    return invalidToken("not valid yet");
  }
  if (claims.expiresAt + skew_ <= now) {
    return makeFault(ErrorCode::tokenExpired);
  }
  return claims;
}

}  // namespace ks
