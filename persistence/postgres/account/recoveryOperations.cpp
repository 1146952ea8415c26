#include <utility>

#include "core/logging/eventRows.hpp"
#include "persistence/postgres/account/accountRows.hpp"
#include "persistence/postgres/storageCalls.hpp"
#include "persistence/sql/auditStatements.hpp"
#include "persistence/sql/repositorySteps.hpp"

// Whatever touches both locks password_credentials before users.
namespace ks {

// The owner of an address with only claims may also choose a password: the link proves the address. The
// account and the newest claim each have an index of their own.
SqlCall<RequestReset> sqlCall(const RequestReset& reset) {
  constexpr const char* kSql = R"sql(
WITH account AS (
  (SELECT id, email, locale, is_claim FROM users WHERE email = $1::text AND deleted_at IS NULL AND NOT is_claim)
  UNION ALL
  (SELECT id, email, locale, is_claim FROM users WHERE email = $1::text AND deleted_at IS NULL AND is_claim AND EXISTS (
    SELECT FROM one_time_tokens t WHERE t.user_id = users.id AND t.purpose = 'verify_email' AND t.consumed_at IS NULL)
   ORDER BY created_at DESC, id DESC LIMIT 1)
  ORDER BY is_claim LIMIT 1
), token AS (
  INSERT INTO one_time_tokens (id, user_id, purpose, token_hash, relates_to, expires_at, created_at)
  SELECT $2, id, 'reset_password', $3, email, $4, $5 FROM account
  ON CONFLICT (user_id, purpose) WHERE consumed_at IS NULL
  DO UPDATE SET id = excluded.id, token_hash = excluded.token_hash, relates_to = excluded.relates_to,
                expires_at = excluded.expires_at, created_at = excluded.created_at, attempts = 0
), mail AS (
  INSERT INTO email_outbox (id, template, locale, to_enc, payload_enc, next_at, created_at)
  SELECT $6, $7, coalesce(locale, $8), $9, $10, $5, $5 FROM account ON CONFLICT DO NOTHING
), audit AS ()sql" KS_AUDIT_CTE(
      "$11 || CASE WHEN account.id IS NULL "
      "THEN '{\"outcome\": \"fail\", \"reason\": \"unknown_address\"}'::jsonb "
      "ELSE jsonb_build_object('target_type', 'user', 'target_id', account.id) END",
      "(VALUES (1)) one LEFT JOIN account ON true") R"sql()
SELECT 1)sql";
  SqlParameters parameters;
  parameters.text(reset.email).uuid(reset.tokenId).bytea(reset.tokenHash).time(reset.expires).time(reset.now);
  addMail(parameters, reset.mail).jsonbOrNull(formatAuditJson(reset.audit));
  return {repeatable(kSql), std::move(parameters), readDone};
}

SqlCall<TokenQuestion> sqlCall(const TokenQuestion& question) {
  constexpr const char* kSql = "SELECT " KS_USER_COLUMNS R"sql(, t.expires_at <= $3,
  NOT t.shown AND EXISTS (SELECT FROM factors_on_probation(u.id, t.created_at, $3))
FROM one_time_tokens t JOIN users u ON u.id = t.user_id
WHERE t.token_hash = ANY($1) AND t.purpose = $2 AND t.consumed_at IS NULL AND u.deleted_at IS NULL AND u.email = t.relates_to)sql";
  return {repeatable(kSql),
          std::move(
              SqlParameters().byteaArray(question.possibleHashes).text(question.purpose).time(question.now)),
          [](const SqlRows& rows) {
            if (rows.empty()) {
              return TokenOwner{};
            }
            return rows.row(0).boolean(accountRows::kUserColumns)
                       ? TokenOwner{LinkState::expired, std::nullopt}
                       : TokenOwner{LinkState::good, accountRows::readUser(rows.row(0)),
                                    rows.row(0).boolean(accountRows::kUserColumns + 1)};
          }};
}

