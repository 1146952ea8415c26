#pragma once
#include <string>
#include <string_view>

#include "actors/runtime/accountCrypto.hpp"
#include "core/result.hpp"
#include "core/uuid.hpp"
#include "messages/account/accountRecords.hpp"

namespace ks {

/// A mail for the outbox, its recipient and payload sealed. `payload` is what the template needs
/// (actors/mail/mailTemplates.hpp).
Result<OutboxMail> composeMail(UuidGenerator& uuids, const AccountCrypto& crypto, std::string mailTemplate,
                               const std::string& locale, const std::string& recipient,
                               std::string_view payload);

}  // namespace ks
