#include <utility>

#include "core/logging/eventRows.hpp"
#include "persistence/postgres/account/accountRows.hpp"
#include "persistence/postgres/storageCalls.hpp"
#include "persistence/sql/auditStatements.hpp"
#include "persistence/sql/repositorySteps.hpp"

namespace ks {

using namespace accountRows;

// Each registration of an address makes a claim of it: a row with its own user name, password and link,
// even if the address has an account or is blocked. So a user name is taken from that moment on,
// and no answer to the claim's maker reveals the state of the address; only the link, which goes to its
// owner, does. DO UPDATE writes nothing new: a repeated registration meets its own row.
SqlCall<RegisterAccount> sqlCall(const RegisterAccount& account) {
  constexpr const char* kSql = R"sql(
WITH name_taken AS (
  SELECT FROM users WHERE username = $3 AND deleted_at IS NULL AND id <> $1
), claim AS (
  INSERT INTO users (id, email, username, display_name, locale, status, is_claim, created_at, updated_at, registered_at)
  SELECT $1, $2, $3, $4, $5, 'pending', true, $10, $10, $10 WHERE NOT EXISTS (SELECT FROM name_taken)
  ON CONFLICT (id) DO UPDATE SET id = users.id
  RETURNING id
), owner AS (
  SELECT FROM users WHERE email = $2 AND deleted_at IS NULL AND NOT is_claim AND id <> $1
), allowed AS (
  SELECT id FROM claim WHERE NOT identifier_is_blocked($2, $10)
), open AS (
  SELECT id FROM allowed WHERE NOT EXISTS (SELECT FROM owner)
), credential AS (
  INSERT INTO password_credentials (user_id, phc, changed_at) SELECT id, $6, $10 FROM claim ON CONFLICT DO NOTHING
), role AS (
  INSERT INTO user_roles (user_id, role_id, granted_at)
  SELECT claim.id, roles.id, $10 FROM claim, roles WHERE roles.name = 'user' ON CONFLICT DO NOTHING
), token AS (
  INSERT INTO one_time_tokens (id, user_id, purpose, token_hash, relates_to, expires_at, created_at)
  SELECT $8, id, 'verify_email', $7, $2, $9, $10 FROM open ON CONFLICT DO NOTHING
), mail AS (
  INSERT INTO email_outbox (id, template, locale, to_enc, payload_enc, next_at, created_at)
  SELECT m.id, m.template, m.locale, m.to_enc, m.payload_enc, $10, $10
  FROM allowed JOIN (VALUES (true, $11::uuid, $12::text, $13::text, $14::bytea, $15::bytea),
                            (false, $16::uuid, $17::text, $18::text, $19::bytea, $20::bytea))
       AS m (for_open, id, template, locale, to_enc, payload_enc) ON NOT $22 AND m.for_open = EXISTS (SELECT FROM open)
  ON CONFLICT DO NOTHING
), audit AS ()sql" KS_AUDIT_CTE("$21", "open") R"sql()
SELECT CASE WHEN EXISTS (SELECT FROM name_taken) THEN 2 WHEN EXISTS (SELECT FROM open) THEN 0 ELSE 1 END)sql";
  SqlParameters parameters;
  parameters.uuid(account.userId)
      .text(account.email)
      .textOrNull(account.username)
      .textOrNull(account.displayName)
      .text(account.locale)
      .text(account.passwordPhc)
      .bytea(account.verifyTokenHash)
      .uuid(account.verifyTokenId)
      .time(account.verifyTokenExpires)
      .time(account.now);
  addMail(addMail(parameters, account.verifyMail), account.takenMail)
      .jsonbOrNull(formatAuditJson(account.audit))
      .boolean(account.silent);
  // Two simultaneous registrations of one name: the second violates the index.
  return {repeatable(kSql),
          std::move(parameters),
          [](const SqlRows& rows) { return static_cast<RegisterOutcome>(rows.row(0).int64(0)); },
          {"users_username_live", [] { return RegisterOutcome::usernameTaken; }}};
}

