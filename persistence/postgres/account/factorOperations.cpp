#include <utility>

#include "core/logging/eventRows.hpp"
#include "persistence/postgres/account/accountRows.hpp"
#include "persistence/postgres/account/factorRows.hpp"
#include "persistence/postgres/storageCalls.hpp"
#include "persistence/sql/auditStatements.hpp"
#include "persistence/sql/repositorySteps.hpp"

#define KS_INSERT_RECOVERY_CODES(source, user, set, ids, hashes, now)                                        \
  "present_set AS (INSERT INTO recovery_sets (user_id, set_id, created_at) SELECT " user ", " set ", " now   \
  " FROM " source                                                                                            \
  " ON CONFLICT (user_id) DO UPDATE SET set_id = excluded.set_id, created_at = "                             \
  "excluded.created_at), dropped AS (DELETE FROM recovery_codes USING " source                               \
  " WHERE recovery_codes.user_id = " user                                                                    \
  "), codes AS (INSERT INTO recovery_codes (id, user_id, "                                                   \
  "code_hash, set_id) SELECT each.id, " user ", each.hash, " set " FROM " source ", unnest(" ids ", " hashes \
  ") AS each (id, hash))"

namespace ks {

FactorRecord readFactor(const SqlRow& row, int column) {
  FactorRecord factor;
  factor.id = row.uuid(column++);
  factor.userId = row.uuid(column++);
  factor.active = row.boolean(column++);
  factor.name = row.textOrEmpty(column++);
  factor.secretSealed = row.byteaOrEmpty(column++);
  factor.lastUsedStep = row.int64(column++);
  factor.lastUsedAt = row.optionalTime(column++);
  factor.createdAt = row.time(column++);
  return factor;
}

SqlCall<FindFactors> sqlCall(const FindFactors& operation) {
  constexpr const char* kSql = "SELECT " KS_FACTOR_COLUMNS
                               " FROM mfa_factors f WHERE f.user_id = $1 ORDER BY f.status, f.id LIMIT 100";
  return {repeatable(kSql), std::move(SqlParameters().uuid(operation.userId)), [](const SqlRows& rows) {
            return readAll<FactorRecord>(rows, [](const SqlRow& row) { return readFactor(row, 0); });
          }};
}

// A second run meets its own row, as the waiting one or, when it was confirmed meanwhile, as the active one.
SqlCall<NewTotpFactor> sqlCall(const NewTotpFactor& factor) {
  constexpr const char* kSql = R"sql(
WITH waiting AS (
  INSERT INTO mfa_factors (id, user_id, type, status, name, secret_enc, totp_algo, totp_digits, totp_period, created_at)
  SELECT $1, $2, 'totp', 'pending', $3, $4, 'SHA1', 6, 30, $5
  WHERE NOT EXISTS (SELECT FROM mfa_factors WHERE user_id = $2 AND type = 'totp' AND status = 'active')
  ON CONFLICT (user_id, status) WHERE type = 'totp'
  DO UPDATE SET id = excluded.id, name = excluded.name, secret_enc = excluded.secret_enc,
                last_used_step = 0, created_at = excluded.created_at
  RETURNING id
), audit AS ()sql" KS_AUDIT_CTE("$6", "waiting") R"sql()
SELECT EXISTS (SELECT FROM waiting))sql";
  SqlParameters parameters;
  parameters.uuid(factor.id)
      .uuid(factor.userId)
      .text(factor.name)
      .bytea(factor.secretSealed)
      .time(factor.now)
      .jsonbOrNull(formatAuditJson(factor.audit));
  return {repeatable(kSql), std::move(parameters), readBoolean};
}

