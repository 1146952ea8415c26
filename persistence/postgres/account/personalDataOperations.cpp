#include <utility>

#include "core/logging/eventRows.hpp"
#include "persistence/personalDataRules.hpp"
#include "persistence/postgres/storageCalls.hpp"
#include "persistence/sql/auditStatements.hpp"
#include "persistence/sql/repositorySteps.hpp"

namespace ks {
namespace {

DataExport readExport(const SqlRow& row) {
  return {row.uuid(0), row.time(1), row.optionalTime(2), row.time(3)};
}

OwnActivityPage readActivityPage(const OwnActivityQuery& query, const SqlRows& rows) {
  OwnActivityPage page;
  for (int i = 0; i < rows.size(); ++i) {
    if (page.rows.size() == query.limit) {
      page.nextCursor = personalDataRules::activityCursor(query.userId, rows.row(i - 1).int64(0));
      break;
    }
    const auto row = rows.row(i);
    page.rows.push_back({row.uuid(1), row.time(2), std::string{row.text(3)}, std::string{row.text(4)},
                         row.textOrEmpty(5), std::string{row.text(6)}, row.textOrEmpty(7),
                         row.textOrEmpty(8)});
  }
  return page;
}

}  // namespace

SqlCall<OwnActivityQuery> sqlCall(const OwnActivityQuery& query) {
  constexpr const char* kSql =
      "SELECT seq, id, at, action, outcome, reason, by, ip, user_agent FROM own_activity "
      "WHERE account = $1 AND ($2::int8 IS NULL OR seq < $2) ORDER BY seq DESC LIMIT $3";
  if (auto fault = personalDataRules::checkActivityQuery(query)) {
    return std::move(*fault);
  }
  SqlParameters parameters;
  parameters.text(query.userId.toString())
      .optionalInt8(personalDataRules::activityBefore(query))
      .int8(static_cast<std::int64_t>(query.limit) + 1);
  return {repeatable(kSql), std::move(parameters),
          [query](const SqlRows& rows) { return readActivityPage(query, rows); }};
}

// Always DO UPDATE, so that an order which another statement has just made is given back too.
SqlCall<OrderDataExport> sqlCall(const OrderDataExport& order) {
  constexpr const char* kSql = R"sql(
WITH made AS (
  INSERT INTO personal_data_exports AS old (id, user_id, claimed_until, created_at, expires_at)
  SELECT $1, id, $3, $3, $4 FROM users WHERE id = $2 AND deleted_at IS NULL
  ON CONFLICT (user_id) DO UPDATE SET (id, content_enc, claimed_until, created_at, ready_at, expires_at) =
    (SELECT one.id, one.content_enc, one.claimed_until, one.created_at, one.ready_at, one.expires_at FROM (VALUES
      (true, excluded.id, excluded.content_enc, excluded.claimed_until, excluded.created_at, excluded.ready_at, excluded.expires_at),
      (false, old.id, old.content_enc, old.claimed_until, old.created_at, old.ready_at, old.expires_at))
      AS one (fresh, id, content_enc, claimed_until, created_at, ready_at, expires_at)
     WHERE one.fresh = (old.id <> $1 AND (old.expires_at <= $3 OR (old.content_enc IS NOT NULL AND old.created_at < $5))))
  RETURNING id, created_at, ready_at, expires_at
), audit AS ()sql" KS_AUDIT_CTE("$6", "(SELECT FROM made WHERE id = $1) fresh") R"sql()
SELECT id, created_at, ready_at, expires_at FROM made)sql";
  SqlParameters parameters;
  parameters.uuid(order.id)
      .uuid(order.userId)
      .time(order.now)
      .time(order.expiresAt)
      .time(order.replacesBefore)
      .jsonbOrNull(formatAuditJson(order.audit));
  return {repeatable(kSql), std::move(parameters), [](const SqlRows& rows) -> Result<DataExport> {
            return readFirst<DataExport>(rows, readExport, ErrorCode::userNotFound);
          }};
}

SqlCall<FindDataExport> sqlCall(const FindDataExport& query) {
  constexpr const char* kSql =
      "SELECT id, created_at, ready_at, expires_at, content_enc FROM personal_data_exports "
      "WHERE id = $1 AND user_id = $2 AND expires_at > $3";
  return {repeatable(kSql), std::move(SqlParameters().uuid(query.id).uuid(query.userId).time(query.now)),
          [](const SqlRows& rows) {
            return rows.empty() ? std::nullopt
                                : std::optional<FoundDataExport>(
                                      {readExport(rows.row(0)), rows.row(0).byteaOrEmpty(4)});
          }};
}

