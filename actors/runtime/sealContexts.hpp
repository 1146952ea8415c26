#pragma once
#include <string>

#include "core/uuid.hpp"

// The contexts that sealed values are bound to. They are part of the stored data: never change one.
namespace ks {

inline std::string refreshKeyContext(const Uuid& sessionId) {
  return "session:" + sessionId.toString() + "|refresh_key";
}
inline std::string factorSecretContext(const Uuid& factorId) {
  return "mfa_factor:" + factorId.toString() + "|secret";
}
inline std::string challengeContext(const Uuid& challengeId) {
  return "mfa_challenge:" + challengeId.toString() + "|state";
}
inline std::string mailRecipientContext(const Uuid& mailId) {
  return "outbox:" + mailId.toString() + "|recipient";
}
inline std::string mailPayloadContext(const Uuid& mailId) {
  return "outbox:" + mailId.toString() + "|payload";
}
inline std::string exportContentContext(const Uuid& exportId) {
  return "personal_data_export:" + exportId.toString() + "|content";
}
inline std::string webhookSecretContext(const Uuid& webhookId) {
  return "webhook:" + webhookId.toString() + "|secret";
}
inline std::string signingKeyContext(const std::string& keyId) { return "signing_key:" + keyId; }

}  // namespace ks
