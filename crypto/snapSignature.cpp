#include "crypto/snapSignature.hpp"

#include <sodium.h>

#include <array>
#include <optional>

#include "core/text/base64url.hpp"
#include "core/text/jsonMinify.hpp"
#include "crypto/hmacSha512.hpp"
#include "crypto/secretBuffer.hpp"
#include "crypto/secretToken.hpp"

namespace ks {
namespace {

using Mac = std::array<std::uint8_t, 64>;
constexpr std::size_t kHexSize = 2 * std::tuple_size_v<Mac>;
constexpr std::size_t kBase64Size = (std::tuple_size_v<Mac> + 2) / 3 * 4;

SecretText callText(const SnapCall& call, std::string_view hashedBody) {
  const auto hash = tokenDigestHex(hashedBody);
  std::string text;
  // Reserved, because memory that a longer text leaves behind is not wiped.
  text.reserve(call.method.size() + call.path.size() + call.accessToken.size() + hash.size() +
               call.timestamp.size() + 4);
  text.append(call.method).append(":").append(call.path).append(":").append(call.accessToken);
  text.append(":").append(hash).append(":").append(call.timestamp);
  return SecretText(std::move(text));
}

Mac macOf(const SecretText& text, const SecretText& clientSecret) {
  return hmacSha512(secretBytes(clientSecret), secretBytes(text));
}

std::optional<Bytes> readSignature(std::string_view text) {
  if (text.size() == kBase64Size) {
    return base64Decode(text);
  }
  if (text.size() != kHexSize) {
    return std::nullopt;
  }
  Bytes bytes(text.size() / 2);
  std::size_t length = 0;
  const bool whole =
      sodium_hex2bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &length, nullptr) == 0 &&
      length == bytes.size();
  return whole ? std::optional(std::move(bytes)) : std::nullopt;
}

}  // namespace

std::string snapTokenText(std::string_view clientId, std::string_view timestamp) {
  return std::string(clientId).append("|").append(timestamp);
}

Result<std::string> signSnapToken(std::string_view clientId, std::string_view timestamp,
                                  const RsaPrivateKey& key) {
  auto signature = key.sign(asBytes(snapTokenText(clientId, timestamp)));
  if (!signature) {
    return std::move(signature.fault());
  }
  return base64Encode(signature.value());
}

bool verifySnapToken(std::string_view clientId, std::string_view timestamp, std::string_view signature,
                     const RsaPublicKey& key) {
  const auto bytes = base64Decode(signature);
  return bytes && key.verify(asBytes(snapTokenText(clientId, timestamp)), *bytes);
}

Result<SecretText> snapCallText(const SnapCall& call) {
  const auto minified = minifyJson(call.body);
  if (!minified) {
    return makeFault(ErrorCode::malformedJson, "a string of the body has no end");
  }
  return callText(call, *minified);
}

Result<std::string> signSnapCall(const SnapCall& call, const SecretText& clientSecret,
                                 SnapEncoding encoding) {
  const auto text = snapCallText(call);
  if (!text) {
    return text.fault();
  }
  const auto mac = macOf(text.value(), clientSecret);
  return encoding == SnapEncoding::hex ? toHex(mac) : base64Encode(mac);
}

bool verifySnapCall(const SnapCall& call, const SecretText& clientSecret, std::string_view signature) {
  const auto bytes = readSignature(signature);
  if (!bytes) {
    return false;
  }
  const bool asItCame = equalConstantTime(macOf(callText(call, call.body), clientSecret), *bytes);
  const auto minified = minifyJson(call.body);
  const bool ofMinified =
      minified && equalConstantTime(macOf(callText(call, *minified), clientSecret), *bytes);
  return asItCame || ofMinified;
}

}  // namespace ks
