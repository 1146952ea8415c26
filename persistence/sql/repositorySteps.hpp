#pragma once
#include <optional>
#include <utility>
#include <vector>

#include "core/uuid.hpp"
#include "messages/account/accountRecords.hpp"
#include "persistence/sql/sqlParameters.hpp"
#include "persistence/sql/sqlRows.hpp"

// What statements about accounts share.
namespace ks {

/// Five parameters: id, template, locale, recipient, payload.
inline SqlParameters& addMail(SqlParameters& parameters, const OutboxMail& mail) {
  return parameters.uuid(mail.id)
      .text(mail.mailTemplate)
      .text(mail.locale)
      .bytea(mail.recipientSealed)
      .bytea(mail.payloadSealed);
}

/// Five parameters, all NULL without a mail.
inline SqlParameters& addMail(SqlParameters& parameters, const std::optional<OutboxMail>& mail) {
  if (!mail) {
    return parameters.null(SqlType::uuid)
        .null(SqlType::text)
        .null(SqlType::text)
        .null(SqlType::bytea)
        .null(SqlType::bytea);
  }
  return addMail(parameters, *mail);
}

/// Thirteen parameters.
inline SqlParameters& addSession(SqlParameters& parameters, const NewSession& session) {
  return parameters.uuid(session.id)
      .uuid(session.userId)
      .bytea(session.refreshKeySealed)
      .int2(static_cast<std::int16_t>(session.assuranceLevel))
      .textArray(session.methods)
      .time(session.createdAt)
      .time(session.idleExpiresAt)
      .time(session.absoluteExpiresAt)
      .inetOrNull(session.ip)
      .textOrNull(session.userAgent)
      .textOrNull(session.deviceName)
      .byteaOrNull(session.deviceHash)
      .text(session.transport);
}

/// The ids in a column; NULL is none.
inline std::vector<Uuid> readIds(const SqlRows& rows, int column = 0) {
  std::vector<Uuid> ids;
  for (const auto row : rows) {
    if (const auto id = row.optionalUuid(column)) {
      ids.push_back(*id);
    }
  }
  return ids;
}

}  // namespace ks