// Two first administrators at once: the role's row serialises them. The second waits for it, then finds a
// version that is not the one of its own snapshot, and does nothing.
SqlCall<CreateAdministrator> sqlCall(const CreateAdministrator& administrator) {
  constexpr const char* kSql = R"sql(
WITH role AS (
  SELECT id, version FROM roles WHERE name = $4::text
), own AS (
  SELECT FROM user_roles JOIN role ON role.id = user_roles.role_id WHERE user_roles.user_id = $1
), gate AS (
  UPDATE roles SET version = roles.version + 1 FROM role
  WHERE roles.id = role.id AND NOT EXISTS (SELECT FROM own)
    AND (NOT $5 OR (roles.version = (SELECT version FROM role) AND NOT EXISTS (
      SELECT FROM user_roles JOIN users ON users.id = user_roles.user_id
      WHERE user_roles.role_id = (SELECT id FROM role) AND users.status = 'active')))
  RETURNING roles.id
), account AS (
  INSERT INTO users (id, email, email_verified_at, status, password_change_required, created_at, updated_at)
  SELECT $1, $2::text, $6, 'active', true, $6, $6 FROM gate
  ON CONFLICT (email) WHERE deleted_at IS NULL AND NOT is_claim DO UPDATE SET email = users.email
  RETURNING id
), fresh AS (
  SELECT id FROM account WHERE id = $1
), credential AS (
  INSERT INTO password_credentials (user_id, phc, changed_at) SELECT id, $3, $6 FROM fresh ON CONFLICT DO NOTHING
), granted AS (
  INSERT INTO user_roles (user_id, role_id, granted_at) SELECT fresh.id, gate.id, $6 FROM fresh, gate ON CONFLICT DO NOTHING
), audit AS ()sql" KS_AUDIT_CTE("$7", "fresh") R"sql()
SELECT CASE WHEN NOT EXISTS (SELECT FROM role) THEN 3
            WHEN EXISTS (SELECT FROM own) OR EXISTS (SELECT FROM fresh) THEN 0
            WHEN EXISTS (SELECT FROM account) THEN 2
            ELSE 1 END)sql";
  SqlParameters parameters;
  parameters.uuid(administrator.userId)
      .text(administrator.email)
      .text(administrator.passwordPhc)
      .text(administrator.role)
      .boolean(administrator.onlyIfNone)
      .time(administrator.now)
      .jsonbOrNull(formatAuditJson(administrator.audit));
  return {repeatable(kSql), std::move(parameters),
          [role = administrator.role](const SqlRows& rows) -> Result<CreateAdministratorOutcome> {
            switch (rows.row(0).int64(0)) {
              case 0:
                return CreateAdministratorOutcome::created;
              case 1:
                return CreateAdministratorOutcome::exists;
              case 2:
                return CreateAdministratorOutcome::emailTaken;
              default:
                return makeFault(ErrorCode::notFound, "there is no role " + role);
            }
          }};
}

// The account and the newest claim of the identifier, if any: see FoundCredential.
SqlCall<FindCredential> sqlCall(const FindCredential& operation) {
  constexpr const char* kSql = "SELECT " KS_USER_COLUMNS R"sql(, coalesce(c.phc, ''), coalesce(claim.phc, '')
FROM (SELECT (
  SELECT kc.phc FROM (
    (SELECT id, created_at FROM users WHERE is_claim AND deleted_at IS NULL AND email = $1::text ORDER BY created_at DESC, id DESC LIMIT 1)
    UNION ALL
    (SELECT id, created_at FROM (SELECT id, created_at, is_claim FROM users WHERE username = $1::text AND deleted_at IS NULL OFFSET 0) named
     WHERE is_claim)) k
  JOIN password_credentials kc ON kc.user_id = k.id ORDER BY k.created_at DESC, k.id DESC LIMIT 1) AS phc) claim
LEFT JOIN users u ON u.deleted_at IS NULL AND NOT u.is_claim AND (u.email = $1::text OR u.username = $1::text)
  AND NOT identifier_is_blocked(u.email, now())
LEFT JOIN password_credentials c ON c.user_id = u.id
ORDER BY u.email IS NOT DISTINCT FROM $1::text DESC LIMIT 1)sql";
  return {repeatable(kSql), std::move(SqlParameters().text(operation.identifier)), [](const SqlRows& rows) {
            FoundCredential found;
            const auto row = rows.row(0);
            if (!row.isNull(0)) {
              found.account = CredentialRecord{readUser(row), std::string(row.text(kUserColumns))};
            }
            found.claimPhc = row.text(kUserColumns + 1);
            return found;
          }};
}

