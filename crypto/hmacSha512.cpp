#include "crypto/hmacSha512.hpp"

#include <sodium.h>

namespace ks {

std::array<std::uint8_t, 64> hmacSha512(ByteView key, ByteView message) noexcept {
  static_assert(crypto_auth_hmacsha512_BYTES == 64);
  std::array<std::uint8_t, 64> mac{};
  crypto_auth_hmacsha512_state state;
  const std::uint8_t none = 0;  // an empty key may have no address, which libsodium does not allow
  crypto_auth_hmacsha512_init(&state, key.empty() ? &none : key.data(), key.size());
  crypto_auth_hmacsha512_update(&state, message.data(), message.size());
  crypto_auth_hmacsha512_final(&state, mac.data());
  sodium_memzero(&state, sizeof state);
  return mac;
}

}  // namespace ks
