#include <utility>

#include "core/logging/eventRows.hpp"
#include "persistence/postgres/storageCalls.hpp"
#include "persistence/sql/auditStatements.hpp"

namespace ks {
namespace {

OutboxMail readMail(const SqlRow& row) {
  return {row.uuid(0),  std::string(row.text(1)),      std::string(row.text(2)), row.bytea(3),
          row.bytea(4), static_cast<int>(row.int64(5))};
}

}  // namespace

// A claim counts as an attempt at once, so a mail that kills its sender is counted too.
SqlCall<ClaimMails> sqlCall(const ClaimMails& operation) {
  constexpr const char* kSql = R"sql(
WITH due AS MATERIALIZED (
  SELECT id FROM email_outbox WHERE sent_at IS NULL AND next_at <= $2 ORDER BY next_at, id LIMIT $1 FOR UPDATE SKIP LOCKED
), claimed AS (
  UPDATE email_outbox SET next_at = $3, attempts = email_outbox.attempts + 1 FROM due WHERE email_outbox.id = due.id
  RETURNING email_outbox.id, template, locale, to_enc, payload_enc, attempts
)
SELECT * FROM claimed ORDER BY id)sql";
  return {repeatable(kSql),
          std::move(SqlParameters().int8(operation.limit).time(operation.now).time(operation.leaseUntil)),
          [](const SqlRows& rows) { return readAll<OutboxMail>(rows, readMail); }};
}

// A sent mail is wiped: its address and one-time links are no longer needed.
SqlCall<MarkMailSent> sqlCall(const MarkMailSent& operation) {
  constexpr const char* kSql =
      "UPDATE email_outbox SET sent_at = $2, to_enc = '', payload_enc = '', last_error = NULL WHERE id = $1";
  return {repeatable(kSql), std::move(SqlParameters().uuid(operation.mailId).time(operation.now)), readDone};
}

SqlCall<MarkMailFailed> sqlCall(const MarkMailFailed& operation) {
  constexpr const char* kSql =
      "UPDATE email_outbox SET next_at = $2, last_error = left($3, 1000) WHERE id = $1 AND sent_at IS NULL";
  return {repeatable(kSql),
          std::move(SqlParameters().uuid(operation.mailId).time(operation.nextTryAt).text(operation.reason)),
          readDone};
}

// The next try of a mail that was given up is at infinity.
SqlCall<GiveUpMail> sqlCall(const GiveUpMail& operation) {
  constexpr const char* kSql = R"sql(
WITH mail AS (
  UPDATE email_outbox SET next_at = 'infinity', to_enc = '', payload_enc = '', last_error = left($2, 1000)
  WHERE id = $1 AND sent_at IS NULL AND next_at < 'infinity' RETURNING id
)
)sql" KS_AUDIT_CTE("$3", "mail");
  return {repeatable(kSql),
          std::move(SqlParameters()
                        .uuid(operation.mailId)
                        .text(operation.reason)
                        .jsonbOrNull(formatAuditJson(operation.audit))),
          readDone};
}

}  // namespace ks
