#include "persistence/postgres/administration/userAdministrationStatements.hpp"

#include "persistence/postgres/account/accountRows.hpp"
#include "persistence/sql/auditRows.hpp"

/// Columns of a list's row, read by readListedUser(), from `users u`.
#define KS_LISTED_USER_COLUMNS                                                                     \
  "u.id, u.email::text, u.email_verified_at IS NOT NULL, u.username::text, u.display_name, "       \
  "u.locale, " KS_USER_STATUS                                                                      \
  ", ARRAY(SELECT r.name::text FROM user_roles ur JOIN roles r ON r.id = ur.role_id "              \
  "WHERE ur.user_id = u.id AND (ur.expires_at IS NULL OR ur.expires_at > now()) "                  \
  "ORDER BY r.rank DESC, r.name::text COLLATE \"C\"), u.version, u.external_id, u.status_reason, " \
  "u.suspended_until, u.last_login_at, u.password_change_required, u.created_at, u.updated_at, "   \
  "u.deleted_at, "                                                                                 \
  "EXISTS (SELECT FROM mfa_factors f WHERE f.user_id = u.id AND f.status = 'active')"

namespace ks::userAdministrationStatements {

const SqlStatement kUserSearch{"users.search",
                               "SELECT " KS_LISTED_USER_COLUMNS
                               " FROM user_search($1, $2, $3) WITH ORDINALITY AS found (id, place) "
                               "JOIN users u ON u.id = found.id ORDER BY found.place",
                               true};

const SqlStatement kUserCount{"users.count", "SELECT user_count($1, $2)", true};

const SqlStatement kFindUser{"users.find",
                             "SELECT " KS_LISTED_USER_COLUMNS R"sql(, u.metadata_public, u.metadata_admin,
  (SELECT c.changed_at FROM password_credentials c WHERE c.user_id = u.id),
  (SELECT count(*) FROM sessions s WHERE s.user_id = u.id AND s.revoked_at IS NULL AND s.idle_expires_at > now()
     AND s.absolute_expires_at > now()),
  (SELECT s.ip FROM sessions s WHERE s.user_id = u.id AND s.revoked_at IS NULL ORDER BY s.created_at DESC LIMIT 1),
  u.pending_email::text,
  ARRAY(SELECT f.id::text || ' ' || f.type FROM mfa_factors f WHERE f.user_id = u.id AND f.status = 'active' ORDER BY f.id),
  (SELECT coalesce(max(t.failures), 0)::int8 FROM login_throttle t WHERE t.user_id = u.id),
  (SELECT CASE WHEN max(t.locked_until) = 'infinity' THEN '9999-12-31T23:59:59Z' ELSE max(t.locked_until) END FROM login_throttle t WHERE t.user_id = u.id AND t.locked_until > now())
FROM users u
WHERE u.id = coalesce($1::uuid, (SELECT named.id FROM (
    (SELECT id, is_claim, created_at FROM users WHERE email = $2::text AND NOT is_claim AND deleted_at IS NULL)
    UNION ALL (SELECT id, is_claim, created_at FROM users WHERE email = $2::text AND is_claim AND deleted_at IS NULL
               ORDER BY created_at DESC, id DESC LIMIT 1)
    UNION ALL (SELECT id, is_claim, created_at FROM users WHERE username = $3::text AND deleted_at IS NULL)
    UNION ALL (SELECT id, is_claim, created_at FROM users WHERE external_id = $4 AND deleted_at IS NULL)
  ) named ORDER BY named.is_claim, named.created_at DESC LIMIT 1)))sql",
                             true};

const SqlStatement kChangeUser{
    "users.change",
    "SELECT outcome, ended::text[] FROM user_administer($1, $1::uuid IS NULL, $2, $3, $4, $5, $6, $7)", true};

const SqlStatement kChangeUsers{"users.changeMany",
                                "SELECT target, outcome, ended::text[] FROM user_administer_many($1, "
                                "$1::uuid IS NULL, $2, $3, $4, $5, $6, $7)",
                                true};

const SqlStatement kCreateUser{
    "users.create",
    "SELECT user_create($1, $1::uuid IS NULL, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)", true};

const SqlStatement kGrantSuperadmin{"users.grantSuperadmin",
                                    "SELECT outcome, granted, ended::text[] FROM superadmin_grant($1, "
                                    "$1::uuid IS NULL, $2, $3, $4, $5, $6, $7)",
                                    false};

const SqlStatement kWithdrawSuperadmin{"users.withdrawSuperadmin",
                                       "SELECT superadmin_grant_withdraw($1, $2, $3, $4)", false};

const SqlStatement kSuperadminGrants{
    "users.superadminGrants",
    "SELECT w.user_id, u.email::text, w.kind, w.asked_by, w.reason, w.asked_at, w.expires_at FROM "
    "superadmin_grants_waiting($1) w JOIN users u ON u.id = w.user_id ORDER BY w.asked_at, w.user_id",
    true};

