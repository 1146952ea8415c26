#include <utility>

#include "core/logging/eventRows.hpp"
#include "persistence/postgres/storageCalls.hpp"
#include "persistence/sql/auditStatements.hpp"
#include "persistence/sql/repositorySteps.hpp"

// Whatever touches both locks password_credentials before users.
namespace ks {

// What waits already has the same old address, so that its undo link is replaced by one that goes to the same
// place. Whether the new address is taken shows in the mail alone.
SqlCall<RequestEmailChange> sqlCall(const RequestEmailChange& change) {
  constexpr const char* kSql = R"sql(
WITH account AS (
  UPDATE users SET pending_email = $3::text, updated_at = $8, version = version + 1
  WHERE id = $2 AND deleted_at IS NULL RETURNING id, email
), taken AS (
  SELECT FROM users WHERE email = $3::text AND deleted_at IS NULL AND NOT is_claim AND id <> $2
), change AS (
  INSERT INTO email_changes (id, user_id, old_email, new_email, confirm_hash, confirm_expires_at, undo_hash,
                             undo_expires_at, state, created_at)
  SELECT $1, id, email, $3::text, $4, $5, $6, $7, 'open', $8 FROM account
  ON CONFLICT (user_id) WHERE state = 'open'
  DO UPDATE SET id = excluded.id, old_email = excluded.old_email, new_email = excluded.new_email,
                confirm_hash = excluded.confirm_hash, confirm_expires_at = excluded.confirm_expires_at,
                undo_hash = excluded.undo_hash, undo_expires_at = excluded.undo_expires_at, created_at = excluded.created_at
), mail AS (
  INSERT INTO email_outbox (id, template, locale, to_enc, payload_enc, next_at, created_at)
  SELECT m.id, m.template, m.locale, m.to_enc, m.payload_enc, $8, $8
  FROM account JOIN (VALUES (false, $9::uuid, $10::text, $11::text, $12::bytea, $13::bytea),
                            (true, $14::uuid, $15::text, $16::text, $17::bytea, $18::bytea),
                            (NULL, $19::uuid, $20::text, $21::text, $22::bytea, $23::bytea))
       AS m (for_taken, id, template, locale, to_enc, payload_enc)
       ON m.for_taken IS NULL OR (NOT $25 AND m.for_taken = EXISTS (SELECT FROM taken))
  ON CONFLICT DO NOTHING
), audit AS ()sql" KS_AUDIT_CTE("$24", "account") R"sql()
SELECT 1)sql";
  SqlParameters parameters;
  parameters.uuid(change.changeId)
      .uuid(change.userId)
      .text(change.newEmail)
      .bytea(change.confirmHash)
      .time(change.confirmExpires)
      .bytea(change.undoHash)
      .time(change.undoExpires)
      .time(change.now);
  addMail(addMail(addMail(parameters, change.confirmMail), change.takenMail), change.notice)
      .jsonbOrNull(formatAuditJson(change.audit))
      .boolean(change.silent);
  return {repeatable(kSql), std::move(parameters), readDone};
}

// `decided_by` means a repetition of this call.
SqlCall<ConfirmEmailChange> sqlCall(const ConfirmEmailChange& confirmation) {
  constexpr const char* kSql = R"sql(
WITH change AS (
  UPDATE email_changes SET state = 'confirmed', decided_by = $3
  WHERE confirm_hash = ANY($1) AND user_id = $2 AND confirm_expires_at > $4
    AND (state = 'open' OR (state = 'confirmed' AND decided_by = $3))
  RETURNING user_id, new_email
), account AS (
  UPDATE users SET email = change.new_email, email_verified_at = $4, pending_email = NULL, updated_at = $4,
                   version = users.version + 1
  FROM change WHERE users.id = change.user_id AND users.deleted_at IS NULL
  RETURNING users.id
), voided AS MATERIALIZED (
  SELECT void_pending(id, NULL, $4) FROM account
), audit AS ()sql" KS_AUDIT_CTE("$5", "account CROSS JOIN voided") R"sql()
SELECT CASE WHEN EXISTS (SELECT FROM account) THEN 0
            WHEN EXISTS (SELECT FROM email_changes WHERE confirm_hash = ANY($1) AND user_id = $2 AND state = 'open'
                         AND confirm_expires_at <= $4) THEN 2
            ELSE 1 END)sql";
  SqlParameters parameters;
  parameters.byteaArray(confirmation.possibleHashes)
      .uuid(confirmation.userId)
      .uuid(confirmation.callId)
      .time(confirmation.now)
      .jsonbOrNull(formatAuditJson(confirmation.audit));
  return {repeatable(kSql),
          std::move(parameters),
          [](const SqlRows& rows) { return static_cast<EmailChangeOutcome>(rows.row(0).int64(0)); },
          {"users_email_live", [] { return EmailChangeOutcome::emailTaken; }}};
}

SqlCall<CancelEmailChange> sqlCall(const CancelEmailChange& cancellation) {
  constexpr const char* kSql = R"sql(
WITH change AS (
  UPDATE email_changes SET state = 'cancelled', decided_by = $2 WHERE user_id = $1 AND state = 'open' RETURNING user_id
), account AS (
  UPDATE users SET pending_email = NULL, updated_at = $3, version = users.version + 1
  FROM change WHERE users.id = change.user_id
  RETURNING users.id
), audit AS ()sql" KS_AUDIT_CTE("$4", "account") R"sql()
SELECT 1)sql";
  SqlParameters parameters;
  parameters.uuid(cancellation.userId)
      .uuid(cancellation.callId)
      .time(cancellation.now)
      .jsonbOrNull(formatAuditJson(cancellation.audit));
  return {repeatable(kSql), std::move(parameters), readDone};
}

