#pragma once
#include <optional>
#include <span>

#include "core/bytes.hpp"

namespace ks {

inline constexpr std::size_t kAeadKeyBytes = 32;
inline constexpr std::size_t kAeadTagBytes = 16;
inline constexpr std::size_t kAesNonceBytes = 12;
inline constexpr std::size_t kXChaChaNonceBytes = 24;

/// Whether the processor supports libsodium's AES-256-GCM. False before startCrypto().
[[nodiscard]] bool hasAesInHardware() noexcept;

/// Ciphertext with the tag at its end. Needs hasAesInHardware().
Bytes sealAesGcm(ByteView plaintext, ByteView associated, ByteView nonce, ByteView key);
/// Nothing if the tag is wrong. In hardware by libsodium, else by OpenSSL: a database written on
/// another machine stays readable.
std::optional<Bytes> openAesGcm(ByteView ciphertext, ByteView associated, ByteView nonce, ByteView key,
                                bool inHardware);

Bytes sealXChaCha(ByteView plaintext, ByteView associated, ByteView nonce, ByteView key);
/// Nothing when the tag is wrong.
std::optional<Bytes> openXChaCha(ByteView ciphertext, ByteView associated, ByteView nonce, ByteView key);

}  // namespace ks