// `consumed_by = $2` is this very call repeated. Of a claim with rivals nobody knows who chose its names. The
// gate: as in VerifyEmailToken. A link that an administrator was shown came by no mail, and takes no factor
// away.
SqlCall<ResetPassword> sqlCall(const ResetPassword& reset) {
  constexpr const char* kSql = R"sql(
WITH gate AS MATERIALIZED (
  SELECT pg_advisory_xact_lock(hashtextextended(relates_to, 0)) FROM one_time_tokens
  WHERE token_hash = ANY($1) AND purpose = 'reset_password'
), token AS (
  UPDATE one_time_tokens SET consumed_at = $4, consumed_by = $2
  WHERE (SELECT count(*) FROM gate) > 0 AND token_hash = ANY($1) AND purpose = 'reset_password' AND expires_at > $4 AND (consumed_at IS NULL OR consumed_by = $2)
  RETURNING user_id, relates_to, created_at, shown
), credential AS (
  INSERT INTO password_credentials (user_id, phc, changed_at)
  SELECT u.id, $3, $4 FROM token JOIN users u ON u.id = token.user_id
  WHERE u.deleted_at IS NULL AND u.email = token.relates_to
  ON CONFLICT (user_id) DO UPDATE SET phc = excluded.phc, changed_at = excluded.changed_at, compromised_at = NULL
  RETURNING user_id
), contested AS (
  SELECT u.id AS user_id, u.is_claim AND EXISTS (
    SELECT FROM users rival WHERE rival.email = u.email AND rival.is_claim AND rival.deleted_at IS NULL AND rival.id <> u.id) AS yes
  FROM token JOIN users u ON u.id = token.user_id
), account AS (
  UPDATE users SET email_verified_at = coalesce(users.email_verified_at, $4),
                   status = CASE WHEN users.status = 'pending' THEN 'active' ELSE users.status END,
                   username = CASE WHEN contested.yes THEN NULL ELSE users.username END,
                   display_name = CASE WHEN contested.yes THEN NULL ELSE users.display_name END,
                   password_change_required = false, session_epoch = users.session_epoch + 1,
                   deletion_cancelled_at = CASE WHEN users.deletion_due_at IS NULL THEN users.deletion_cancelled_at ELSE $4 END,
                   deletion_due_at = NULL, updated_at = $4, version = users.version + 1
  FROM credential JOIN contested USING (user_id) WHERE users.id = credential.user_id
  RETURNING users.id, users.deletion_cancelled_at IS NOT DISTINCT FROM $4 AS kept
), taken AS MATERIALIZED (
  SELECT take_factors_on_probation(account.id, token.created_at, $4) AS factors FROM account CROSS JOIN token WHERE NOT token.shown
), ended AS (
  SELECT credential_changed(id, NULL, NULL, $11, 'password_reset', $4) AS id FROM account
), cleared AS (
  DELETE FROM login_throttle t USING account WHERE t.user_id = account.id
), mail AS (
  INSERT INTO email_outbox (id, template, locale, to_enc, payload_enc, next_at, created_at)
  SELECT $5, $6, $7, $8, $9, $4, $4 FROM account ON CONFLICT DO NOTHING
), audit AS ()sql" KS_AUDIT_CTE(
      "$10 || jsonb_build_object('actor_id', account.id, 'target_id', account.id, 'after', "
      "jsonb_build_object('sessions_ended', (SELECT count(*) FROM ended)) || CASE WHEN "
      "coalesce(taken.factors, 0) > 0 "
      "THEN jsonb_build_object('factors_removed', taken.factors) ELSE '{}' END || CASE WHEN account.kept "
      "THEN "
      "'{\"deletion_cancelled\": true}'::jsonb ELSE '{}' END)",
      "account LEFT JOIN taken ON true") R"sql()
SELECT CASE WHEN account.id IS NOT NULL THEN 0
            WHEN EXISTS (SELECT FROM one_time_tokens WHERE token_hash = ANY($1) AND purpose = 'reset_password'
                         AND consumed_at IS NULL AND expires_at <= $4) THEN 2
            ELSE 1 END, account.id, ended.id, coalesce(taken.factors, 0)::bigint
