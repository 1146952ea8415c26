#include "actors/session/signingKeys.hpp"

#include <utility>

#include "actors/runtime/sealContexts.hpp"

namespace ks {

struct SigningKeys::Loaded {
  AccessTokenSigner signer;
  AccessTokenVerifier verifier;
  std::string jwks;
};

Result<Done> SigningKeys::load(const std::vector<SigningKeyRecord>& records, const FieldCipher& cipher) {
  std::vector<VerificationKey> keys;
  const SigningKeyRecord* current = nullptr;
  for (const auto& record : records) {
    keys.push_back({record.keyId, record.publicKey});
    if (!current && record.status == "current") {
      current = &record;
    }
  }
  if (!current) {
    return makeFault(ErrorCode::internal, "the storage has no current signing key");
  }
  auto seed = cipher.open(current->privateSealed, signingKeyContext(current->keyId));
  if (!seed.ok()) {
    return makeFault(
        ErrorCode::internal,
        "the signing key " + current->keyId +
            " cannot be opened: is K_CRYPTO_MASTER_KEYS the one that this database was made with? " +
            seed.fault().detail);
  }
  auto key = restoreSigningKey(seed.value());
  if (!key.ok()) {
    return std::move(key.fault());
  }
  auto document = jwksJson(keys);
  auto next = std::make_shared<const Loaded>(
      Loaded{AccessTokenSigner{key.value(), kTokenIssuer, kTokenAudience},
             AccessTokenVerifier{std::move(keys), kTokenIssuer, kTokenAudience}, std::move(document)});
  const std::lock_guard lock(mutex_);
  loaded_ = std::move(next);
  return Done{};
}

std::shared_ptr<const SigningKeys::Loaded> SigningKeys::loaded() const {
  const std::lock_guard lock(mutex_);
  return loaded_;
}

Result<SecretText> SigningKeys::sign(const AccessClaims& claims) const {
  const auto keys = loaded();
  return keys ? keys->signer.sign(claims)
              : Result<SecretText>{makeFault(ErrorCode::internal, "no signing key is loaded")};
}

Result<AccessClaims> SigningKeys::verify(std::string_view token, TimePoint now) const {
  const auto keys = loaded();
  return keys ? keys->verifier.verify(token, now)
              : Result<AccessClaims>{makeFault(ErrorCode::internal, "no signing key is loaded")};
}

std::string SigningKeys::jwks() const {
  const auto keys = loaded();
  return keys ? keys->jwks : std::string{R"({"keys":[]})"};
}

Result<SigningKeyRecord> SigningKeys::make(RandomSourceInterface& random, const FieldCipher& cipher,
                                           TimePoint now) {
  auto key = makeSigningKey(random);
  auto sealed = cipher.seal(key.seed.reveal(), signingKeyContext(key.keyId));
  if (!sealed.ok()) {
    return std::move(sealed.fault());
  }
  return SigningKeyRecord{key.keyId, key.publicKey, std::move(sealed.value()), "current", now, std::nullopt};
}

}  // namespace ks
