#include <utility>

#include "core/logging/eventRows.hpp"
#include "persistence/postgres/account/accountRows.hpp"
#include "persistence/postgres/account/factorRows.hpp"
#include "persistence/postgres/storageCalls.hpp"
#include "persistence/sql/auditStatements.hpp"
#include "persistence/sql/repositorySteps.hpp"

namespace ks {
namespace {

AttemptRecord readAttempt(const SqlRows& rows) {
  AttemptRecord record;
  if (rows.empty()) {
    return record;
  }
  const SqlRow row = rows.row(0);
  int column = accountRows::kUserColumns;
  if (row.isNull(column)) {
    const bool usedUp = row.boolean(column + 3 + kFactorColumns);
    record.outcome = usedUp ? AttemptOutcome::challengeUsedUp : AttemptOutcome::noChallenge;
    return record;
  }
  record.outcome = AttemptOutcome::counted;
  record.user = accountRows::readUser(row);
  record.challengeId = row.uuid(column++);
  record.payloadSealed = row.byteaOrEmpty(column++);
  record.recoveryCodesLeft = static_cast<int>(row.int64(column++));
  if (!row.isNull(column)) {
    record.factor = readFactor(row, column);
  }
  return record;
}

ProofOutcome readProofOutcome(const SqlRows& rows) { return static_cast<ProofOutcome>(rows.row(0).int64(0)); }

SqlParameters& addProof(SqlParameters& parameters, const FactorProof& proof) {
  parameters.optionalUuid(proof.factorId);
  return parameters.int8(proof.step);
}

}  // namespace

// Also deletes the account's old challenges, so the table stays small.
SqlCall<NewChallenge> sqlCall(const NewChallenge& challenge) {
  constexpr const char* kSql = R"sql(
WITH old AS (
  DELETE FROM mfa_challenges WHERE user_id = $2 AND (expires_at <= $5 OR consumed_at IS NOT NULL)
), opened AS (
  INSERT INTO mfa_challenges (id, user_id, kind, token_hash, payload_enc, created_at, expires_at, session_epoch)
  VALUES ($1, $2, 'login', $3, $4, $5, $6, $8) ON CONFLICT (id) DO NOTHING
), audit AS ()sql" KS_AUDIT_CTE("$7", "(SELECT 1) one") R"sql()
SELECT )sql" KS_RECOVERY_CODES_LEFT("$2");
  SqlParameters parameters;
  parameters.uuid(challenge.id)
      .uuid(challenge.userId)
      .bytea(challenge.tokenHash)
      .bytea(challenge.payloadSealed)
      .time(challenge.now)
      .time(challenge.expires)
      .jsonbOrNull(formatAuditJson(challenge.audit))
      .int8(challenge.sessionEpoch);
  return {repeatable(kSql), std::move(parameters), readCount};
}

// An attempt counts against its challenge before the code is looked at, so that no number of parallel
// guesses passes the limit.
SqlCall<BeginChallengeAttempt> sqlCall(const BeginChallengeAttempt& attempt) {
  constexpr const char* kSql =
      R"sql(
WITH charged AS (
  UPDATE mfa_challenges SET attempts = attempts + 1
  WHERE token_hash = ANY($1) AND consumed_at IS NULL AND expires_at > $2 AND attempts < $3
  RETURNING id, user_id, payload_enc
)
SELECT )sql" KS_USER_COLUMNS
      ", charged.id, charged.payload_enc, " KS_RECOVERY_CODES_LEFT("u.id") ", " KS_FACTOR_COLUMNS R"sql(,
       EXISTS (SELECT FROM mfa_challenges WHERE token_hash = ANY($1) AND consumed_at IS NULL AND expires_at > $2)
FROM (SELECT 1) one LEFT JOIN charged ON true LEFT JOIN users u ON u.id = charged.user_id
     LEFT JOIN mfa_factors f ON f.user_id = u.id AND f.type = 'totp' AND f.status = 'active')sql";
  SqlParameters parameters;
  parameters.byteaArray(attempt.possibleHashes).time(attempt.now).int4(attempt.perChallenge);
  return {once(kSql), std::move(parameters), readAttempt};
}

