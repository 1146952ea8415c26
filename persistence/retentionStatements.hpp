#pragma once
#include "persistence/sqlStatement.hpp"

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
inline const SqlStatement kCleanAttempts{"collector.cleanAttempts",
                                         "DELETE FROM attempt_window WHERE ends_at < $1"};
inline const SqlStatement kCleanEmailChanges{
    "collector.cleanEmailChanges",
    "WITH account AS (UPDATE users SET pending_email = NULL, version = version + 1 FROM email_changes c "
    "WHERE users.id = c.user_id AND c.state = 'open' AND c.undo_expires_at < $1) "
    "DELETE FROM email_changes WHERE undo_expires_at < $1"};
/// $2 most rows; gives how many went. Keeps what is left of the chain verifiable.
inline const SqlStatement kRetainAudit{"collector.retainAudit", "SELECT audit_retain($1, $2)::int8"};
inline const SqlStatement kCleanFiles{"collector.cleanFiles",
                                      "DELETE FROM log_file WHERE state = 'done' AND updated_at < $1"};
inline const SqlStatement kSummarize{
    "collector.summarize",
    "SELECT coalesce(sum(brin_summarize_new_values(i.indexrelid)), 0)::int8 FROM pg_index i "
    "JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_inherits h ON h.inhrelid = i.indrelid "
    "JOIN pg_am a ON a.oid = c.relam WHERE h.inhparent = 'metric_snapshot'::regclass AND a.amname = 'brin'"};

}  // namespace ks
