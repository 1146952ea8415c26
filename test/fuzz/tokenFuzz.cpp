// Everything that a client can send as a token, and that the database could contain as a
// sealed field or a hash.
#include <cstdlib>
#include <string_view>

#include "core/text/base32.hpp"
#include "core/text/base64url.hpp"
#include "crypto/accessToken.hpp"
#include "crypto/apiKey.hpp"
#include "crypto/csrfToken.hpp"
#include "crypto/deviceToken.hpp"
#include "crypto/fieldCipher.hpp"
#include "crypto/passwordHash.hpp"
#include "crypto/recoveryCode.hpp"
#include "crypto/refreshToken.hpp"
#include "crypto/secretToken.hpp"
#include "crypto/sodiumRandomSource.hpp"
#include "crypto/totp.hpp"

namespace {

struct FuzzState {
  ks::SodiumRandomSource random;
  ks::KeyringPtr keyring =
      ks::Keyring::parse(ks::SecretText("k1:MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXY=")).value();
  ks::FieldCipher cipher{keyring, random};
  ks::CsrfTokens csrf{keyring};
  ks::DeviceTokens devices{keyring};
  ks::SigningKey key = ks::restoreSigningKey(ks::SecretText(std::string(32, 's'))).value();
  ks::AccessTokenVerifier verifier{{key.verificationKey()}, "issuer", "audience"};
  ks::SecretText refreshKey{std::string(32, 'k')};
};

void require(bool condition) {
  if (!condition) {
    std::abort();
  }
}

/// An accepted token is the only text of its contents.
void checkRefreshToken(std::string_view text, const FuzzState& state) {
  const auto parts = ks::readRefreshToken(text);
  if (!parts) {
    return;
  }
  require(parts.value().counter >= 0);
  if (ks::verifyRefreshToken(text, state.refreshKey)) {
    require(ks::makeRefreshToken(parts.value().sessionId, parts.value().counter, state.refreshKey)
                .value()
                .reveal() == text);
  }
}

/// An accepted machine key begins with its kind and id, and no other last byte is valid.
void checkApiKey(std::string_view text) {
  const auto parts = ks::readApiKey(text);
  if (!parts) {
    return;
  }
  require(ks::claimsToBeApiKey(text) && text.starts_with(ks::apiKeyPrefix(parts->kind, parts->id)));
  std::string other(text);
  other.back() = other.back() == 'A' ? 'Q' : 'A';
  require(!ks::readApiKey(other));
}

/// The payload as a client would have it signed, to reach what lies behind the signature.
void checkSignedPayload(std::string_view payload, const FuzzState& state) {
  const std::string header = R"({"alg":"EdDSA","typ":"at+jwt","kid":")" + state.key.keyId + "\"}";
  const std::string part =
      ks::base64UrlEncode(ks::asBytes(header)) + "." + ks::base64UrlEncode(ks::asBytes(payload));
  const std::string token =
      part + "." + ks::base64UrlEncode(ks::signEd25519(state.key.seed, ks::asBytes(part)));
  const auto claims = state.verifier.verify(token, ks::TimePoint{ks::Milliseconds{1'770'114'645'000}});
  if (claims) {
    require(claims.value().assuranceLevel >= 1 && claims.value().assuranceLevel <= 3);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static FuzzState& state = *new FuzzState;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const ks::ByteView bytes(data, size);
  checkRefreshToken(text, state);
  checkApiKey(text);
  checkSignedPayload(text, state);
  (void)state.verifier.verify(text, ks::TimePoint{});
  (void)state.csrf.verify(ks::Uuid{}, text);
  if (const auto device = state.devices.read(text)) {
    require(state.devices.make(*device) == text);
  }
  (void)ks::looksLikeSecretToken(text);
  if (const auto decoded = ks::base32Decode(text)) {
    require(ks::base32Encode(*decoded) == text);
  }
  if (const auto digits = ks::readTotpCode(text)) {
    require(ks::readTotpCode(*digits) == digits);
  }
  if (const auto hash = ks::recoveryCodeHash(text)) {
    require(hash->size() == 32);
  }
  (void)ks::findTotpStep(ks::SecretText{std::string(text)}, text, ks::TimePoint{});
  if (const auto decoded = ks::base64UrlDecode(text)) {
    require(ks::base64UrlEncode(*decoded) == text);
  }
  // Version bytes 1 and 3 cost an Argon2id each and lead to the same code.
  if (size > 0 && (data[0] == 2 || data[0] == 4)) {
    (void)state.cipher.open(bytes, "context");
  }
  (void)state.cipher.needsReseal(bytes);
  if (const auto phc = ks::parsePhc(text)) {
    require(phc->memoryKib >= 8 && phc->passes >= 1);
  }
  return 0;
}
