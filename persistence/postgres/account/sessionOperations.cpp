#include <algorithm>
#include <utility>

#include "core/logging/eventRows.hpp"
#include "persistence/postgres/account/accountRows.hpp"
#include "persistence/postgres/storageCalls.hpp"
#include "persistence/sql/auditStatements.hpp"
#include "persistence/sql/repositorySteps.hpp"

/// The columns of a SessionRecord without its user, read by readSession(), from `sessions s`.
#define KS_SESSION_COLUMNS                                                                               \
  "s.id, s.user_id, s.refresh_key_enc, s.aal, s.amr, s.created_at, s.idle_expires_at, "                  \
  "s.absolute_expires_at, s.ip, s.user_agent, s.device_name, s.device_hash, s.transport, "               \
  "s.refresh_counter, s.refreshed_at, s.last_seen_at, s.revoked_at, s.revoke_reason, "                   \
  "s.impersonator_id, s.device_changed_at, "                                                             \
  "CASE WHEN s.impersonator_id IS NULL THEN true ELSE user_may(s.impersonator_id, 'users:impersonate', " \
  "now()) END"

namespace ks {

using namespace accountRows;

namespace {

/// KS_USER_COLUMNS, then KS_SESSION_COLUMNS.
SessionRecord readSession(const SqlRow& row) {
  SessionRecord record;
  record.user = readUser(row);
  int column = kUserColumns;
  NewSession& session = record.session;
  session.id = row.uuid(column++);
  session.userId = row.uuid(column++);
  session.refreshKeySealed = row.bytea(column++);
  session.assuranceLevel = static_cast<int>(row.int64(column++));
  session.methods = row.textArray(column++);
  session.createdAt = row.time(column++);
  session.idleExpiresAt = row.time(column++);
  session.absoluteExpiresAt = row.time(column++);
  session.ip = row.inetOrEmpty(column++);
  session.userAgent = row.textOrEmpty(column++);
  session.deviceName = row.textOrEmpty(column++);
  session.deviceHash = row.byteaOrEmpty(column++);
  session.transport = row.text(column++);
  record.refreshCounter = row.int64(column++);
  record.refreshedAt = row.optionalTime(column++);
  record.lastSeenAt = row.time(column++);
  record.revokedAt = row.optionalTime(column++);
  record.revokeReason = row.textOrEmpty(column++);
  session.impersonatorId = row.optionalUuid(column++);
  record.deviceChangedAt = row.optionalTime(column++);
  record.impersonatorMay = row.boolean(column++);
  return record;
}

std::vector<SessionRecord> readSessions(const SqlRows& rows) {
  return readAll<SessionRecord>(rows, readSession);
}

}  // namespace

// No row: there is no such account, or its sessions have been ended since the password was checked. Waiting
// for the row of a user whose password is just being changed, the update looks at the new epoch.
SqlCall<OpenSession> sqlCall(const OpenSession& opening) {
  constexpr const char* kSql = R"sql(
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
SELECT id FROM account)sql";
  SqlParameters parameters;
  addSession(parameters, opening.session)
      .jsonbOrNull(formatAuditJson(opening.audit))
      .int8(opening.sessionEpoch);
  return {repeatable(kSql), std::move(parameters), [](const SqlRows& rows) -> Result<Done> {
            if (rows.empty()) {
              return makeFault(ErrorCode::invalidCredentials, "no active account of this epoch");
            }
            return Done{};
          }};
}

SqlCall<FindSession> sqlCall(const FindSession& operation) {
  constexpr const char* kSql = "SELECT " KS_USER_COLUMNS ", " KS_SESSION_COLUMNS
                               " FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = $1";
  return {repeatable(kSql), std::move(SqlParameters().uuid(operation.sessionId)),
          [](const SqlRows& rows) { return readFirst<SessionRecord>(rows, readSession); }};
}

SqlCall<ListSessions> sqlCall(const ListSessions& operation) {
  constexpr const char* kSql =
      "SELECT " KS_USER_COLUMNS ", " KS_SESSION_COLUMNS
      " FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.user_id = $1 AND s.revoked_at IS NULL "
      "AND s.idle_expires_at > $2 AND s.absolute_expires_at > $2 ORDER BY s.created_at DESC, s.id DESC LIMIT "
      "100";
  return {repeatable(kSql), std::move(SqlParameters().uuid(operation.userId).time(operation.now)),
          readSessions};
}

// Repeated after a lost answer it finds the counter one further and answers "not the expected one"; the
// caller then looks the session up, as it must when another of the user's tabs was faster, and gives out the
// same next token.
SqlCall<AdvanceRefresh> sqlCall(const AdvanceRefresh& advance) {
  constexpr const char* kSql = R"sql(
UPDATE sessions SET refresh_counter = refresh_counter + 1, refreshed_at = $3, last_seen_at = $3, idle_expires_at = $4,
                    ip = coalesce($5, ip), user_agent = coalesce($6, user_agent)
WHERE id = $1 AND refresh_counter = $2 AND revoked_at IS NULL AND idle_expires_at > $3 AND absolute_expires_at > $3
RETURNING id)sql";
  SqlParameters parameters;
  parameters.uuid(advance.sessionId)
      .int8(advance.expectedCounter)
      .time(advance.now)
      .time(advance.idleExpiresAt)
      .inetOrNull(advance.ip)
      .textOrNull(advance.userAgent);
  return {repeatable(kSql), std::move(parameters), readAnyRow};
}

// `revoked_at = $4` with the same reason means a repetition of this call: its sessions must be announced
// again, or their cached copies stay.
SqlCall<RevokeSessions> sqlCall(const RevokeSessions& revocation) {
  constexpr const char* kSql = R"sql(
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
SELECT id FROM ended)sql";
  SqlParameters parameters;
  parameters.uuid(revocation.userId)
      .optionalUuid(revocation.only)
      .optionalUuid(revocation.except)
      .time(revocation.now)
      .text(revocation.reason)
      .jsonbOrNull(formatAuditJson(revocation.audit))
      .boolean(revocation.keepKeys);
  return {repeatable(kSql), std::move(parameters), [](const SqlRows& rows) {
            auto ids = readIds(rows);
            std::sort(ids.begin(), ids.end());
            return ids;
          }};
}

}  // namespace ks
