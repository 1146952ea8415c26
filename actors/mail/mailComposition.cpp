#include "actors/mail/mailComposition.hpp"

#include <utility>

#include "actors/runtime/sealContexts.hpp"

namespace ks {

Result<OutboxMail> composeMail(UuidGenerator& uuids, const AccountCrypto& crypto, std::string mailTemplate,
                               const std::string& locale, const std::string& recipient,
                               std::string_view payload) {
  OutboxMail mail;
  mail.id = uuids.next();
  mail.mailTemplate = std::move(mailTemplate);
  mail.locale = locale;
  auto sealedRecipient = crypto.cipher.seal(recipient, mailRecipientContext(mail.id));
  if (!sealedRecipient.ok()) {
    return std::move(sealedRecipient.fault());
  }
  auto sealedPayload = crypto.cipher.seal(payload, mailPayloadContext(mail.id));
  if (!sealedPayload.ok()) {
    return std::move(sealedPayload.fault());
  }
  mail.recipientSealed = std::move(sealedRecipient.value());
  mail.payloadSealed = std::move(sealedPayload.value());
  return mail;
}

}  // namespace ks
