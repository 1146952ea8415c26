#include "actors/webhook/webhookSignature.hpp"

#include "core/bytes.hpp"
#include "core/text/base64url.hpp"
#include "crypto/hmacSha256.hpp"
#include "crypto/webhookSecret.hpp"

namespace ks {

std::string webhookSignature(const std::vector<SecretText>& secrets, std::int64_t seconds,
                             std::string_view body) {
  const auto time = std::to_string(seconds);
  const auto signedText = time + "." + std::string{body};
  std::string text = "t=" + time;
  for (const auto& secret : secrets) {
    text += ",v1=" + toHex(hmacSha256(asBytes(secret.reveal()), asBytes(signedText)));
  }
  return text;
}

std::string standardWebhookSignature(const std::vector<SecretText>& secrets, std::string_view id,
                                     std::int64_t seconds, std::string_view body) {
  std::string signedText(id);
  signedText.append(".").append(std::to_string(seconds)).append(".").append(body);
  std::string text;
  for (const auto& secret : secrets) {
    const auto key = webhookKey(secret);
    text += text.empty() ? "v1," : " v1,";
    text += base64Encode(hmacSha256(asBytes(key.reveal()), asBytes(signedText)));
  }
  return text;
}

}  // namespace ks