FROM (VALUES (1)) one LEFT JOIN account ON true LEFT JOIN taken ON true LEFT JOIN ended ON true ORDER BY ended.id)sql";
  SqlParameters parameters;
  parameters.byteaArray(reset.possibleHashes).uuid(reset.callId).text(reset.passwordPhc).time(reset.now);
  addMail(parameters, reset.notice).jsonbOrNull(formatAuditJson(reset.audit)).boolean(reset.keepKeys);
  // A claim whose address has come to another account meanwhile.
  return {repeatable(kSql),
          std::move(parameters),
          [](const SqlRows& rows) {
            ResetOutcome outcome;
            outcome.state = static_cast<LinkState>(rows.row(0).int64(0));
            outcome.userId = rows.row(0).optionalUuid(1).value_or(Uuid{});
            outcome.ended = readIds(rows, 2);
            outcome.factorsTaken = static_cast<int>(rows.row(0).int64(3));
            return outcome;
          },
          {"users_email_live", [] { return ResetOutcome{}; }}};
}

SqlCall<FindOwnCredential> sqlCall(const FindOwnCredential& operation) {
  constexpr const char* kSql = "SELECT " KS_USER_COLUMNS R"sql(, coalesce(c.phc, '')
FROM users u LEFT JOIN password_credentials c ON c.user_id = u.id WHERE u.id = $1 AND u.deleted_at IS NULL)sql";
  return {repeatable(kSql), std::move(SqlParameters().uuid(operation.userId)), [](const SqlRows& rows) {
            return readFirst<CredentialRecord>(rows, [](const SqlRow& row) {
              return CredentialRecord{accountRows::readUser(row),
                                      std::string(row.text(accountRows::kUserColumns))};
            });
          }};
}

SqlCall<UpdateProfile> sqlCall(const UpdateProfile& update) {
  constexpr const char* kSql = R"sql(
WITH old AS (
  SELECT display_name, locale, username FROM users WHERE id = $1
), account AS (
  UPDATE users u SET display_name = CASE WHEN $3::text IS NULL THEN u.display_name ELSE nullif($3, '') END,
                     locale = coalesce($4, u.locale),
                     username = CASE WHEN $5::text IS NULL THEN u.username ELSE nullif($5, '')::text END,
                     metadata_public = coalesce($6, u.metadata_public),
                     updated_at = $7, version = u.version + 1
  WHERE u.id = $1 AND u.deleted_at IS NULL AND ($2::int8 IS NULL OR u.version = $2)
  RETURNING )sql" KS_USER_COLUMNS R"sql(
), audit AS ()sql" KS_AUDIT_CTE(
      "$8 || jsonb_build_object('before', to_jsonb(old), 'after', "
      "jsonb_build_object('display_name', account.display_name, 'locale', "
      "account.locale, 'username', account.username, 'metadata_changed', $6 IS NOT NULL))",
      "account CROSS JOIN old") R"sql()
SELECT * FROM account)sql";
  SqlParameters parameters;
  parameters.uuid(update.userId)
      .optionalInt8(update.expectedVersion)
      .optionalText(update.displayName)
      .optionalText(update.locale)
      .optionalText(update.username)
      .jsonbOrNull(update.metadata.value_or(JsonText{}).text)
      .time(update.now)
      .jsonbOrNull(formatAuditJson(update.audit));
  return {once(kSql),
          std::move(parameters),
          [](const SqlRows& rows) {
            ProfileOutcome outcome;
            if (!rows.empty()) {
              outcome = {ProfileOutcome::State::updated, accountRows::readUser(rows.row(0))};
            }
            return outcome;
          },
          {"users_username_live", [] {
             return ProfileOutcome{ProfileOutcome::State::usernameTaken, std::nullopt};
           }}};
}

}  // namespace ks
