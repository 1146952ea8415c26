#include "crypto/sodiumRandomSource.hpp"

#include <sodium.h>

namespace ks {

bool startCrypto() noexcept { return sodium_init() >= 0; }

void SodiumRandomSource::fill(std::span<std::byte> bytes) { randombytes_buf(bytes.data(), bytes.size()); }

}  // namespace ks
