#include "crypto/hmacSha256.hpp"

#include <sodium.h>

namespace ks {

std::array<std::uint8_t, 32> hmacSha256(ByteView key, ByteView message) noexcept {
  static_assert(crypto_auth_hmacsha256_BYTES == 32);
  std::array<std::uint8_t, 32> mac{};
  crypto_auth_hmacsha256_state state;
  const std::uint8_t none = 0;  // an empty key may have no address, which libsodium does not allow
  crypto_auth_hmacsha256_init(&state, key.empty() ? &none : key.data(), key.size());
  crypto_auth_hmacsha256_update(&state, message.data(), message.size());
  crypto_auth_hmacsha256_final(&state, mac.data());
  sodium_memzero(&state, sizeof state);
  return mac;
}

}  // namespace ks
