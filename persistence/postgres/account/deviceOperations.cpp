#include <utility>

#include "core/logging/eventRows.hpp"
#include "persistence/postgres/account/accountRows.hpp"
#include "persistence/postgres/storageCalls.hpp"
#include "persistence/sql/auditStatements.hpp"
#include "persistence/sql/repositorySteps.hpp"

namespace ks {
namespace {

SqlParameters& addNotice(SqlParameters& parameters, const OutboxMail& mail, const AuditEvent& audit) {
  return addMail(parameters, mail).jsonbOrNull(formatAuditJson(audit));
}

}  // namespace

// A repeated call finds the new binding and its own mail.
SqlCall<ChangeSessionDevice> sqlCall(const ChangeSessionDevice& change) {
  constexpr const char* kSql = R"sql(
WITH changed AS (
  UPDATE sessions SET device_hash = $3, aal = 1, device_changed_at = $4
  WHERE id = $1 AND revoked_at IS NULL
    AND (device_hash = $2 OR (device_hash = $3 AND EXISTS (SELECT FROM email_outbox WHERE id = $5)))
  RETURNING id
), mail AS (
  INSERT INTO email_outbox (id, template, locale, to_enc, payload_enc, next_at, created_at)
  SELECT $5, $6, $7, $8, $9, $4, $4 FROM changed ON CONFLICT DO NOTHING
), audit AS ()sql" KS_AUDIT_CTE("$10", "changed") R"sql()
SELECT id FROM changed)sql";
  SqlParameters parameters;
  parameters.uuid(change.sessionId).bytea(change.oldHash).bytea(change.newHash).time(change.now);
  addNotice(parameters, change.notice, change.audit);
  return {repeatable(kSql), std::move(parameters), readAnyRow};
}

SqlCall<NoteNewDevice> sqlCall(const NoteNewDevice& note) {
  constexpr const char* kSql = R"sql(
WITH other AS (
  SELECT own.user_id FROM sessions own
  WHERE own.id = $2 AND own.user_id = $1
    AND EXISTS (SELECT FROM sessions s WHERE s.user_id = $1 AND s.id <> $2)
    AND NOT EXISTS (SELECT FROM sessions s WHERE s.user_id = $1 AND s.id <> $2 AND s.device_hash = own.device_hash)
), mail AS (
  INSERT INTO email_outbox (id, template, locale, to_enc, payload_enc, next_at, created_at)
  SELECT $4, $5, $6, $7, $8, $3, $3 FROM other ON CONFLICT DO NOTHING
), audit AS ()sql" KS_AUDIT_CTE("$9", "other") R"sql()
SELECT user_id FROM other)sql";
  SqlParameters parameters;
  parameters.uuid(note.userId).uuid(note.sessionId).time(note.now);
  addNotice(parameters, note.notice, note.audit);
  return {repeatable(kSql), std::move(parameters), readAnyRow};
}

// A second run finds its own token and mail.
SqlCall<RequestDeviceLink> sqlCall(const RequestDeviceLink& link) {
  constexpr const char* kSql = R"sql(
WITH account AS (
  SELECT id, email, locale FROM users WHERE id = $1 AND deleted_at IS NULL AND email_verified_at IS NOT NULL
), token AS (
  INSERT INTO one_time_tokens (id, user_id, purpose, token_hash, relates_to, expires_at, created_at)
  SELECT $2, id, 'unlock', $3, email, $4, $5 FROM account
  ON CONFLICT (user_id, purpose) WHERE consumed_at IS NULL
  DO UPDATE SET id = excluded.id, token_hash = excluded.token_hash, relates_to = excluded.relates_to,
                expires_at = excluded.expires_at, created_at = excluded.created_at
  WHERE one_time_tokens.created_at <= $12 OR one_time_tokens.id = excluded.id
  RETURNING user_id
), mail AS (
  INSERT INTO email_outbox (id, template, locale, to_enc, payload_enc, next_at, created_at)
  SELECT $6, $7, coalesce(account.locale, $8), $9, $10, $5, $5 FROM account JOIN token ON token.user_id = account.id
  ON CONFLICT DO NOTHING
), audit AS ()sql" KS_AUDIT_CTE(
      "$11 || CASE WHEN account.id IS NULL "
      "THEN '{\"outcome\": \"fail\", \"reason\": \"unknown_identifier\"}'::jsonb "
      "ELSE jsonb_build_object('target_type', 'user', 'target_id', account.id) END "
      "|| CASE WHEN account.id IS NOT NULL AND token.user_id IS NULL "
      "THEN '{\"outcome\": \"deny\", \"reason\": \"too_soon\"}'::jsonb ELSE '{}'::jsonb END",
      "(VALUES (1)) one LEFT JOIN account ON true LEFT JOIN token ON true") R"sql()
SELECT 1)sql";
  SqlParameters parameters;
  parameters.optionalUuid(link.userId)
      .uuid(link.tokenId)
      .bytea(link.tokenHash)
      .time(link.expires)
      .time(link.now);
  addNotice(parameters, link.mail, link.audit).time(link.notAfter);
  return {repeatable(kSql), std::move(parameters), [](const SqlRows&) { return Done{}; }};
}

// `consumed_by = $2` is this very call repeated.
SqlCall<UseDeviceLink> sqlCall(const UseDeviceLink& use) {
  constexpr const char* kSql = R"sql(
WITH used AS (
  UPDATE one_time_tokens t SET consumed_at = $3, consumed_by = $2 FROM users u
  WHERE t.token_hash = ANY($1) AND t.purpose = 'unlock' AND t.expires_at > $3
    AND (t.consumed_at IS NULL OR t.consumed_by = $2)
    AND u.id = t.user_id AND u.deleted_at IS NULL AND u.email = t.relates_to
  RETURNING t.user_id
), audit AS ()sql" KS_AUDIT_CTE(
      "$4 || jsonb_build_object('actor_id', used.user_id, 'target_id', used.user_id)", "used") R"sql()
SELECT )sql" KS_USER_COLUMNS R"sql(,
       EXISTS (SELECT FROM one_time_tokens WHERE token_hash = ANY($1) AND purpose = 'unlock' AND consumed_at IS NULL
               AND expires_at <= $3)
FROM (VALUES (1)) one LEFT JOIN used ON true LEFT JOIN users u ON u.id = used.user_id)sql";
  SqlParameters parameters;
  parameters.byteaArray(use.possibleHashes)
      .uuid(use.callId)
      .time(use.now)
      .jsonbOrNull(formatAuditJson(use.audit));
  return {repeatable(kSql), std::move(parameters), [](const SqlRows& rows) {
            const auto row = rows.row(0);
            if (!row.isNull(0)) {
              return TokenOwner{LinkState::good, accountRows::readUser(row)};
            }
            const bool expired = row.boolean(accountRows::kUserColumns);
            return TokenOwner{expired ? LinkState::expired : LinkState::invalid, std::nullopt};
          }};
}

}  // namespace ks
