#include "crypto/passwordHash.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include "core/limits.hpp"
#include "core/text/base64url.hpp"
#include "crypto/importedHash.hpp"
#include "crypto/secretBuffer.hpp"
#include "crypto/sodiumRandomSource.hpp"

namespace ks {
namespace {

constexpr std::uint32_t kMaxMemoryKib = 1024 * 1024;
constexpr std::uint32_t kMaxPasses = 64;
constexpr std::uint32_t kMaxLanes = 16;
constexpr std::uint32_t kArgon2Version = 19;
constexpr std::size_t kPasswordSaltBytes = crypto_pwhash_SALTBYTES;
constexpr std::size_t kPasswordHashBytes = 32;

/// Splits a text at fixed marks.
class PhcScanner {
 public:
  explicit PhcScanner(std::string_view text) : rest_(text) {}

  bool expect(std::string_view mark) {
    if (!rest_.starts_with(mark)) {
      return false;
    }
    rest_.remove_prefix(mark.size());
    return true;
  }
  bool number(std::uint32_t& value) {
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    const bool leadingZero = rest_.size() > 1 && rest_[0] == '0' && end != rest_.data() + 1;
    if (error != std::errc{} || leadingZero) {
      return false;
    }
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return true;
  }
  std::string_view upTo(char mark) {
    const auto piece = rest_.substr(0, rest_.find(mark));
    rest_.remove_prefix(piece.size());
    return piece;
  }

 private:
  std::string_view rest_;
};

bool isWithinReason(const PhcArgon2& phc) {
  return phc.memoryKib >= 8 && phc.memoryKib <= kMaxMemoryKib && phc.passes >= 1 &&
         phc.passes <= kMaxPasses && phc.lanes >= 1 && phc.lanes <= kMaxLanes &&
         phc.memoryKib >= 8 * phc.lanes && phc.salt.size() >= 8 && phc.salt.size() <= 64 &&
         phc.hash.size() >= 16 && phc.hash.size() <= 64;
}

/// Before initialisation libsodium runs its slow reference code: a program without it would be half as
/// fast.
bool isReady() {
  static const bool started = startCrypto();
  return started;
}

std::uint64_t costOf(std::uint32_t memoryKib, std::uint32_t passes) {
  return static_cast<std::uint64_t>(memoryKib) * passes;
}

}  // namespace

std::optional<PhcArgon2> parsePhc(std::string_view phc) {
  PhcScanner in(phc);
  PhcArgon2 result;
  if (!in.expect("$")) {
    return std::nullopt;
  }
  result.algorithm = in.upTo('$');
  const bool known = result.algorithm == "argon2id" || result.algorithm == "argon2i";
  if (!known || !in.expect("$v=") || !in.number(result.version) || !in.expect("$m=") ||
      !in.number(result.memoryKib) || !in.expect(",t=") || !in.number(result.passes) || !in.expect(",p=") ||
      !in.number(result.lanes) || !in.expect("$")) {
    return std::nullopt;
  }
  const auto salt = base64DecodeUnpadded(in.upTo('$'));
  if (!salt || !in.expect("$")) {
    return std::nullopt;
  }
  const auto hash = base64DecodeUnpadded(in.upTo('\0'));
  if (!hash || in.expect(std::string_view("\0", 1)) || result.version != kArgon2Version) {
    return std::nullopt;
  }
  result.salt = *salt;
  result.hash = *hash;
  return isWithinReason(result) ? std::optional(std::move(result)) : std::nullopt;
}

Result<std::string> hashPassword(const SecretText& password, const Argon2Parameters& parameters,
                                 RandomSourceInterface& random) {
  if (password.size() > limits::kPasswordBytes) {
    return makeFault(ErrorCode::tooLong, "a password has at most 1024 bytes");
  }
  std::array<std::uint8_t, kPasswordSaltBytes> salt{};
  random.fill(std::as_writable_bytes(std::span(salt)));
  SecretBuffer<kPasswordHashBytes> hash;
  const std::size_t memoryBytes = static_cast<std::size_t>(parameters.memoryKib) * 1024;
  if (!isReady() || parameters.memoryKib > kMaxMemoryKib || parameters.passes > kMaxPasses ||
      crypto_pwhash(hash.data(), hash.size(), password.reveal().data(), password.size(), salt.data(),
                    parameters.passes, memoryBytes, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return makeFault(ErrorCode::internal, "Argon2id refused: not enough memory, or parameters out of range");
  }
  return "$argon2id$v=" + std::to_string(kArgon2Version) + "$m=" + std::to_string(parameters.memoryKib) +
         ",t=" + std::to_string(parameters.passes) + ",p=1$" + base64EncodeUnpadded(salt) + "$" +
         base64EncodeUnpadded(hash.view());
}

Result<bool> verifyPassword(const std::string& phc, const SecretText& password) {
  if (!parsePhc(phc)) {
    return verifyImportedHash(phc, password);
  }
  if (password.size() > limits::kPasswordBytes) {
    return false;
  }
  if (!isReady()) {
    return makeFault(ErrorCode::internal, "libsodium does not start on this machine");
  }
  // Imported hashes can be longer than crypto_pwhash_STRBYTES; libsodium reads any text up to its zero.
  errno = 0;
  if (crypto_pwhash_str_verify(phc.c_str(), password.reveal().data(), password.size()) == 0) {
    return true;
  }
  if (errno == ENOMEM) {
    return makeFault(ErrorCode::internal, "no memory to verify a password");
  }
  return false;
}

bool passwordHashNeedsUpgrade(const std::string& phc, const Argon2Parameters& wanted) {
  const auto parsed = parsePhc(phc);
  return !parsed || parsed->algorithm != "argon2id" || parsed->salt.size() < kPasswordSaltBytes ||
         parsed->hash.size() < kPasswordHashBytes ||
         costOf(parsed->memoryKib, parsed->passes) < costOf(wanted.memoryKib, wanted.passes);
}

Result<std::string> makeDummyHash(const Argon2Parameters& parameters, RandomSourceInterface& random) {
  SecretBuffer<32> password;
  random.fill(password.writable());
  return hashPassword(toSecret(password.view()), parameters, random);
}

}  // namespace ks
