#include "crypto/fieldCipher.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "core/limits.hpp"
#include "crypto/authenticatedCipher.hpp"
#include "crypto/secretBuffer.hpp"

namespace ks {
namespace {

constexpr std::size_t kFieldSaltBytes = 16;
// Part of the format: changing these requires another version byte.
constexpr unsigned long long kFieldArgonPasses = 2;
constexpr std::size_t kFieldArgonMemoryBytes = 19456UL * 1024UL;
constexpr std::array<std::uint8_t, crypto_generichash_blake2b_PERSONALBYTES> kFieldPersonal{
    'k', 's', '-', 'f', 'i', 'e', 'l', 'd'};

enum class FieldVersion : std::uint8_t {
  argon2idAes = 1,
  subkeyAes = 2,
  argon2idXChaCha = 3,
  subkeyXChaCha = 4
};

bool isAes(FieldVersion version) {
  return version == FieldVersion::argon2idAes || version == FieldVersion::subkeyAes;
}
FieldFormat formatOf(FieldVersion version) {
  const bool slow = version == FieldVersion::argon2idAes || version == FieldVersion::argon2idXChaCha;
  return slow ? FieldFormat::argon2id : FieldFormat::subkey;
}
FieldVersion versionFor(FieldFormat format, bool aes) {
  if (format == FieldFormat::argon2id) {
    return aes ? FieldVersion::argon2idAes : FieldVersion::argon2idXChaCha;
  }
  return aes ? FieldVersion::subkeyAes : FieldVersion::subkeyXChaCha;
}
KeyPurpose purposeOf(FieldFormat format) {
  return format == FieldFormat::argon2id ? KeyPurpose::fieldArgon2id : KeyPurpose::field;
}

/// A sealed value taken apart; views into it.
struct SealedField {
  FieldVersion version = FieldVersion::subkeyAes;
  std::string_view keyId;
  ByteView header;  ///< everything before the ciphertext
  ByteView salt;
  ByteView nonce;
  ByteView ciphertext;
};

std::optional<SealedField> takeApart(ByteView sealed) {
  if (sealed.size() < 2 || sealed[0] < 1 || sealed[0] > 4) {
    return std::nullopt;
  }
  SealedField field;
  field.version = static_cast<FieldVersion>(sealed[0]);
  const std::size_t idSize = sealed[1];
  const std::size_t nonceSize = isAes(field.version) ? kAesNonceBytes : kXChaChaNonceBytes;
  const std::size_t headerSize = 2 + idSize + kFieldSaltBytes + nonceSize;
  if (sealed.size() < headerSize + kAeadTagBytes ||
      sealed.size() > headerSize + kAeadTagBytes + limits::kSealedFieldBytes) {
    return std::nullopt;
  }
  field.keyId = asText(sealed.subspan(2, idSize));
  field.header = sealed.first(headerSize);
  field.salt = sealed.subspan(2 + idSize, kFieldSaltBytes);
  field.nonce = sealed.subspan(2 + idSize + kFieldSaltBytes, nonceSize);
  field.ciphertext = sealed.subspan(headerSize);
  return field;
}

bool deriveRecordKey(ByteView masterSubkey, ByteView salt, FieldFormat format,
                     SecretBuffer<kAeadKeyBytes>& key) {
  static_assert(crypto_pwhash_SALTBYTES == kFieldSaltBytes &&
                crypto_generichash_blake2b_SALTBYTES == kFieldSaltBytes);
  if (format == FieldFormat::subkey) {
    return crypto_generichash_blake2b_salt_personal(key.data(), key.size(), nullptr, 0, masterSubkey.data(),
                                                    masterSubkey.size(), salt.data(),
                                                    kFieldPersonal.data()) == 0;
  }
  return crypto_pwhash(key.data(), key.size(), asText(masterSubkey).data(), masterSubkey.size(), salt.data(),
                       kFieldArgonPasses, kFieldArgonMemoryBytes, crypto_pwhash_ALG_ARGON2ID13) == 0;
}

// The header's length follows from its first two bytes, so header and context cannot be shifted into
// each other.
Bytes associatedData(ByteView header, std::string_view context) {
  Bytes data(header.begin(), header.end());
  const auto contextBytes = asBytes(context);
  data.insert(data.end(), contextBytes.begin(), contextBytes.end());
  return data;
}

}  // namespace

FieldCipher::FieldCipher(KeyringPtr keyring, RandomSourceInterface& random, std::optional<bool> aesInHardware)
    : keyring_(std::move(keyring)),
      random_(random),
      aes_(aesInHardware.value_or(true) && hasAesInHardware()) {}

Result<Bytes> FieldCipher::seal(std::string_view plaintext, std::string_view context,
                                FieldFormat format) const {
  if (plaintext.size() > limits::kSealedFieldBytes) {
    return makeFault(ErrorCode::payloadTooLarge, "a sealed field has at most 1 MiB");
  }
  const FieldVersion version = versionFor(format, aes_);
  const auto& keyId = keyring_->primaryId();
  Bytes sealed{static_cast<std::uint8_t>(version), static_cast<std::uint8_t>(keyId.size())};
  const auto idBytes = asBytes(keyId);
  sealed.insert(sealed.end(), idBytes.begin(), idBytes.end());
  const std::size_t saltPlace = sealed.size();
  sealed.resize(saltPlace + kFieldSaltBytes + (aes_ ? kAesNonceBytes : kXChaChaNonceBytes));
  random_.fill(std::as_writable_bytes(std::span(sealed).subspan(saltPlace)));

  const ByteView salt = ByteView(sealed).subspan(saltPlace, kFieldSaltBytes);
  const ByteView nonce = ByteView(sealed).subspan(saltPlace + kFieldSaltBytes);
  SecretBuffer<kAeadKeyBytes> key;
  if (!deriveRecordKey(keyring_->primarySubkey(purposeOf(format)), salt, format, key)) {
    return makeFault(ErrorCode::internal, "no memory for the key derivation");
  }
  const Bytes associated = associatedData(sealed, context);
  const Bytes ciphertext = aes_ ? sealAesGcm(asBytes(plaintext), associated, nonce, key.view())
                                : sealXChaCha(asBytes(plaintext), associated, nonce, key.view());
  sealed.insert(sealed.end(), ciphertext.begin(), ciphertext.end());
  return sealed;
}

Result<SecretText> FieldCipher::open(ByteView sealed, std::string_view context) const {
  const auto field = takeApart(sealed);
  if (!field) {
    return makeFault(ErrorCode::internal, "a sealed field is malformed or of an unknown version");
  }
  const FieldFormat format = formatOf(field->version);
  const auto masterSubkey = keyring_->subkey(field->keyId, purposeOf(format));
  if (!masterSubkey) {
    return makeFault(ErrorCode::internal,
                     "a sealed field is under a key that K_CRYPTO_MASTER_KEYS does not have");
  }
  SecretBuffer<kAeadKeyBytes> key;
  if (!deriveRecordKey(*masterSubkey, field->salt, format, key)) {
    return makeFault(ErrorCode::internal, "no memory for the key derivation");
  }
  const Bytes associated = associatedData(field->header, context);
  auto plaintext = isAes(field->version)
                       ? openAesGcm(field->ciphertext, associated, field->nonce, key.view(), aes_)
                       : openXChaCha(field->ciphertext, associated, field->nonce, key.view());
  if (!plaintext) {
    return makeFault(ErrorCode::internal,
                     "a sealed field does not open: wrong context, wrong key or changed bytes");
  }
  SecretText secret = toSecret(*plaintext);
  wipe(*plaintext);
  return secret;
}

bool FieldCipher::needsReseal(ByteView sealed) const {
  const auto field = takeApart(sealed);
  return !field || field->keyId != keyring_->primaryId();
}

}  // namespace ks
