#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/bytes.hpp"
#include "core/randomSourceInterface.hpp"
#include "core/result.hpp"
#include "core/secretText.hpp"
#include "crypto/keyring.hpp"

namespace ks {

/// How a record's own key is made from the master key and the record's salt.
enum class FieldFormat : std::uint8_t {
  subkey,    ///< keyed BLAKE2b with the salt: microseconds; for what is read often
  argon2id,  ///< Argon2id (19 MiB, 2 passes): tens of milliseconds; for what is read rarely
};

/// Seals single values for the database. Output: version | length of key id | key id | salt 16 | nonce |
/// ciphertext | tag 16. Everything before the ciphertext, and the context, are authenticated with it.
/// Thread-safe when the random source is.
class FieldCipher {
 public:
  /// `aesInHardware` is detected by default; without it new values are sealed with XChaCha20-Poly1305
  /// instead of AES-256-GCM.
  FieldCipher(KeyringPtr keyring, RandomSourceInterface& random, std::optional<bool> aesInHardware = {});

  /// `context` names the place of the value (`session:<id>|refresh_key`); it is not stored and must be given
  /// again to open. At most 1 MiB, else fault `payloadTooLarge`.
  [[nodiscard]] Result<Bytes> seal(std::string_view plaintext, std::string_view context,
                                   FieldFormat format = FieldFormat::subkey) const;

  /// Fault `internal` with the cause as detail for a wrong context, an unknown key, a flipped bit: never a
  /// wrong plaintext.
  [[nodiscard]] Result<SecretText> open(ByteView sealed, std::string_view context) const;

  /// The value is not under the primary key, or has an unknown form: a rotation must seal it
  /// again.
  [[nodiscard]] bool needsReseal(ByteView sealed) const;

 private:
  KeyringPtr keyring_;
  RandomSourceInterface& random_;
  bool aes_;
};

}  // namespace ks