SqlCall<UndoQuestion> sqlCall(const UndoQuestion& question) {
  constexpr const char* kSql = R"sql(
SELECT u.id, c.old_email::text, u.locale, c.undo_expires_at <= $2
FROM email_changes c JOIN users u ON u.id = c.user_id
WHERE c.undo_hash = ANY($1) AND c.state <> 'undone' AND u.deleted_at IS NULL)sql";
  return {repeatable(kSql), std::move(SqlParameters().byteaArray(question.possibleHashes).time(question.now)),
          [](const SqlRows& rows) {
            if (rows.empty()) {
              return UndoOwner{};
            }
            const auto row = rows.row(0);
            return UndoOwner{row.boolean(3) ? LinkState::expired : LinkState::good, row.uuid(0),
                             std::string{row.text(1)}, std::string{row.text(2)}};
          }};
}

// An unconfirmed account that has the address meanwhile loses it. Undo links of later
// changes went to addresses that this one removes.
SqlCall<UndoEmailChange> sqlCall(const UndoEmailChange& undo) {
  constexpr const char* kSql = R"sql(
WITH change AS (
  UPDATE email_changes SET state = 'undone', decided_by = $2
  WHERE undo_hash = ANY($1) AND undo_expires_at > $3 AND (state <> 'undone' OR decided_by = $2)
  RETURNING user_id, old_email, created_at
), credential AS (
  DELETE FROM password_credentials c USING change WHERE c.user_id = change.user_id RETURNING c.user_id
), freed AS (
  UPDATE users SET status = 'deleted', deleted_at = $3, updated_at = $3, version = users.version + 1
  FROM change WHERE users.email = change.old_email AND users.id <> change.user_id AND users.status = 'pending' AND NOT users.is_claim
    AND users.deleted_at IS NULL
  RETURNING users.id
), before AS (
  SELECT change.user_id, change.old_email, change.created_at, (SELECT count(*) FROM credential), (SELECT count(*) FROM freed)
  FROM change
), account AS (
  UPDATE users SET email = before.old_email, email_verified_at = coalesce(users.email_verified_at, $3),
                   pending_email = NULL, session_epoch = users.session_epoch + 1, updated_at = $3,
                   version = users.version + 1
  FROM before WHERE users.id = before.user_id AND users.deleted_at IS NULL
  RETURNING users.id, before.created_at
), later AS (
  UPDATE email_changes SET undo_expires_at = $3
  FROM account WHERE email_changes.user_id = account.id AND email_changes.created_at > account.created_at
  RETURNING 1
), ended AS (
  SELECT credential_changed(account.id, NULL, $4, false, 'email_change_undone', $3) AS id
  FROM account, (SELECT count(*) AS rows FROM later) done WHERE done.rows >= 0
), token AS (
  INSERT INTO one_time_tokens (id, user_id, purpose, token_hash, relates_to, expires_at, created_at)
  SELECT $4, account.id, 'reset_password', $5, before.old_email, $6, $3 FROM account, before
  ON CONFLICT (user_id, purpose) WHERE consumed_at IS NULL
  DO UPDATE SET id = excluded.id, token_hash = excluded.token_hash, relates_to = excluded.relates_to,
                expires_at = excluded.expires_at, created_at = excluded.created_at, attempts = 0
), mail AS (
  INSERT INTO email_outbox (id, template, locale, to_enc, payload_enc, next_at, created_at)
  SELECT $7, $8, $9, $10, $11, $3, $3 FROM account ON CONFLICT DO NOTHING
), audit AS ()sql" KS_AUDIT_CTE(
      "$12 || jsonb_build_object('actor_id', account.id, 'target_id', account.id, 'after', "
      "jsonb_build_object('sessions_ended', (SELECT count(*) FROM ended)))",
      "account") R"sql()
SELECT CASE WHEN account.id IS NOT NULL THEN 0
            WHEN EXISTS (SELECT FROM email_changes WHERE undo_hash = ANY($1) AND state <> 'undone' AND undo_expires_at <= $3) THEN 2
            ELSE 1 END, account.id, ended.id
FROM (VALUES (1)) one LEFT JOIN account ON true LEFT JOIN ended ON true ORDER BY ended.id)sql";
  SqlParameters parameters;
  parameters.byteaArray(undo.possibleHashes)
      .uuid(undo.callId)
      .time(undo.now)
      .uuid(undo.tokenId)
      .bytea(undo.tokenHash)
      .time(undo.tokenExpires);
  addMail(parameters, undo.resetMail).jsonbOrNull(formatAuditJson(undo.audit));
  return {repeatable(kSql),
          std::move(parameters),
          [](const SqlRows& rows) {
            return UndoOutcome{static_cast<EmailChangeOutcome>(rows.row(0).int64(0)),
                               rows.row(0).optionalUuid(1).value_or(Uuid{}), readIds(rows, 2)};
          },
          {"users_email_live", [] {
             return UndoOutcome{EmailChangeOutcome::emailTaken, {}, {}};
           }}};
}

}  // namespace ks
