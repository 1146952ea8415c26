#include "actors/webhook/webhookSignature.hpp"

#include "core/bytes.hpp"
#include "crypto/hmacSha256.hpp"

namespace ks {

std::string webhookSignature(const std::vector<SecretText>& secrets, std::int64_t seconds,
                             std::string_view body) {
  constexpr const char* kDigits = "0123456789abcdef";
  const auto time = std::to_string(seconds);
  const auto signedText = time + "." + std::string{body};
  std::string text = "t=" + time;
  for (const auto& secret : secrets) {
    text += ",v1=";
    for (const auto byte : hmacSha256(asBytes(secret.reveal()), asBytes(signedText))) {
      text += kDigits[byte >> 4U];
      text += kDigits[byte & 15U];
    }
  }
  return text;
}

}  // namespace ks