#define KS_ADMIN_SESSIONS                                                                          \
  "SELECT s.id, s.user_id, u.email::text, s.created_at, s.last_seen_at, least(s.idle_expires_at, " \
  "s.absolute_expires_at), s.ip, s.user_agent, s.device_name, s.transport, s.aal FROM sessions s " \
  "JOIN users u ON u.id = s.user_id WHERE s.revoked_at IS NULL AND s.idle_expires_at > $1 "        \
  "AND s.absolute_expires_at > $1 AND ($3::text IS NULL OR s.ip <<= $3::text::inet) "              \
  "AND (s.created_at, s.id) < ($4, $5) "
#define KS_SESSIONS_NEWEST " ORDER BY s.created_at DESC, s.id DESC LIMIT $6"

const SqlStatement kSessions{"users.sessions", KS_ADMIN_SESSIONS "AND $2::uuid IS NULL" KS_SESSIONS_NEWEST,
                             true};
const SqlStatement kSessionsOfUser{"users.sessionsOfUser",
                                   KS_ADMIN_SESSIONS "AND s.user_id = $2" KS_SESSIONS_NEWEST, true};

const SqlStatement kEndChosenSessions{"users.endChosenSessions",
                                      "SELECT chosen, holders::text[], ended::text[] FROM "
                                      "sessions_end_chosen($1, $1::uuid IS NULL, $2, $3, $4, $5, $6)",
                                      false};

const SqlStatement kRoles{
    "users.roles",
    "SELECT r.id, r.name::text, r.description, r.is_system, r.rank, ARRAY(SELECT permission FROM "
    "role_permissions p WHERE p.role_id = r.id ORDER BY 1), (SELECT count(*) FROM (SELECT FROM "
    "user_roles g WHERE g.role_id = r.id LIMIT 10000) few) FROM roles r ORDER BY r.rank DESC, r.name",
    true};

const SqlStatement kPermissions{"users.permissions",
                                "SELECT name, description FROM permissions ORDER BY name", true};

const SqlStatement kChangeRole{"users.changeRole",
                               "SELECT outcome, holders::text[], ended::text[] FROM "
                               "role_administer($1, $1::uuid IS NULL, $2, $3, $4, $5, $6)",
                               true};

const SqlStatement kStartJob{"users.startJob", R"sql(
WITH old AS (DELETE FROM jobs WHERE created_at < $5 - interval '30 days')
INSERT INTO jobs (id, kind, state, created_by, total, created_at, updated_at) VALUES ($1, $2, 'running', $3, $4, $5, $5)
ON CONFLICT DO NOTHING)sql",
                             true};

const SqlStatement kImportUsers{"users.import",
                                "SELECT users_import($1, $1::uuid IS NULL, $2, $3, $4, $5, $6)::text", true};

const SqlStatement kFindJob{"users.findJob", R"sql(
SELECT j.id, j.kind, CASE WHEN j.state = 'running' AND j.updated_at < $2 - interval '1 minute' THEN 'interrupted' ELSE j.state END,
       j.total, count(l.line) FILTER (WHERE l.outcome = 'created'), count(l.line) FILTER (WHERE l.outcome = 'exists'),
       count(l.line) FILTER (WHERE l.outcome = 'failed'), j.created_at, j.updated_at
FROM jobs j LEFT JOIN job_lines l ON l.job_id = j.id WHERE j.id = $1 GROUP BY j.id)sql",
                            true};

const SqlStatement kJobLines{
    "users.jobLines",
    "SELECT line, outcome, user_id, error, field FROM job_lines WHERE job_id = $1 AND line > $2 "
    "ORDER BY line LIMIT $3",
    true};

const SqlStatement kUserActivity{"users.activity",
                                 "SELECT " KS_AUDIT_COLUMNS R"sql( FROM audit_log WHERE seq IN (
  (SELECT seq FROM audit_log WHERE actor_id = $1 AND ($2::int8 IS NULL OR seq < $2) ORDER BY seq DESC LIMIT $3)
  UNION (SELECT seq FROM audit_log WHERE target_id = $1 AND ($2::int8 IS NULL OR seq < $2) ORDER BY seq DESC LIMIT $3))
ORDER BY seq DESC LIMIT $3)sql",
                                 true};

const SqlStatement kUserTotals{"users.totals", R"sql(
SELECT count(*) FILTER (WHERE status = 'pending'), count(*) FILTER (WHERE status = 'active'),
       count(*) FILTER (WHERE status = 'suspended'), count(*) FILTER (WHERE status = 'deleted'),
       (SELECT count(*) FROM sessions WHERE revoked_at IS NULL AND idle_expires_at > $2 AND absolute_expires_at > $2),
       (SELECT count(*) FROM users WHERE coalesce(last_login_at, 'epoch'::timestamptz) >= $1)
FROM users)sql",
                               true};

const SqlStatement kSignInCounts{"users.signInCounts", R"sql(
SELECT date_bin($3 * interval '1 second', at, $1), count(*) FILTER (WHERE action = 'auth.login' AND outcome = 'ok'),
       count(*) FILTER (WHERE action = 'auth.login' AND outcome <> 'ok'), count(*) FILTER (WHERE action = 'auth.register' AND outcome = 'ok')
FROM audit_log WHERE at >= $1 AND at < $2 AND action IN ('auth.login', 'auth.register') GROUP BY 1 ORDER BY 1)sql",
                                 true};

}  // namespace ks::userAdministrationStatements
