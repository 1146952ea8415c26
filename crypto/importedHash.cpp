#include "crypto/importedHash.hpp"

#include <crypt.h>
#include <openssl/evp.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <memory>
#include <optional>

#include "core/bytes.hpp"
#include "core/limits.hpp"
#include "core/text/base64url.hpp"
#include "crypto/passwordHash.hpp"
#include "crypto/secretBuffer.hpp"
#include "crypto/secretToken.hpp"

namespace ks {
namespace {

constexpr std::uint64_t kMostScryptMemory = 128ULL * 1024 * 1024;
constexpr std::uint32_t kMostImportedMemoryKib = 256 * 1024;
// Nanoseconds, measured (libxcrypt, OpenSSL 3.0, libsodium): of 2^cost, of N x r x p, of a round and a block,
// of a KiB and a pass.
constexpr double kBcryptNs = 44'000;
constexpr double kScryptNs = 340;
constexpr double kPbkdf2Sha256Ns = 200;
constexpr double kPbkdf2Sha512Ns = 400;
constexpr double kArgon2Ns = 500;
constexpr std::size_t kBcryptHead = 29;  ///< method, cost and salt
constexpr std::string_view kBcryptAlphabet =
    "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view kCryptAlphabet =
    "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

struct Pbkdf2Hash {
  const EVP_MD* digest = nullptr;
  std::uint32_t rounds = 0;
  Bytes salt;
  Bytes hash;
};
struct ScryptHash {
  std::uint32_t logN = 0;
  std::uint32_t r = 0;
  std::uint32_t p = 0;
  Bytes salt;
  Bytes hash;
};

/// Removes the front of `rest` up to and including `mark`; all of it if there is none.
std::string_view takeUpTo(std::string_view& rest, char mark) {
  const auto end = std::min(rest.find(mark), rest.size());
  const auto piece = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return piece;
}

std::optional<std::uint32_t> wholeNumber(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc{} && end == text.data() + text.size() && !text.empty();
  return whole && (text.size() == 1 || text[0] != '0') ? std::optional{value} : std::nullopt;
}

/// `name=7`.
std::optional<std::uint32_t> namedNumber(std::string_view text, std::string_view name) {
  return text.starts_with(name) ? wholeNumber(text.substr(name.size())) : std::nullopt;
}

/// Base64 without padding; passlib writes '.' for '+'.
std::optional<Bytes> hashBytes(std::string_view text) {
  std::string plain(text);
  std::replace(plain.begin(), plain.end(), '.', '+');
  return base64DecodeUnpadded(plain);
}

bool isSaltAndHash(const Bytes& salt, const Bytes& hash) {
  return !salt.empty() && salt.size() <= 64 && hash.size() >= 16 && hash.size() <= 64;
}

/// The last character has four bits of the hash: a text with other bits set is not a hash of any password.
bool isBcrypt(std::string_view text) {
  return text.size() == 60 && kBcryptAlphabet.find(text.back()) % 4 == 0 &&
         (text.starts_with("$2a$") || text.starts_with("$2b$") || text.starts_with("$2y$")) &&
         text[6] == '$' && text.substr(7).find_first_not_of(kBcryptAlphabet) == std::string_view::npos &&
         text.substr(4, 2).find_first_not_of("0123456789") == std::string_view::npos;
}

std::uint32_t bcryptCost(std::string_view text) {
  return static_cast<std::uint32_t>((text[4] - '0') * 10 + (text[5] - '0'));
}

std::optional<Pbkdf2Hash> parsePbkdf2(std::string_view text) {
  Pbkdf2Hash result;
  if (!text.starts_with("$pbkdf2-")) {
    return std::nullopt;
  }
  text.remove_prefix(1);
  const auto name = takeUpTo(text, '$');
  result.digest = name == "pbkdf2-sha256" ? EVP_sha256() : name == "pbkdf2-sha512" ? EVP_sha512() : nullptr;
  auto parameters = takeUpTo(text, '$');
  const auto first = takeUpTo(parameters, ',');
  const auto rounds = first.starts_with("i=") ? namedNumber(first, "i=") : wholeNumber(first);
  const auto salt = hashBytes(takeUpTo(text, '$'));
  const auto hash = hashBytes(text);
  const bool lengthFits = parameters.empty() || (hash && namedNumber(parameters, "l=") == hash->size());
  if (result.digest == nullptr || !rounds || *rounds == 0 || !salt || !hash || !lengthFits ||
      !isSaltAndHash(*salt, *hash)) {
    return std::nullopt;
  }
  result.rounds = *rounds;
  result.salt = *salt;
  result.hash = *hash;
  return result;
}

std::optional<ScryptHash> parseScrypt(std::string_view text) {
  ScryptHash result;
  if (!text.starts_with("$scrypt$")) {
    return std::nullopt;
  }
  text.remove_prefix(std::string_view("$scrypt$").size());
  auto parameters = takeUpTo(text, '$');
  const auto logN = namedNumber(takeUpTo(parameters, ','), "ln=");
  const auto r = namedNumber(takeUpTo(parameters, ','), "r=");
  const auto p = namedNumber(parameters, "p=");
  const auto salt = hashBytes(takeUpTo(text, '$'));
  const auto hash = hashBytes(text);
  if (!logN || !r || !p || *logN < 1 || *logN > 63 || *r == 0 || *p == 0 || !salt || !hash ||
      !isSaltAndHash(*salt, *hash) || *logN >= 16ULL * *r ||
      static_cast<std::uint64_t>(*r) * *p >= 1ULL << 30U) {
    return std::nullopt;  // RFC 7914: N < 2^(128 r / 8), r p < 2^30
  }
  return ScryptHash{*logN, *r, *p, *salt, *hash};
}

/// `$7$`: log2(N) in one character, r and p in five each, salt, hash of 43 characters.
std::optional<ScryptHash> parseCryptScrypt(std::string_view text) {
  constexpr std::size_t kHead = 14;
  constexpr std::size_t kHash = 43;
  if (!text.starts_with("$7$") || text.size() < kHead + 1 + kHash ||
      text.size() >= crypto_pwhash_scryptsalsa208sha256_STRBYTES || text[text.size() - kHash - 1] != '$') {
    return std::nullopt;
  }
  ScryptHash result;
  const auto number = [&](std::size_t at, std::size_t count) -> std::optional<std::uint32_t> {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const auto digit = kCryptAlphabet.find(text[at + i]);
      if (digit == std::string_view::npos) {
        return std::nullopt;
      }
      value |= static_cast<std::uint32_t>(digit) << (6 * i);
    }
    return value;
  };
  const auto logN = number(3, 1);
  const auto r = number(4, 5);
  const auto p = number(9, 5);
  const auto salt = text.substr(kHead, text.size() - kHead - kHash - 1);
  const bool saltFits = salt.find_first_not_of(kCryptAlphabet) == std::string_view::npos;
  if (!logN || !r || !p || *logN < 1 || *r == 0 || *p == 0 || !saltFits) {
    return std::nullopt;
  }
  return ScryptHash{*logN, *r, *p, {}, {}};
}

using Cost = std::chrono::microseconds;

Cost costOf(double nanoseconds) {
  constexpr double kMost = 1e15;
  return std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::nanoseconds{static_cast<std::int64_t>(std::min(nanoseconds, kMost))});
}

