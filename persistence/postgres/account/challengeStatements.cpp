#include "persistence/postgres/account/accountStatements.hpp"
#include "persistence/postgres/account/factorStatements.hpp"
#include "persistence/sql/auditStatements.hpp"

namespace ks::factorStatements {

// The account's old challenges go on the way, so that the table stays small.
const SqlStatement kOpenChallenge{"factor.openChallenge", R"sql(
WITH old AS (
  DELETE FROM mfa_challenges WHERE user_id = $2 AND (expires_at <= $5 OR consumed_at IS NOT NULL)
), opened AS (
  INSERT INTO mfa_challenges (id, user_id, kind, token_hash, payload_enc, created_at, expires_at, session_epoch)
  VALUES ($1, $2, 'login', $3, $4, $5, $6, $8) ON CONFLICT (id) DO NOTHING
), audit AS ()sql" KS_AUDIT_CTE("$7", "(SELECT 1) one") R"sql()
SELECT )sql" KS_RECOVERY_CODES_LEFT("$2"),
                                  true};

// An attempt counts against its challenge before the code is looked at, so that no number of parallel
// guesses passes the limit.
const SqlStatement kBeginChallengeAttempt{"factor.beginChallengeAttempt",
                                          R"sql(
WITH charged AS (
  UPDATE mfa_challenges SET attempts = attempts + 1
  WHERE token_hash = ANY($1) AND consumed_at IS NULL AND expires_at > $2 AND attempts < $3
  RETURNING id, user_id, payload_enc
)
SELECT )sql" KS_USER_COLUMNS ", charged.id, charged.payload_enc, " KS_RECOVERY_CODES_LEFT(
                                              "u.id") ", " KS_FACTOR_COLUMNS R"sql(,
       EXISTS (SELECT FROM mfa_challenges WHERE token_hash = ANY($1) AND consumed_at IS NULL AND expires_at > $2)
FROM (SELECT 1) one LEFT JOIN charged ON true LEFT JOIN users u ON u.id = charged.user_id
     LEFT JOIN mfa_factors f ON f.user_id = u.id AND f.type = 'totp' AND f.status = 'active')sql"};

// The challenge is locked first: one that is over takes no code. A step of time is taken by moving
// last_used_step, a recovery code by used_at; without one of them the challenge stays as it is.
const SqlStatement kCompleteChallenge{"factor.completeChallenge", R"sql(
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
            ELSE 1 END)sql"};

const SqlStatement kTakeProof{"factor.takeProof", R"sql(
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
            ELSE 1 END)sql"};

// The caller's session is locked first: of two replacements at once the second finds it over.
const SqlStatement kReplaceSession{"factor.replaceSession", R"sql(
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
SELECT CASE WHEN EXISTS (SELECT FROM ended) THEN 0 WHEN EXISTS (SELECT FROM caller) THEN 2 ELSE 3 END)sql"};

}  // namespace ks::factorStatements