SqlCall<ClaimDataExport> sqlCall(const ClaimDataExport& operation) {
  constexpr const char* kSql = R"sql(
WITH expired AS (
  DELETE FROM personal_data_exports WHERE expires_at <= $1
), job AS (
  UPDATE personal_data_exports SET claimed_until = $2
  WHERE id = (SELECT id FROM personal_data_exports WHERE content_enc IS NULL AND claimed_until <= $1 AND expires_at > $1
              ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
  RETURNING id, user_id
)
SELECT job.id, job.user_id, users.email::text, users.locale, (personal_data(job.user_id, $1) #- '{account,search_text}')::text
FROM job JOIN users ON users.id = job.user_id)sql";
  return {repeatable(kSql), std::move(SqlParameters().time(operation.now).time(operation.leaseUntil)),
          [](const SqlRows& rows) {
            if (rows.empty()) {
              return std::optional<ClaimedDataExport>();
            }
            const auto row = rows.row(0);
            return std::optional<ClaimedDataExport>({row.uuid(0), row.uuid(1), row.textOrEmpty(2),
                                                     std::string{row.text(3)},
                                                     SecretText{std::string{row.text(4)}}});
          }};
}

SqlCall<FinishDataExport> sqlCall(const FinishDataExport& finished) {
  constexpr const char* kSql = R"sql(
WITH job AS (
  UPDATE personal_data_exports SET content_enc = $2, ready_at = $3, expires_at = $4 WHERE id = $1 AND content_enc IS NULL RETURNING id
)
INSERT INTO email_outbox (id, template, locale, to_enc, payload_enc, next_at, created_at)
SELECT $5, $6, $7, $8, $9, $3, $3 FROM job ON CONFLICT DO NOTHING)sql";
  SqlParameters parameters;
  parameters.uuid(finished.id).bytea(finished.contentSealed).time(finished.now).time(finished.expiresAt);
  addMail(parameters, finished.notice);
  return {repeatable(kSql), std::move(parameters), readDone};
}

// `revoked_at = $3` with the same reason means a repetition of this call: its sessions must be announced
// again.
SqlCall<ScheduleDeletion> sqlCall(const ScheduleDeletion& deletion) {
  constexpr const char* kSql = R"sql(
WITH verdict AS MATERIALIZED (
  SELECT schedule_account_deletion($1, $2, $3) AS outcome
), scheduled AS (
  SELECT FROM verdict WHERE outcome = 'scheduled'
), ended AS (
  SELECT credential_changed($1, NULL, NULL, false, 'account_deletion', $3) AS id FROM scheduled
), mail AS (
  INSERT INTO email_outbox (id, template, locale, to_enc, payload_enc, next_at, created_at)
  SELECT $4, $5, $6, $7, $8, $3, $3 FROM scheduled ON CONFLICT DO NOTHING
), audit AS ()sql" KS_AUDIT_CTE("$9", "scheduled") R"sql()
SELECT verdict.outcome, ended.id FROM verdict LEFT JOIN ended ON true)sql";
  SqlParameters parameters;
  parameters.uuid(deletion.userId).time(deletion.dueAt).time(deletion.now);
  addMail(parameters, deletion.notice).jsonbOrNull(formatAuditJson(deletion.audit));
  return {repeatable(kSql), std::move(parameters), [](const SqlRows& rows) {
            ScheduledDeletion scheduled;
            const auto outcome = rows.row(0).text(0);
            scheduled.outcome = outcome == "scheduled"    ? ScheduleDeletionOutcome::scheduled
                                : outcome == "last_admin" ? ScheduleDeletionOutcome::lastAdmin
                                                          : ScheduleDeletionOutcome::gone;
            scheduled.endedSessions = readIds(rows, 1);
            return scheduled;
          }};
}

SqlCall<ListCancelledDeletions> sqlCall(const ListCancelledDeletions&) {
  constexpr const char* kSql =
      "SELECT id, email::text, locale FROM users WHERE "
      "deletion_cancelled_at IS NOT NULL AND deleted_at IS NULL "
      "ORDER BY deletion_cancelled_at LIMIT 20";
  return {repeatable(kSql), {}, [](const SqlRows& rows) {
            return readAll<CancelledDeletion>(rows, [](const SqlRow& row) {
              return CancelledDeletion{row.uuid(0), row.textOrEmpty(1), std::string{row.text(2)}};
            });
          }};
}

SqlCall<NoteCancelledDeletion> sqlCall(const NoteCancelledDeletion& note) {
  constexpr const char* kSql = R"sql(
WITH account AS (
  UPDATE users SET deletion_cancelled_at = NULL WHERE id = $1 AND deletion_cancelled_at IS NOT NULL RETURNING id
), mail AS (
  INSERT INTO email_outbox (id, template, locale, to_enc, payload_enc, next_at, created_at)
  SELECT $3, $4, $5, $6, $7, $2, $2 FROM account ON CONFLICT DO NOTHING
)
)sql" KS_AUDIT_CTE("$8", "account");
  SqlParameters parameters;
  parameters.uuid(note.userId).time(note.now);
  addMail(parameters, note.notice).jsonbOrNull(formatAuditJson(note.audit));
  return {repeatable(kSql), std::move(parameters), readDone};
}

SqlCall<DeleteDueAccount> sqlCall(const DeleteDueAccount& operation) {
  constexpr const char* kSql = R"sql(
WITH due AS MATERIALIZED (
  SELECT id FROM users WHERE deletion_due_at <= $1 AND deleted_at IS NULL ORDER BY deletion_due_at LIMIT 1 FOR UPDATE SKIP LOCKED
), verdict AS MATERIALIZED (
  SELECT id, delete_account(id, $1) AS outcome FROM due
), audit AS ()sql" KS_AUDIT_CTE(
      "$2 || jsonb_build_object('target_id', verdict.id) || CASE verdict.outcome WHEN 'deleted' "
      "THEN '{}' ELSE jsonb_build_object('outcome', 'deny', 'reason', verdict.outcome) END",
      "verdict") R"sql()
SELECT id, outcome FROM verdict)sql";
  return {repeatable(kSql),
          std::move(SqlParameters().time(operation.now).jsonbOrNull(formatAuditJson(operation.audit))),
          [](const SqlRows& rows) {
            return rows.empty() ? std::nullopt
                                : std::optional<DeletedAccount>(
                                      {rows.row(0).uuid(0), rows.row(0).text(1) == "deleted"});
          }};
}

}  // namespace ks