Cost scryptCost(const ScryptHash& hash) {
  return costOf(kScryptNs * std::ldexp(1.0, static_cast<int>(hash.logN)) * hash.r * hash.p);
}

bool scryptFits(const ScryptHash& hash) {
  return std::ldexp(128.0, static_cast<int>(hash.logN)) * hash.r <= static_cast<double>(kMostScryptMemory);
}

Cost pbkdf2Cost(const Pbkdf2Hash& hash) {
  const auto digest = static_cast<std::size_t>(EVP_MD_get_size(hash.digest));
  const std::size_t blocks = (hash.hash.size() + digest - 1) / digest;
  return costOf((hash.digest == EVP_sha256() ? kPbkdf2Sha256Ns : kPbkdf2Sha512Ns) * hash.rounds *
                static_cast<double>(blocks));
}

struct Known {
  Cost cost{};
  bool fits = true;  ///< into memory
};

/// The only parser of hashes, for import and sign-in. Nothing for any other text.
std::optional<Known> readHash(std::string_view text) {
  if (isBcrypt(text)) {
    const auto cost = bcryptCost(text);
    return cost < 4 || cost > 31
               ? std::nullopt
               : std::optional(Known{costOf(std::ldexp(kBcryptNs, static_cast<int>(cost)))});
  }
  if (const auto hash = parsePbkdf2(text)) {
    return Known{pbkdf2Cost(*hash)};
  }
  if (const auto hash = parseScrypt(text)) {
    return Known{scryptCost(*hash), scryptFits(*hash)};
  }
  if (const auto hash = parseCryptScrypt(text)) {
    return Known{scryptCost(*hash), scryptFits(*hash)};
  }
  if (const auto hash = parsePhc(text)) {
    return Known{costOf(kArgon2Ns * hash->memoryKib * hash->passes),
                 hash->memoryKib <= kMostImportedMemoryKib};
  }
  return std::nullopt;
}

