#include <nlohmann/json.hpp>
#include <utility>

#include "core/logging/eventRows.hpp"
#include "persistence/postgres/account/accountRows.hpp"
#include "persistence/postgres/administration/postgresUserAdministrationRepository.hpp"
#include "persistence/postgres/administration/userAdministrationStatements.hpp"

namespace ks {
namespace {

namespace userSql = userAdministrationStatements;

/// What users_import() reads of a line.
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
    row["phc"] = user.passwordHash;
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

Reply<SqlRows> importDone(const SqlStatement& statement, Reply<Done> reply) {
  return decodeRows<Done>(statement.name, std::move(reply), [](const SqlRows&) { return Done{}; });
}

}  // namespace

void PostgresUserAdministrationRepository::startJob(NewJob job, Reply<Done> reply) {
  SqlParameters parameters;
  parameters.uuid(job.id)
      .text(job.kind)
      .optionalUuid(job.createdBy)
      .int4(static_cast<std::int32_t>(job.total))
      .time(job.now);
  pipeline_.enqueue(userSql::kStartJob, std::move(parameters),
                    importDone(userSql::kStartJob, std::move(reply)));
}

void PostgresUserAdministrationRepository::importUsers(ImportUsers users, Reply<Done> reply) {
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
  pipeline_.enqueue(userSql::kImportUsers, std::move(parameters),
                    importDone(userSql::kImportUsers, std::move(reply)));
}

void PostgresUserAdministrationRepository::findJob(JobQuery query, Reply<std::optional<JobRecord>> reply) {
  const auto job = std::make_shared<std::optional<JobRecord>>();
  // The job before its lines: of one that is done every line is there.
  pipeline_.enqueue(userSql::kFindJob, std::move(SqlParameters().uuid(query.id).time(query.now)),
                    decodeRows<Done>(
                        userSql::kFindJob.name, [](const Result<Done>&) {},
                        [job](const SqlRows& rows) {
                          if (!rows.empty()) {
                            *job = readJob(rows.row(0));
                          }
                          return Done{};
                        }));
  pipeline_.enqueue(userSql::kJobLines,
                    std::move(SqlParameters()
                                  .uuid(query.id)
                                  .int8(static_cast<std::int64_t>(query.afterLine))
                                  .int8(static_cast<std::int64_t>(query.limit))),
                    decodeRows<std::optional<JobRecord>>(
                        userSql::kJobLines.name, std::move(reply), [job](const SqlRows& rows) {
                          if (*job) {
                            (*job)->lines = readAll<JobLine>(rows, readJobLine);
                          }
                          return std::move(*job);
                        }));
}

}  // namespace ks