// The challenge is locked first: an ended one accepts no code. A step of time is taken by moving
// last_used_step, a recovery code by used_at; without one of them the challenge stays as it is.
SqlCall<CompleteChallenge> sqlCall(const CompleteChallenge& completion) {
  constexpr const char* kSql = R"sql(
WITH held AS MATERIALIZED (
  SELECT id FROM mfa_challenges WHERE id = $14 AND user_id = $2 AND consumed_at IS NULL AND expires_at > $6 FOR UPDATE
), step AS (
  UPDATE mfa_factors SET last_used_step = $16, last_used_at = $6
  WHERE id = $15 AND user_id = $2 AND status = 'active' AND last_used_step < $16 AND EXISTS (SELECT FROM held)
  RETURNING id
), code AS (
  UPDATE recovery_codes SET used_at = $6
  WHERE user_id = $2 AND code_hash = $17 AND used_at IS NULL AND EXISTS (SELECT FROM held)
    AND set_id = (SELECT set_id FROM recovery_sets WHERE user_id = $2)
  RETURNING id
), challenge AS (
  UPDATE mfa_challenges SET consumed_at = $6 FROM held
  WHERE mfa_challenges.id = held.id AND (EXISTS (SELECT FROM step) OR EXISTS (SELECT FROM code))
  RETURNING mfa_challenges.id, session_epoch
), account AS (
  UPDATE users SET last_login_at = greatest(users.last_login_at, $6), deletion_due_at = NULL,
                   deletion_cancelled_at = CASE WHEN deletion_due_at IS NULL THEN deletion_cancelled_at ELSE $6 END
  FROM challenge
  WHERE users.id = $2 AND users.session_epoch = challenge.session_epoch
    AND (users.status = 'active'
         OR (users.status = 'suspended' AND users.suspended_until <= $6 AND users.email_verified_at IS NOT NULL))
  RETURNING users.id
), opened AS ()sql" KS_INSERT_SESSION("account") R"sql(
), settled AS (
  DELETE FROM login_throttle USING account WHERE login_throttle.key = $24
), mail AS (
  INSERT INTO email_outbox (id, template, locale, to_enc, payload_enc, next_at, created_at)
  SELECT $18, $19, $20, $21, $22, $6, $6 FROM account WHERE $18::uuid IS NOT NULL ON CONFLICT DO NOTHING
), audit AS ()sql" KS_AUDIT_CTE("$23", "account") R"sql()
SELECT CASE WHEN EXISTS (SELECT FROM account) THEN 0
            WHEN EXISTS (SELECT FROM step) OR EXISTS (SELECT FROM code) OR NOT EXISTS (SELECT FROM held) THEN 3
            WHEN $15::uuid IS NOT NULL
              OR EXISTS (SELECT FROM recovery_codes WHERE user_id = $2 AND code_hash = $17) THEN 2
            ELSE 1 END)sql";
  SqlParameters parameters;
  addSession(parameters, completion.session).uuid(completion.challengeId);
  addProof(parameters, completion.proof).byteaOrNull(completion.proof.recoveryHash);
  addMail(parameters, completion.notice)
      .jsonbOrNull(formatAuditJson(completion.audit))
      .bytea(completion.guessKey);
  return {once(kSql), std::move(parameters), readProofOutcome};
}

SqlCall<TakeProof> sqlCall(const TakeProof& take) {
  constexpr const char* kSql = R"sql(
WITH step AS (
  UPDATE mfa_factors SET last_used_step = $3, last_used_at = $5
  WHERE id = $2 AND user_id = $1 AND status = 'active' AND last_used_step < $3
  RETURNING id
), code AS (
  UPDATE recovery_codes SET used_at = $5
  WHERE user_id = $1 AND code_hash = $4 AND used_at IS NULL
    AND set_id = (SELECT set_id FROM recovery_sets WHERE user_id = $1)
  RETURNING id
), taken AS (
  SELECT id FROM step UNION ALL SELECT id FROM code
), settled AS (
  DELETE FROM login_throttle USING taken WHERE login_throttle.key = $6
), audit AS ()sql" KS_AUDIT_CTE("$7", "taken") R"sql()
SELECT CASE WHEN EXISTS (SELECT FROM taken) THEN 0
            WHEN $2::uuid IS NOT NULL
              OR EXISTS (SELECT FROM recovery_codes WHERE user_id = $1 AND code_hash = $4) THEN 2
            ELSE 1 END)sql";
  SqlParameters parameters;
  parameters.uuid(take.userId);
  addProof(parameters, take.proof)
      .byteaOrNull(take.proof.recoveryHash)
      .time(take.now)
      .bytea(take.guessKey)
      .jsonbOrNull(formatAuditJson(take.audit));
  return {once(kSql), std::move(parameters), readProofOutcome};
}

// The caller's session is locked first: of two replacements at once the second finds it over.
SqlCall<ReplaceSession> sqlCall(const ReplaceSession& replacement) {
  constexpr const char* kSql = R"sql(
WITH caller AS MATERIALIZED (
  SELECT id FROM sessions
  WHERE id = $14 AND user_id = $2 AND revoked_at IS NULL AND idle_expires_at > $6 AND absolute_expires_at > $6
  FOR UPDATE
), step AS (
  UPDATE mfa_factors SET last_used_step = $16, last_used_at = $6
  WHERE id = $15 AND user_id = $2 AND status = 'active' AND last_used_step < $16 AND EXISTS (SELECT FROM caller)
  RETURNING id
), ended AS (
  UPDATE sessions SET revoked_at = $6, revoke_reason = 'reauthenticated' FROM caller
  WHERE sessions.id = caller.id AND ($15::uuid IS NULL OR EXISTS (SELECT FROM step))
  RETURNING sessions.id
), opened AS ()sql" KS_INSERT_SESSION("ended") R"sql(
), settled AS (
  DELETE FROM login_throttle USING ended WHERE login_throttle.key = $18
), audit AS ()sql" KS_AUDIT_CTE("$17", "ended") R"sql()
SELECT CASE WHEN EXISTS (SELECT FROM ended) THEN 0 WHEN EXISTS (SELECT FROM caller) THEN 2 ELSE 3 END)sql";
  SqlParameters parameters;
  addSession(parameters, replacement.session).uuid(replacement.oldSession);
  addProof(parameters, replacement.proof.value_or(FactorProof{}))
      .jsonbOrNull(formatAuditJson(replacement.audit))
      .bytea(replacement.guessKey);
  return {once(kSql), std::move(parameters), readProofOutcome};
}

}  // namespace ks