/// bcrypt and `$7$`, as crypt(3) makes them.
Result<bool> verifyByCrypt(std::string_view text, const SecretText& password) {
  if (password.reveal().find('\0') != std::string_view::npos) {
    return false;
  }
  const auto data = std::make_unique<crypt_data>();
  SecretBuffer<limits::kPasswordBytes + 1> terminated;
  std::copy(password.reveal().begin(), password.reveal().end(), terminated.data());
  const std::string setting(text);
  const char* made = crypt_r(reinterpret_cast<const char*>(terminated.data()), setting.c_str(), data.get());
  const std::string_view result = made == nullptr ? std::string_view{} : std::string_view{made};
  if (result.size() != text.size()) {
    return makeFault(ErrorCode::internal, "crypt refused");
  }
  // Unused bits of bcrypt's salt come back as zero.
  const auto hashOf = [](std::string_view whole) { return whole.substr(isBcrypt(whole) ? kBcryptHead : 0); };
  const bool same = equalConstantTime(asBytes(hashOf(result)), asBytes(hashOf(text)));
  sodium_memzero(data.get(), sizeof(crypt_data));
  return same;
}

Result<bool> verifyPbkdf2(const Pbkdf2Hash& stored, const SecretText& password) {
  Bytes made(stored.hash.size());
  if (PKCS5_PBKDF2_HMAC(password.reveal().data(), static_cast<int>(password.size()), stored.salt.data(),
                        static_cast<int>(stored.salt.size()), static_cast<int>(stored.rounds), stored.digest,
                        static_cast<int>(made.size()), made.data()) != 1) {
    return makeFault(ErrorCode::internal, "PBKDF2 refused");
  }
  return equalConstantTime(made, stored.hash);
}

Result<bool> verifyScrypt(const ScryptHash& stored, const SecretText& password) {
  Bytes made(stored.hash.size());
  constexpr std::uint64_t kSpareMemory = 1024ULL * 1024;
  if (EVP_PBE_scrypt(password.reveal().data(), password.size(), stored.salt.data(), stored.salt.size(),
                     1ULL << stored.logN, stored.r, stored.p, kMostScryptMemory + kSpareMemory, made.data(),
                     made.size()) != 1) {
    return makeFault(ErrorCode::internal, "scrypt refused");
  }
  return equalConstantTime(made, stored.hash);
}

}  // namespace

std::optional<std::chrono::microseconds> importedHashCost(std::string_view text) {
  const auto known = readHash(text);
  return known ? std::optional(known->cost) : std::nullopt;
}

HashForm importedHashForm(std::string_view text, std::chrono::milliseconds longest) {
  const auto known = readHash(text);
  return !known                                  ? HashForm::unknown
         : known->fits && known->cost <= longest ? HashForm::usable
                                                 : HashForm::tooCostly;
}

Result<bool> verifyImportedHash(std::string_view text, const SecretText& password) {
  if (importedHashForm(text, longestImportedHash(kLongestAnswer)) != HashForm::usable) {
    return makeFault(ErrorCode::internal, "a stored password hash is malformed");
  }
  if (password.size() > limits::kPasswordBytes) {
    return false;
  }
  if (isBcrypt(text)) {
    return verifyByCrypt(text, password);
  }
  if (const auto pbkdf2 = parsePbkdf2(text)) {
    return verifyPbkdf2(*pbkdf2, password);
  }
  if (const auto scrypt = parseScrypt(text)) {
    return verifyScrypt(*scrypt, password);
  }
  return verifyByCrypt(text, password);
}

}  // namespace ks
