#pragma once
#include <string>
#include <string_view>

#include "actors/accountCrypto.hpp"
#include "core/result.hpp"
#include "core/uuid.hpp"
#include "messages/accountRecords.hpp"

namespace ks {

/// A mail for the outbox, its recipient and payload sealed. `payload` is what the template needs
/// (actors/mailTemplates.hpp).
Result<OutboxMail> composeMail(UuidGenerator& uuids, const AccountCrypto& crypto, std::string mailTemplate,
                               const std::string& locale, const std::string& recipient,
                               std::string_view payload);

}  // namespace ks
