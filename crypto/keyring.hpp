#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "core/randomSourceInterface.hpp"
#include "core/result.hpp"
#include "core/secretText.hpp"

namespace ks {

/// Purpose of a subkey of a master key. The values are part of every stored hash and ciphertext: never
/// change one.
enum class KeyPurpose : std::uint8_t {
  field = 1,
  fieldArgon2id = 2,
  tokenHash = 3,
  csrf = 4,
  deviceBinding = 5,
  auditSeal = 6
};

/// The master keys' subkeys, one per purpose; the master keys themselves are wiped after derivation.
/// Immutable, thread-safe, key memory guarded by libsodium.
class Keyring {
 public:
  /// Reads K_CRYPTO_MASTER_KEYS: `id:base64(32 bytes)[,…]`; the first is the primary. Fault `internal`, its
  /// detail without key text.
  static Result<std::shared_ptr<const Keyring>> parse(const SecretText& masterKeys);
  ~Keyring();
  Keyring(const Keyring&) = delete;
  Keyring& operator=(const Keyring&) = delete;

  /// The key that encrypts and hashes new values.
  [[nodiscard]] const std::string& primaryId() const noexcept;
  /// All of them, the primary first.
  [[nodiscard]] std::vector<std::string> ids() const;
  /// 32 bytes that live as long as the keyring; nothing when there is no such key.
  [[nodiscard]] std::optional<ByteView> subkey(std::string_view id, KeyPurpose purpose) const noexcept;
  /// The primary key's subkey.
  [[nodiscard]] ByteView primarySubkey(KeyPurpose purpose) const noexcept;
  /// That purpose's subkey of every key, the primary's first.
  [[nodiscard]] std::vector<ByteView> subkeys(KeyPurpose purpose) const;

 private:
  struct Entry;
  Keyring();
  std::vector<Entry> entries_;
};

using KeyringPtr = std::shared_ptr<const Keyring>;

/// A new value for K_CRYPTO_MASTER_KEYS with one key.
SecretText makeMasterKeys(const std::string& id, RandomSourceInterface& random);

}  // namespace ks
