#include "crypto/totp.hpp"

#include <openssl/hmac.h>

#include <array>

#include "core/text/base32.hpp"
#include "crypto/secretBuffer.hpp"
#include "crypto/secretToken.hpp"

namespace ks {
namespace {

constexpr std::size_t kTotpSecretBytes = 20;

std::string percentEncoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~' || c == '@';
    if (plain) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  return out;
}

}  // namespace

SecretText makeTotpSecret(RandomSourceInterface& random) {
  SecretBuffer<kTotpSecretBytes> bytes;
  random.fill(bytes.writable());
  return SecretText(base32Encode(bytes.view()));
}

std::int64_t totpStep(TimePoint time) { return time.time_since_epoch() / kTotpPeriod; }

std::string hotpCode(ByteView secret, std::int64_t counter, int digits) {
  std::array<unsigned char, 8> message{};
  for (std::size_t i = 0; i < message.size(); ++i) {
    message[i] = static_cast<unsigned char>(counter >> (8 * (7 - i)) & 0xff);
  }
  std::array<unsigned char, 20> mac{};
  unsigned size = 0;
  if (HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), message.data(), message.size(),
           mac.data(), &size) == nullptr ||
      size != mac.size()) {
    return {};
  }
  const std::size_t at = mac.back() & 15U;
  std::uint32_t number = (mac[at] & 0x7fU) << 24 | static_cast<std::uint32_t>(mac[at + 1]) << 16 |
                         static_cast<std::uint32_t>(mac[at + 2]) << 8 | mac[at + 3];
  std::string code(static_cast<std::size_t>(digits), '0');
  for (auto digit = code.rbegin(); digit != code.rend(); ++digit) {
    *digit = static_cast<char>('0' + number % 10);
    number /= 10;
  }
  return code;
}

std::optional<std::int64_t> findTotpStep(const SecretText& secret, std::string_view code, TimePoint now) {
  const auto key = base32Decode(secret.reveal());
  if (!key) {
    return std::nullopt;
  }
  std::optional<std::int64_t> found;
  for (std::int64_t step = totpStep(now) - 1; step <= totpStep(now) + 1; ++step) {
    const auto right = hotpCode(*key, step);
    if (!right.empty() && equalConstantTime(asBytes(right), asBytes(code))) {
      found = step;
    }
  }
  return found;
}

std::optional<std::string> readTotpCode(std::string_view typed) {
  std::string digits;
  for (const char c : typed) {
    if (c >= '0' && c <= '9') {
      digits += c;
    } else if (c != ' ') {
      return std::nullopt;
    }
  }
  return digits.size() == kTotpDigits ? std::optional(std::move(digits)) : std::nullopt;
}

SecretText totpAddress(const SecretText& secret, std::string_view issuer, std::string_view account) {
  const auto name = percentEncoded(issuer);
  return SecretText{"otpauth://totp/" + name + ":" + percentEncoded(account) + "?secret=" +
                    std::string(secret.reveal()) + "&issuer=" + name + "&algorithm=SHA1&digits=6&period=30"};
}

}  // namespace ks
