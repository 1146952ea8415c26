#include "persistence/sql/sealedFieldStore.hpp"

#include <utility>

#include "core/logging/eventRows.hpp"
#include "persistence/sql/auditStatements.hpp"

namespace ks {
namespace {

struct SealedFieldStatements {
  SqlStatement find;
  SqlStatement count;
  SqlStatement replace;
};

// A sealed value begins with version, length of the key's id, key's id (crypto/fieldCipher.hpp). Mails that
// were sent are emptied.
#define KS_UNDER_OTHER_KEY(column) \
  "CASE WHEN octet_length(" column \
  ") < 2 THEN false ELSE "         \
  "substring(" column " from 3 for get_byte(" column ", 1)) <> $1 END"
#define KS_SEALED_FIELD(name, table, id, type, column)                                                       \
  SealedFieldStatements {                                                                                    \
    {"sealed.find." name,                                                                                    \
     "SELECT " id "::text, " column " FROM " table                                                           \
     " WHERE " KS_UNDER_OTHER_KEY(column) " AND ($2 = '' OR " id " > nullif($2, '')::" type ") ORDER BY " id \
                                          " LIMIT $3",                                                       \
     true},                                                                                                  \
        {"sealed.count." name, "SELECT count(*) FROM " table " WHERE " KS_UNDER_OTHER_KEY(column), true},    \
        {"sealed.replace." name,                                                                             \
         "UPDATE " table " SET " column " = $3 WHERE " id " = $1::" type " AND " column " = $2", false},     \
  }

const std::array<SealedFieldStatements, 9> kSealedFieldStatements{
    KS_SEALED_FIELD("refreshKey", "sessions", "id", "uuid", "refresh_key_enc"),
    KS_SEALED_FIELD("mailRecipient", "email_outbox", "id", "uuid", "to_enc"),
    KS_SEALED_FIELD("mailPayload", "email_outbox", "id", "uuid", "payload_enc"),
    KS_SEALED_FIELD("signingKey", "signing_keys", "kid", "text", "private_enc"),
    KS_SEALED_FIELD("factorSecret", "mfa_factors", "id", "uuid", "secret_enc"),
    KS_SEALED_FIELD("challengeState", "mfa_challenges", "id", "uuid", "payload_enc"),
    KS_SEALED_FIELD("exportContent", "personal_data_exports", "id", "uuid", "content_enc"),
    KS_SEALED_FIELD("webhookSecret", "webhooks", "id", "uuid", "secret_enc"),
    KS_SEALED_FIELD("oldWebhookSecret", "webhooks", "id", "uuid", "old_secret_enc"),
};

const SqlStatement kNoteRotation{"sealed.note", KS_AUDIT_CTE("$1", "(SELECT) AS rotation"), true};

#undef KS_SEALED_FIELD
#undef KS_UNDER_OTHER_KEY

const SealedFieldStatements& sealedStatements(SealedField field) {
  return kSealedFieldStatements.at(static_cast<std::size_t>(field));
}

}  // namespace

Result<std::vector<SealedValue>> SealedFieldStore::underOtherKeys(SealedField field, std::string_view keyId,
                                                                  const std::string& afterId,
                                                                  std::int32_t limit) {
  return session_
      .exec(sealedStatements(field).find, SqlParameters().bytea(asBytes(keyId)).text(afterId).int4(limit))
      .then([](const SqlRows& rows) {
        return readAll<SealedValue>(rows, [](const SqlRow& row) {
          return SealedValue{std::string{row.text(0)}, row.bytea(1)};
        });
      });
}

Result<std::int64_t> SealedFieldStore::countUnderOtherKeys(SealedField field, std::string_view keyId) {
  return session_.exec(sealedStatements(field).count, SqlParameters().bytea(asBytes(keyId)))
      .then([](const SqlRows& rows) { return rows.row(0).int64(0); });
}

Result<bool> SealedFieldStore::replace(SealedField field, const SealedValue& read, const Bytes& sealed) {
  return session_
      .exec(sealedStatements(field).replace, SqlParameters().text(read.id).bytea(read.sealed).bytea(sealed))
      .then([](const SqlRows& rows) { return rows.affected() == 1; });
}

Result<Done> SealedFieldStore::note(const AuditEvent& event) {
  return session_.exec(kNoteRotation, SqlParameters().jsonb(formatAuditJson(event))).then(readDone);
}

}  // namespace ks
