#pragma once
#include "persistence/sql/sqlStatement.hpp"

// What retention deletes where whole partitions do not do it: $1 is the time before which rows go.
namespace ks {

inline const SqlStatement kCleanViolationDefault{
    "collector.cleanViolationDefault", "DELETE FROM rate_limit_violation_default WHERE timestamp < $1"};
inline const SqlStatement kCleanRowDefault{"collector.cleanRowDefault",
                                           "DELETE FROM metric_snapshot_default WHERE timestamp < $1"};
inline const SqlStatement kCleanMinuteDefault{
    "collector.cleanMinuteDefault", "DELETE FROM metric_rollup_minute_default WHERE bucket_start < $1"};
inline const SqlStatement kCleanHours{"collector.cleanHours",
                                      "DELETE FROM metric_rollup_hour WHERE hour_start < $1"};
inline const SqlStatement kCleanTokens{"collector.cleanTokens",
                                       "DELETE FROM violation_drain WHERE stored_at < $1"};
inline const SqlStatement kCleanBadLines{"collector.cleanBadLines", "DELETE FROM log_bad_line WHERE at < $1"};
inline const SqlStatement kCleanHealthDefault{"collector.cleanHealthDefault",
                                              "DELETE FROM system_health_snapshot_default WHERE at < $1"};
inline const SqlStatement kCleanActivityDefault{
    "collector.cleanActivityDefault", "DELETE FROM suspicious_activity_default WHERE timestamp < $1"};
inline const SqlStatement kCleanBans{"collector.cleanBans", "DELETE FROM ip_ban WHERE expires_at < $1"};
inline const SqlStatement kCleanLogDefault{"collector.cleanLogDefault",
                                           "DELETE FROM system_log_default WHERE timestamp < $1"};
inline const SqlStatement kCleanLinks{"collector.cleanLinks",
                                      "DELETE FROM one_time_tokens WHERE expires_at < $1"};
/// Counts are worth nothing after a day. What is locked for good stays long, whether there is such an account
/// or not: to forget the one and not the other would tell them apart.
inline const SqlStatement kCleanThrottle{
    "collector.cleanThrottle",
    "DELETE FROM login_throttle WHERE last_at < $1 "
    "AND (locked_until IS DISTINCT FROM 'infinity' OR last_at < $1 - interval '400 days')"};
/// They are over for the account side long before (AuthPolicy::pendingFactorLife).
inline const SqlStatement kCleanPendingFactors{
    "collector.cleanPendingFactors", "DELETE FROM mfa_factors WHERE status = 'pending' AND created_at < $1"};
inline const SqlStatement kCleanAttempts{"collector.cleanAttempts",
                                         "DELETE FROM attempt_window WHERE ends_at < $1"};
inline const SqlStatement kCleanEmailChanges{
    "collector.cleanEmailChanges",
    "WITH account AS (UPDATE users SET pending_email = NULL, version = version + 1 FROM email_changes c "
    "WHERE users.id = c.user_id AND c.state = 'open' AND c.undo_expires_at < $1) "
    "DELETE FROM email_changes WHERE undo_expires_at < $1"};
inline const SqlStatement kCleanChallenges{"collector.cleanChallenges",
                                           "DELETE FROM mfa_challenges WHERE expires_at < $1"};
inline const SqlStatement kCleanGrants{"collector.cleanGrants",
                                       "DELETE FROM superadmin_grants WHERE expires_at < $1"};
/// One process at a time; the session of the database lets go of it when it ends.
inline const SqlStatement kLockAccounts{
    "collector.lockAccounts", "SELECT pg_try_advisory_lock(hashtextextended('retention.accounts', 0))"};
inline const SqlStatement kUnlockAccounts{
    "collector.unlockAccounts", "SELECT pg_advisory_unlock(hashtextextended('retention.accounts', 0))"};
/// $1 ended before, $2 ids above, $3 most rows to look at, $4 ids below (of the time $1: no younger session
/// can be over); gives how many went, how many were looked at and the last of them. Ids are in the order of
/// time, so that those which have ended come first; an index on their end would cost every refresh more than
/// it is worth here.
inline const SqlStatement kCleanSessions{"collector.cleanSessions", R"sql(
WITH page AS (
  SELECT id, revoked_at < $1 OR least(idle_expires_at, absolute_expires_at) < $1 AS over FROM sessions
  WHERE id > $2 AND id < $4 ORDER BY id LIMIT $3
), gone AS (
  DELETE FROM sessions USING page WHERE sessions.id = page.id AND page.over RETURNING sessions.id
)
SELECT (SELECT count(*) FROM gone)::int8, (SELECT count(*) FROM page)::int8, (SELECT id FROM page ORDER BY id DESC LIMIT 1))sql"};
/// $1 registered before, $2 now, $3 most rows; gives how many went. One with a link that is still good, be it
/// asked for again lately or sent by an administrator, waits.
inline const SqlStatement kCleanRegistrations{"collector.cleanRegistrations", R"sql(
WITH gone AS (
  DELETE FROM users WHERE id IN (
    SELECT u.id FROM users u WHERE u.registered_at < $1 AND u.status = 'pending' AND u.email_verified_at IS NULL
      AND NOT EXISTS (SELECT FROM one_time_tokens t WHERE t.user_id = u.id AND t.consumed_at IS NULL AND t.expires_at > $2)
    ORDER BY u.registered_at LIMIT $3 FOR UPDATE SKIP LOCKED)
  RETURNING id
)
SELECT count(*)::int8 FROM gone)sql"};
inline const SqlStatement kCleanFiles{"collector.cleanFiles",
                                      "DELETE FROM log_file WHERE state = 'done' AND updated_at < $1"};
inline const SqlStatement kSummarize{"collector.summarize", "SELECT monitoring_summarize()"};

}  // namespace ks
