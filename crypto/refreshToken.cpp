#include "crypto/refreshToken.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "core/bytes.hpp"
#include "core/text/base64url.hpp"
#include "crypto/hmacSha256.hpp"
#include "crypto/secretBuffer.hpp"

namespace ks {
namespace {

constexpr std::uint8_t kRefreshVersion = 1;
constexpr std::size_t kRefreshKeyBytes = 32;
constexpr std::size_t kSessionIdBytes = 16;
constexpr std::size_t kRefreshMacBytes = 16;
constexpr std::size_t kChecksumBytes = 4;
constexpr std::size_t kMaxCounterBytes = 9;  // 63 bits
constexpr std::size_t kMaxTokenCharacters = 64;

void appendCounter(Bytes& out, std::uint64_t counter) {
  while (counter >= 0x80) {
    out.push_back(static_cast<std::uint8_t>(counter | 0x80U));
    counter >>= 7U;
  }
  out.push_back(static_cast<std::uint8_t>(counter));
}

/// The shortest form only, so that each counter has one token.
std::optional<std::int64_t> readCounter(ByteView bytes) {
  if (bytes.empty() || bytes.size() > kMaxCounterBytes || (bytes.size() > 1 && bytes.back() == 0)) {
    return std::nullopt;
  }
  std::uint64_t counter = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const bool last = i + 1 == bytes.size();
    if (((bytes[i] & 0x80U) == 0) != last) {
      return std::nullopt;
    }
    counter |= static_cast<std::uint64_t>(bytes[i] & 0x7fU) << (7 * i);
  }
  return static_cast<std::int64_t>(counter);
}

std::array<std::uint8_t, kChecksumBytes> checksumOf(ByteView bytes) {
  std::array<std::uint8_t, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), bytes.data(), bytes.size());
  return {digest[0], digest[1], digest[2], digest[3]};
}

/// A token's bytes with the places of its parts.
struct DecodedRefreshToken {
  Bytes bytes;
  RefreshTokenParts parts;
  std::size_t macPlace = 0;
};

std::optional<DecodedRefreshToken> decodeRefreshToken(std::string_view token) {
  constexpr std::size_t kLeast = 1 + kSessionIdBytes + 1 + kRefreshMacBytes + kChecksumBytes;
  if (token.size() > kMaxTokenCharacters) {
    return std::nullopt;
  }
  auto bytes = base64UrlDecode(token);
  if (!bytes || bytes->size() < kLeast || bytes->front() != kRefreshVersion) {
    return std::nullopt;
  }
  const ByteView all = *bytes;
  const std::size_t checksumPlace = all.size() - kChecksumBytes;
  const auto checksum = checksumOf(all.first(checksumPlace));
  if (!std::equal(checksum.begin(), checksum.end(),
                  all.begin() + static_cast<std::ptrdiff_t>(checksumPlace))) {
    return std::nullopt;
  }
  DecodedRefreshToken decoded;
  decoded.macPlace = checksumPlace - kRefreshMacBytes;
  constexpr std::size_t kCounterPlace = 1 + kSessionIdBytes;
  const auto counter = readCounter(all.subspan(kCounterPlace, decoded.macPlace - kCounterPlace));
  if (!counter) {
    return std::nullopt;
  }
  std::copy_n(all.begin() + 1, kSessionIdBytes, decoded.parts.sessionId.bytes.begin());
  decoded.parts.counter = *counter;
  decoded.bytes = std::move(*bytes);
  return decoded;
}

}  // namespace

SecretText makeRefreshKey(RandomSourceInterface& random) {
  SecretBuffer<kRefreshKeyBytes> key;
  random.fill(key.writable());
  return toSecret(key.view());
}

Result<SecretText> makeRefreshToken(const Uuid& sessionId, std::int64_t counter, const SecretText& key) {
  if (key.size() != kRefreshKeyBytes || counter < 0) {
    return makeFault(ErrorCode::internal, "a refresh key has 32 bytes and a counter is not negative");
  }
  Bytes token{kRefreshVersion};
  token.insert(token.end(), sessionId.bytes.begin(), sessionId.bytes.end());
  appendCounter(token, static_cast<std::uint64_t>(counter));
  const auto mac = hmacSha256(secretBytes(key), token);
  token.insert(token.end(), mac.begin(), mac.begin() + kRefreshMacBytes);
  const auto checksum = checksumOf(token);
  token.insert(token.end(), checksum.begin(), checksum.end());
  SecretText text(base64UrlEncode(token));
  wipe(token);
  return text;
}

Result<RefreshTokenParts> readRefreshToken(std::string_view token) {
  const auto decoded = decodeRefreshToken(token);
  if (!decoded) {
    return ErrorCode::refreshTokenInvalid;
  }
  return decoded->parts;
}

Result<Done> verifyRefreshToken(std::string_view token, const SecretText& key) {
  const auto decoded = decodeRefreshToken(token);
  if (!decoded || key.size() != kRefreshKeyBytes) {
    return ErrorCode::refreshTokenInvalid;
  }
  const ByteView all = decoded->bytes;
  const auto mac = hmacSha256(secretBytes(key), all.first(decoded->macPlace));
  if (sodium_memcmp(mac.data(), all.subspan(decoded->macPlace, kRefreshMacBytes).data(), kRefreshMacBytes) !=
      0) {
    return ErrorCode::refreshTokenInvalid;
  }
  return Done{};
}

}  // namespace ks
