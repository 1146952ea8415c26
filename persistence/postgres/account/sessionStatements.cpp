#include "persistence/postgres/account/accountStatements.hpp"
#include "persistence/sql/auditStatements.hpp"

/// The columns of a SessionRecord without its user, read by readSession(), from `sessions s`.
#define KS_SESSION_COLUMNS                                                                               \
  "s.id, s.user_id, s.refresh_key_enc, s.aal, s.amr, s.created_at, s.idle_expires_at, "                  \
  "s.absolute_expires_at, s.ip, s.user_agent, s.device_name, s.device_hash, s.transport, "               \
  "s.refresh_counter, s.refreshed_at, s.last_seen_at, s.revoked_at, s.revoke_reason, "                   \
  "s.impersonator_id, s.device_changed_at, "                                                             \
  "CASE WHEN s.impersonator_id IS NULL THEN true ELSE user_may(s.impersonator_id, 'users:impersonate', " \
  "now()) END"

namespace ks::accountStatements {

// No row: there is no such account, or its sessions have been ended since the password was checked. Waiting
// for the row of a user whose password is just being changed, the update looks at the new epoch.
const SqlStatement kOpenSession{"session.open", R"sql(
WITH account AS (
  UPDATE users SET last_login_at = greatest(users.last_login_at, $6), deletion_due_at = NULL,
                   deletion_cancelled_at = CASE WHEN deletion_due_at IS NULL THEN deletion_cancelled_at ELSE $6 END
  WHERE id = $2 AND session_epoch = $15
    AND (status = 'active' OR (status = 'suspended' AND suspended_until <= $6 AND email_verified_at IS NOT NULL))
  RETURNING id
), opened AS (
  INSERT INTO sessions (id, user_id, refresh_key_enc, aal, amr, auth_time, created_at, last_seen_at, idle_expires_at,
                        absolute_expires_at, ip, user_agent, device_name, device_hash, transport)
  SELECT $1, id, $3, $4, $5, $6, $6, $6, $7, $8, $9, $10, $11, $12, $13 FROM account ON CONFLICT (id) DO NOTHING
), audit AS ()sql" KS_AUDIT_CTE("$14", "account") R"sql()
SELECT id FROM account)sql",
                                true};

const SqlStatement kFindSession{"session.find",
                                "SELECT " KS_USER_COLUMNS ", " KS_SESSION_COLUMNS
                                " FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = $1",
                                true};

const SqlStatement kListSessions{
    "session.list",
    "SELECT " KS_USER_COLUMNS ", " KS_SESSION_COLUMNS
    " FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.user_id = $1 AND s.revoked_at IS NULL "
    "AND s.idle_expires_at > $2 AND s.absolute_expires_at > $2 ORDER BY s.created_at DESC, s.id DESC LIMIT "
    "100",
    true};

// Repeated after a lost answer it finds the counter one further and answers "not the expected one"; the
// caller then looks the session up, as it must when another of the user's tabs was faster, and gives out the
// same next token.
const SqlStatement kAdvanceRefresh{"session.advanceRefresh", R"sql(
UPDATE sessions SET refresh_counter = refresh_counter + 1, refreshed_at = $3, last_seen_at = $3, idle_expires_at = $4,
                    ip = coalesce($5, ip), user_agent = coalesce($6, user_agent)
WHERE id = $1 AND refresh_counter = $2 AND revoked_at IS NULL AND idle_expires_at > $3 AND absolute_expires_at > $3
RETURNING id)sql",
                                   true};

// `revoked_at = $4` with the same reason is this very call repeated: its sessions must be told again, or
// their fast copies live on.
const SqlStatement kRevokeSessions{
    "session.revoke",
    R"sql(
WITH chosen AS (
  UPDATE sessions SET revoked_at = $4, revoke_reason = $5
  WHERE user_id = $1 AND id = $2
    AND ((revoked_at IS NULL AND idle_expires_at > $4 AND absolute_expires_at > $4) OR (revoked_at = $4 AND revoke_reason = $5))
  RETURNING id
), every AS (
  SELECT end_access($1, $3, $7, $5, $4) AS id WHERE $2::uuid IS NULL
), ended AS MATERIALIZED (
  SELECT id FROM chosen UNION ALL SELECT id FROM every
), audit AS ()sql" KS_AUDIT_CTE("$6",
                                "(SELECT WHERE $2::uuid IS NULL OR EXISTS (SELECT FROM ended)) one") R"sql()
SELECT id FROM ended)sql",
    true};

}  // namespace ks::accountStatements