// Sessions of one factor end with the second one's coming, and sign-ins that began before it are void by the
// epoch, so that an account with a second factor has no session without it.
SqlCall<ConfirmFactor> sqlCall(const ConfirmFactor& confirmation) {
  constexpr const char* kSql = R"sql(
WITH caller AS MATERIALIZED (
  SELECT id FROM sessions
  WHERE id = $15 AND user_id = $2 AND revoked_at IS NULL AND idle_expires_at > $6 AND absolute_expires_at > $6
  FOR UPDATE
), factor AS (
  UPDATE mfa_factors SET status = 'active', confirmed_at = $6, last_used_step = $16, last_used_at = $6
  WHERE id = $14 AND user_id = $2 AND type = 'totp' AND status = 'pending' AND EXISTS (SELECT FROM caller)
  RETURNING id
), )sql" KS_INSERT_RECOVERY_CODES("factor", "$2", "$17", "$18", "$19", "$6") R"sql(, account AS (
  UPDATE users SET updated_at = $6, version = users.version + 1, session_epoch = users.session_epoch + 1
  FROM factor WHERE users.id = $2 RETURNING users.id
), ended AS (
  SELECT credential_changed(id, $1, NULL, $26, 'factor_added', $6) AS id FROM account
), opened AS ()sql" KS_INSERT_SESSION("factor") R"sql(
), mail AS (
  INSERT INTO email_outbox (id, template, locale, to_enc, payload_enc, next_at, created_at)
  SELECT $20, $21, $22, $23, $24, $6, $6 FROM factor ON CONFLICT DO NOTHING
), audit AS ()sql" KS_AUDIT_CTE("$25", "factor") R"sql()
SELECT ended.id FROM factor LEFT JOIN ended ON true)sql";
  SqlParameters parameters;
  addSession(parameters, confirmation.session)
      .uuid(confirmation.factorId)
      .uuid(confirmation.oldSession)
      .int8(confirmation.step)
      .uuid(confirmation.codes.setId)
      .uuidArray(confirmation.codes.ids)
      .byteaArray(confirmation.codes.hashes);
  addMail(parameters, confirmation.notice)
      .jsonbOrNull(formatAuditJson(confirmation.audit))
      .boolean(confirmation.keepKeys);
  // Another pending factor of the account was confirmed at the same instant.
  return {once(kSql),
          std::move(parameters),
          [](const SqlRows& rows) {
            return rows.empty() ? ConfirmFactorOutcome() : ConfirmFactorOutcome(readIds(rows));
          },
          {"mfa_factors_one_totp", [] { return ConfirmFactorOutcome(); }}};
}

SqlCall<RemoveFactor> sqlCall(const RemoveFactor& removal) {
  constexpr const char* kSql = R"sql(
WITH gone AS (
  DELETE FROM mfa_factors WHERE id = $1 AND user_id = $2 RETURNING status
), active AS (
  SELECT FROM gone WHERE status = 'active'
), codes AS (
  DELETE FROM recovery_codes USING active WHERE user_id = $2
), present_set AS (
  DELETE FROM recovery_sets USING active WHERE user_id = $2
), account AS (
  UPDATE users SET updated_at = $3, version = users.version + 1 FROM active WHERE users.id = $2 RETURNING users.id
), ended AS (
  SELECT credential_changed(id, NULL, NULL, $10, 'factor_removed', $3) AS id FROM account
), mail AS (
  INSERT INTO email_outbox (id, template, locale, to_enc, payload_enc, next_at, created_at)
  SELECT $4, $5, $6, $7, $8, $3, $3 FROM active ON CONFLICT DO NOTHING
), audit AS ()sql" KS_AUDIT_CTE("$9", "gone") R"sql()
SELECT ended.id FROM gone LEFT JOIN ended ON true)sql";
  SqlParameters parameters;
  parameters.uuid(removal.factorId).uuid(removal.userId).time(removal.now);
  addMail(parameters, removal.notice).jsonbOrNull(formatAuditJson(removal.audit)).boolean(removal.keepKeys);
  return {once(kSql), std::move(parameters), [](const SqlRows& rows) {
            return RemoveFactorOutcome{!rows.empty(), readIds(rows)};
          }};
}

SqlCall<FindRecoveryCodesLeft> sqlCall(const FindRecoveryCodesLeft& operation) {
  constexpr const char* kSql = "SELECT " KS_RECOVERY_CODES_LEFT("$1");
  return {repeatable(kSql), std::move(SqlParameters().uuid(operation.userId)), readCount};
}

SqlCall<RenewRecoveryCodes> sqlCall(const RenewRecoveryCodes& renewal) {
  constexpr const char* kSql = R"sql(
WITH holder AS (
  SELECT user_id FROM mfa_factors WHERE user_id = $1 AND status = 'active' LIMIT 1
), )sql" KS_INSERT_RECOVERY_CODES("holder", "$1", "$2", "$3", "$4", "$5") R"sql(, mail AS (
  INSERT INTO email_outbox (id, template, locale, to_enc, payload_enc, next_at, created_at)
  SELECT $7, $8, $9, $10, $11, $5, $5 FROM holder WHERE $7::uuid IS NOT NULL ON CONFLICT DO NOTHING
), audit AS ()sql" KS_AUDIT_CTE("$6", "holder") R"sql()
SELECT EXISTS (SELECT FROM holder))sql";
  SqlParameters parameters;
  parameters.uuid(renewal.userId)
      .uuid(renewal.codes.setId)
      .uuidArray(renewal.codes.ids)
      .byteaArray(renewal.codes.hashes)
      .time(renewal.now)
      .jsonbOrNull(formatAuditJson(renewal.audit));
  addMail(parameters, renewal.notice);
  return {once(kSql), std::move(parameters), readBoolean};
}

}  // namespace ks