// `consumed_by` means a repetition of this call. The address must still be the one that the token was sent
// to. The gate lets proofs of one address pass one after the other: each has locked its own token when it
// voids the others'.
SqlCall<VerifyEmailToken> sqlCall(const VerifyEmailToken& token) {
  constexpr const char* kSql = R"sql(
WITH gate AS MATERIALIZED (
  SELECT pg_advisory_xact_lock(hashtextextended(relates_to, 0)) FROM one_time_tokens
  WHERE token_hash = ANY($1) AND purpose = 'verify_email'
), token AS (
  UPDATE one_time_tokens SET consumed_at = $2, consumed_by = $4
  WHERE (SELECT count(*) FROM gate) > 0 AND token_hash = ANY($1) AND purpose = 'verify_email' AND (consumed_at IS NULL OR consumed_by = $4) AND expires_at > $2
  RETURNING user_id, relates_to
), account AS (
  UPDATE users SET email_verified_at = coalesce(users.email_verified_at, $2),
                   status = CASE WHEN users.status = 'pending' THEN 'active' ELSE users.status END,
                   updated_at = $2, version = users.version + 1
  FROM token WHERE users.id = token.user_id AND users.deleted_at IS NULL AND users.email = token.relates_to
  RETURNING users.id
), audit AS ()sql" KS_AUDIT_CTE("$3 || jsonb_build_object('actor_id', account.id, 'target_id', account.id)",
                                "account") R"sql()
SELECT CASE WHEN EXISTS (SELECT FROM account) THEN 0
            WHEN EXISTS (SELECT FROM one_time_tokens
                         WHERE token_hash = ANY($1) AND purpose = 'verify_email' AND consumed_at IS NULL AND expires_at <= $2) THEN 2
            ELSE 1 END)sql";
  SqlParameters parameters;
  parameters.byteaArray(token.possibleHashes)
      .time(token.now)
      .jsonbOrNull(formatAuditJson(token.audit))
      .uuid(token.audit.id);
  // Two claims confirmed at the same instant: the second is too late.
  return {repeatable(kSql),
          std::move(parameters),
          [](const SqlRows& rows) { return static_cast<VerifyEmailOutcome>(rows.row(0).int64(0)); },
          {"users_email_live", [] { return VerifyEmailOutcome::invalid; }}};
}

