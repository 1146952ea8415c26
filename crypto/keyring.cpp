#include "crypto/keyring.hpp"

#include <sodium.h>

#include <array>

#include "core/settings/settingsValue.hpp"
#include "core/text/base64url.hpp"
#include "crypto/secretBuffer.hpp"
#include "crypto/sodiumRandomSource.hpp"

namespace ks {
namespace {

constexpr std::size_t kPurposes = 6;
constexpr std::array<char, crypto_kdf_CONTEXTBYTES> kKdfContext{'k', 's', '-', 'm', 'a', 's', 't', 'r'};
static_assert(crypto_kdf_KEYBYTES == 32);

GuardedKey deriveSubkey(ByteView masterKey, std::size_t purpose) {
  SecretBuffer<32> subkey;
  crypto_kdf_derive_from_key(subkey.data(), subkey.size(), purpose, kKdfContext.data(), masterKey.data());
  return GuardedKey(subkey.view());
}

}  // namespace

struct Keyring::Entry {
  std::string id;
  std::vector<GuardedKey> subkeys;  // index = purpose - 1
};

Keyring::Keyring() = default;
Keyring::~Keyring() = default;

Result<std::shared_ptr<const Keyring>> Keyring::parse(const SecretText& masterKeys) {
  if (!startCrypto()) {
    return makeFault(ErrorCode::internal, "libsodium does not start on this machine");
  }
  auto keys = splitMasterKeys(masterKeys.reveal());
  if (!keys) {
    return makeFault(ErrorCode::internal,
                     "K_CRYPTO_MASTER_KEYS is not id:base64(32 bytes)[,...] with different ids");
  }
  std::shared_ptr<Keyring> ring(new Keyring);
  for (auto& key : *keys) {
    auto bytes = base64Decode(key.base64).value_or(Bytes(crypto_kdf_KEYBYTES));
    Entry entry;
    entry.id = key.id;
    for (std::size_t purpose = 1; purpose <= kPurposes; ++purpose) {
      entry.subkeys.push_back(deriveSubkey(bytes, purpose));
    }
    wipe(bytes);
    sodium_memzero(key.base64.data(), key.base64.size());
    ring->entries_.push_back(std::move(entry));
  }
  return std::shared_ptr<const Keyring>(std::move(ring));
}

const std::string& Keyring::primaryId() const noexcept { return entries_.front().id; }

std::vector<std::string> Keyring::ids() const {
  std::vector<std::string> ids;
  for (const auto& entry : entries_) {
    ids.push_back(entry.id);
  }
  return ids;
}

std::optional<ByteView> Keyring::subkey(std::string_view id, KeyPurpose purpose) const noexcept {
  for (const auto& entry : entries_) {
    if (entry.id == id) {
      const auto& key = entry.subkeys[static_cast<std::size_t>(purpose) - 1];
      return ByteView{key.data(), key.size()};
    }
  }
  return std::nullopt;
}

ByteView Keyring::primarySubkey(KeyPurpose purpose) const noexcept {
  const auto& key = entries_.front().subkeys[static_cast<std::size_t>(purpose) - 1];
  return {key.data(), key.size()};
}

std::vector<ByteView> Keyring::subkeys(KeyPurpose purpose) const {
  std::vector<ByteView> keys;
  for (const auto& entry : entries_) {
    const auto& key = entry.subkeys[static_cast<std::size_t>(purpose) - 1];
    keys.emplace_back(key.data(), key.size());
  }
  return keys;
}

SecretText makeMasterKeys(const std::string& id, RandomSourceInterface& random) {
  SecretBuffer<32> key;
  random.fill(key.writable());
  return SecretText(id + ":" + base64Encode(key.view()));
}

}  // namespace ks
