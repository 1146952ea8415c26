#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/logging/eventRows.hpp"
#include "persistence/postgres/monitoringCalls.hpp"

namespace ks {
namespace {

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

/// The input of users_import().
nlohmann::json importJson(const ImportedUser& user) {
  nlohmann::json row{{"line", user.line}};
  if (user.fault != ErrorCode::none) {
    row["error"] = std::string{describe(user.fault).name};
    if (!user.field.empty()) {
      row["field"] = user.field;
    }
    return row;
  }
  nlohmann::json account{
      {"id", user.id.toString()}, {"email", user.email}, {"locale", user.locale}, {"roles", user.roles}};
  const auto put = [&](const char* name, const std::string& value) {
    if (!value.empty()) {
      account[name] = value;
    }
  };
  put("username", user.username);
  put("display_name", user.displayName);
  put("external_id", user.externalId);
  if (user.emailVerified) {
    account["email_verified"] = true;
  }
  row["account"] = std::move(account);
  row["audit"] = user.auditId.toString();
  if (!user.passwordHash.empty()) {
    row["phc"] = user.passwordHash.reveal();
  }
  return row;
}

JobLine readJobLine(const SqlRow& row) {
  return {static_cast<std::uint32_t>(row.int64(0)), std::string{row.text(1)}, row.optionalUuid(2),
          row.textOrEmpty(3), row.textOrEmpty(4)};
}

JobRecord readJob(const SqlRow& row) {
  const auto number = [&](int column) { return static_cast<std::uint32_t>(row.int64(column)); };
  return {row.uuid(0),
          std::string{row.text(1)},
          std::string{row.text(2)},
          number(3),
          number(4),
          number(5),
          number(6),
          row.time(7),
          row.time(8),
          {}};
}

}  // namespace

SqlCall<NewJob> sqlCall(const NewJob& job) {
  constexpr const char* kSql = R"sql(
WITH old AS (DELETE FROM jobs WHERE created_at < $5 - interval '30 days')
INSERT INTO jobs (id, kind, state, created_by, total, created_at, updated_at) VALUES ($1, $2, 'running', $3, $4, $5, $5)
ON CONFLICT DO NOTHING)sql";
  SqlParameters parameters;
  parameters.uuid(job.id)
      .text(job.kind)
      .optionalUuid(job.createdBy)
      .int4(static_cast<std::int32_t>(job.total))
      .time(job.now);
  return {repeatable(kSql), std::move(parameters), readDone};
}

SqlCall<ImportUsers> sqlCall(const ImportUsers& users) {
  constexpr const char* kSql = "SELECT users_import($1, $1::uuid IS NULL, $2, $3, $4, $5, $6)::text";
  auto rows = nlohmann::json::array();
  for (const auto& user : users.users) {
    rows.push_back(importJson(user));
  }
  SqlParameters parameters;
  parameters.optionalUuid(users.actor)
      .uuid(users.jobId)
      .jsonb(rows.dump())
      .text(users.stateThen)
      .time(users.now)
      .jsonbOrNull(formatAuditJson(users.audit));
  return {repeatable(kSql), std::move(parameters), readDone};
}

void runStatements(PostgresPipeline& pipeline, JobQuery query, Reply<std::optional<JobRecord>> reply) {
  const auto job = std::make_shared<std::optional<JobRecord>>();
  // The job before its lines: a finished job has all its lines.
  pipeline.enqueue(kFindJob, std::move(SqlParameters().uuid(query.id).time(query.now)),
                   decodeRows<Done>(
                       kFindJob.name, [](const Result<Done>&) {},
                       [job](const SqlRows& rows) {
                         if (!rows.empty()) {
                           *job = readJob(rows.row(0));
                         }
                         return Done{};
                       }));
  pipeline.enqueue(
      kJobLines,
      std::move(SqlParameters()
                    .uuid(query.id)
                    .int8(static_cast<std::int64_t>(query.afterLine))
                    .int8(static_cast<std::int64_t>(query.limit))),
      decodeRows<std::optional<JobRecord>>(kJobLines.name, std::move(reply), [job](const SqlRows& rows) {
        if (*job) {
          (*job)->lines = readAll<JobLine>(rows, readJobLine);
        }
        return std::move(*job);
      }));
}

}  // namespace ks