// A single unconfirmed claim gets a new link. If several claim the address, it is unknown whose
// password a link would confirm: its owner gets one to choose a password instead.
SqlCall<RenewVerification> sqlCall(const RenewVerification& renewal) {
  constexpr const char* kSql = R"sql(
WITH account AS (
  SELECT id, email, email_verified_at FROM users WHERE email = $1 AND deleted_at IS NULL AND NOT is_claim
), claims AS (
  SELECT u.id, u.email, count(*) OVER () AS rivals, row_number() OVER (ORDER BY u.created_at DESC, u.id DESC) AS place
  FROM users u JOIN one_time_tokens t ON t.user_id = u.id
  WHERE u.email = $1 AND u.is_claim AND u.deleted_at IS NULL AND NOT EXISTS (SELECT FROM account)
    AND t.purpose = 'verify_email' AND t.consumed_at IS NULL
), token AS (
  INSERT INTO one_time_tokens (id, user_id, purpose, token_hash, relates_to, expires_at, created_at)
  SELECT $2::uuid, id, 'verify_email', $3::bytea, email, $4::timestamptz, $5::timestamptz FROM account
  WHERE email_verified_at IS NULL
  UNION ALL SELECT $2, id, 'verify_email', $3, email, $4, $5 FROM claims WHERE rivals = 1
  UNION ALL SELECT $11::uuid, id, 'reset_password', $12::bytea, email, $13::timestamptz, $5 FROM claims WHERE rivals > 1 AND place = 1
  ON CONFLICT (user_id, purpose) WHERE consumed_at IS NULL
  DO UPDATE SET id = excluded.id, token_hash = excluded.token_hash, relates_to = excluded.relates_to,
                expires_at = excluded.expires_at, created_at = excluded.created_at, attempts = 0
  RETURNING purpose
)
INSERT INTO email_outbox (id, template, locale, to_enc, payload_enc, next_at, created_at)
SELECT m.id, m.template, m.locale, m.to_enc, m.payload_enc, $5, $5
FROM token JOIN (VALUES ('verify_email', $6::uuid, $7::text, $8::text, $9::bytea, $10::bytea),
                        ('reset_password', $14::uuid, $15::text, $16::text, $17::bytea, $18::bytea))
     AS m (purpose, id, template, locale, to_enc, payload_enc) USING (purpose)
ON CONFLICT DO NOTHING)sql";
  SqlParameters parameters;
  parameters.text(renewal.email)
      .uuid(renewal.tokenId)
      .bytea(renewal.tokenHash)
      .time(renewal.expires)
      .time(renewal.now);
  addMail(parameters, renewal.mail).uuid(renewal.resetId).bytea(renewal.resetHash).time(renewal.resetExpires);
  addMail(parameters, renewal.resetMail);
  return {repeatable(kSql), std::move(parameters), readDone};
}

// A hash holds a random salt: `phc = $2` can only be this very call repeated. The epoch makes a sign-in that
// has checked the old password open no session any more.
SqlCall<ChangePassword> sqlCall(const ChangePassword& change) {
  constexpr const char* kSql = R"sql(
WITH credential AS (
  UPDATE password_credentials SET phc = $2, changed_at = $5, compromised_at = NULL
  WHERE user_id = $1 AND phc IN ($2, $3) RETURNING user_id
), account AS (
  UPDATE users SET password_change_required = false, session_epoch = users.session_epoch + 1, updated_at = $5,
                   version = users.version + 1
  FROM credential WHERE users.id = credential.user_id
  RETURNING users.id
), voided AS (
  SELECT void_pending(id, NULL, $5) FROM account WHERE NOT $12
), ended AS (
  SELECT credential_changed(id, $4, NULL, $13, 'password_changed', $5) AS id FROM account WHERE $12
), mail AS (
  INSERT INTO email_outbox (id, template, locale, to_enc, payload_enc, next_at, created_at)
  SELECT $6, $7, $8, $9, $10, $5, $5 FROM credential ON CONFLICT DO NOTHING
), audit AS ()sql" KS_AUDIT_CTE(
      "$11 || jsonb_build_object('after', jsonb_build_object('sessions_ended', "
      "(SELECT count(*) FROM ended)))",
      "credential") R"sql()
SELECT ended.id FROM account LEFT JOIN voided ON true LEFT JOIN ended ON true ORDER BY ended.id)sql";
  SqlParameters parameters;
  parameters.uuid(change.userId)
      .text(change.passwordPhc)
      .text(change.expectedPhc)
      .optionalUuid(change.exceptSession)
      .time(change.now);
  addMail(parameters, change.notice)
      .jsonbOrNull(formatAuditJson(change.audit))
      .boolean(change.endSessions)
      .boolean(change.keepKeys);
  return {repeatable(kSql), std::move(parameters), [](const SqlRows& rows) {
            return rows.empty() ? ChangePasswordOutcome() : ChangePasswordOutcome(readIds(rows));
          }};
}

SqlCall<UpgradePasswordHash> sqlCall(const UpgradePasswordHash& operation) {
  constexpr const char* kSql = "UPDATE password_credentials SET phc = $3 WHERE user_id = $1 AND phc = $2";
  return {repeatable(kSql),
          std::move(SqlParameters().uuid(operation.userId).text(operation.oldPhc).text(operation.newPhc)),
          readDone};
}

}  // namespace ks
