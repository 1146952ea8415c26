#include "crypto/webhookSecret.hpp"

#include <string>

#include "core/text/base64url.hpp"
#include "crypto/secretBuffer.hpp"

namespace ks {
namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr std::size_t kKeyBytes = 32;

}  // namespace

SecretText makeWebhookSecret(RandomSourceInterface& random) {
  SecretBuffer<kKeyBytes> key;
  random.fill(key.writable());
  const SecretText encoded(base64Encode(key.view()));
  std::string text;
  // Reserved, because memory that a longer text leaves behind is not wiped.
  text.reserve(kPrefix.size() + encoded.size());
  text.append(kPrefix).append(encoded.reveal());
  return SecretText(std::move(text));
}

SecretText webhookKey(const SecretText& secret) {
  if (!secret.reveal().starts_with(kPrefix)) {
    return secret;
  }
  auto key = base64Decode(secret.reveal().substr(kPrefix.size()));
  if (!key || key->size() != kKeyBytes) {
    return secret;
  }
  auto bytes = toSecret(*key);
  wipe(*key);
  return bytes;
}

}  // namespace ks
