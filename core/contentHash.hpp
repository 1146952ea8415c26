#pragma once
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace ks {

/// 64 well-mixed bits of `text`. Not for secrets: an attacker can make collisions. The value is stored
/// (sketches, file identities), so it must never change. Algorithm: MurmurHash64A (Austin Appleby, public
/// domain).
[[nodiscard]] inline std::uint64_t contentHash(std::string_view text, std::uint64_t seed = 0) noexcept {
  constexpr std::uint64_t kMultiplier = 0xc6a4a7935bd1e995ULL;
  constexpr unsigned kShift = 47;
  std::uint64_t hash = seed ^ (text.size() * kMultiplier);
  const char* at = text.data();
  std::size_t left = text.size();
  for (; left >= 8; at += 8, left -= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, 8);
    word *= kMultiplier;
    word ^= word >> kShift;
    word *= kMultiplier;
    hash ^= word;
    hash *= kMultiplier;
  }
  if (left > 0) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, left);
    hash ^= word;
    hash *= kMultiplier;
  }
  hash ^= hash >> kShift;
  hash *= kMultiplier;
  hash ^= hash >> kShift;
  return hash;
}

}  // namespace ks
