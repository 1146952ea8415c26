#include "actors/payment/paymentCaller.hpp"

#include "crypto/hmacSha256.hpp"
#include "messages/platform/callerKind.hpp"

namespace ks {

std::optional<Uuid> onlyPaymentsOf(const RequestContext& context, bool administrators) {
  return administrators || isMachine(*context.principal) ? std::nullopt
                                                         : std::optional<Uuid>(context.principal->userId);
}

Uuid creatorOf(const RequestContext& context) {
  return context.principal->keyId.value_or(context.principal->userId);
}

Bytes requestFingerprint(std::string_view kind, std::initializer_list<std::string> parts) {
  std::string text;
  for (const auto& part : parts) {
    text += "|" + std::to_string(part.size()) + ":" + part;
  }
  const auto hash = hmacSha256(asBytes(kind), asBytes(text));
  return {hash.begin(), hash.end()};
}

std::string bankReferenceOf(const Uuid& id) {
  auto text = id.toString();
  std::erase(text, '-');
  return text;
}

}  // namespace ks
