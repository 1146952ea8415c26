#include "persistence/postgres/account/postgresPersonalDataRepository.hpp"

#include <utility>

#include "core/logging/eventRows.hpp"
#include "persistence/personalDataRules.hpp"
#include "persistence/postgres/account/personalDataStatements.hpp"
#include "persistence/sql/postgresPipeline.hpp"

namespace ks {
namespace {

namespace personalSql = personalDataStatements;

SqlParameters& addNotice(SqlParameters& parameters, const OutboxMail& mail) {
  return parameters.uuid(mail.id)
      .text(mail.mailTemplate)
      .text(mail.locale)
      .bytea(mail.recipientSealed)
      .bytea(mail.payloadSealed);
}

DataExport readExport(const SqlRow& row) {
  return {row.uuid(0), row.time(1), row.optionalTime(2), row.time(3)};
}

Reply<SqlRows> decodeNothing(const SqlStatement& statement, Reply<Done> reply) {
  return decodeRows<Done>(statement.name, std::move(reply), [](const SqlRows&) { return Done{}; });
}

OwnActivityPage readActivityPage(const OwnActivityQuery& query, const SqlRows& rows) {
  OwnActivityPage page;
  page.limit = query.limit;
  for (int i = 0; i < rows.size(); ++i) {
    if (page.entries.size() == query.limit) {
      page.nextCursor = personalDataRules::activityCursor(query.userId, rows.row(i - 1).int64(0));
      break;
    }
    const auto row = rows.row(i);
    page.entries.push_back({row.uuid(1), row.time(2), std::string{row.text(3)}, std::string{row.text(4)},
                            row.textOrEmpty(5), std::string{row.text(6)}, row.textOrEmpty(7),
                            row.textOrEmpty(8)});
  }
  return page;
}

}  // namespace

void PostgresPersonalDataRepository::ownActivity(OwnActivityQuery query, Reply<OwnActivityPage> reply) {
  if (auto fault = personalDataRules::checkActivityQuery(query)) {
    reply(std::move(*fault));
    return;
  }
  SqlParameters parameters;
  parameters.text(query.userId.toString())
      .optionalInt8(personalDataRules::activityBefore(query))
      .int8(static_cast<std::int64_t>(query.limit) + 1);
  pipeline_.enqueue(
      personalSql::kOwnActivity, std::move(parameters),
      decodeRows<OwnActivityPage>(personalSql::kOwnActivity.name, std::move(reply),
                                  [query](const SqlRows& rows) { return readActivityPage(query, rows); }));
}

void PostgresPersonalDataRepository::orderExport(OrderDataExport order, Reply<DataExport> reply) {
  SqlParameters parameters;
  parameters.uuid(order.id)
      .uuid(order.userId)
      .time(order.now)
      .time(order.expiresAt)
      .time(order.replacesBefore)
      .jsonbOrNull(formatAuditJson(order.audit));
  pipeline_.enqueue(personalSql::kOrderExport, std::move(parameters),
                    decodeRows<DataExport>(personalSql::kOrderExport.name, std::move(reply),
                                           [](const SqlRows& rows) -> Result<DataExport> {
                                             if (rows.empty()) {
                                               return makeFault(ErrorCode::userNotFound);
                                             }
                                             return readExport(rows.row(0));
                                           }));
}

void PostgresPersonalDataRepository::findExport(FindDataExport query,
                                                Reply<std::optional<FoundDataExport>> reply) {
  pipeline_.enqueue(personalSql::kFindExport,
                    std::move(SqlParameters().uuid(query.id).uuid(query.userId).time(query.now)),
                    decodeRows<std::optional<FoundDataExport>>(
                        personalSql::kFindExport.name, std::move(reply), [](const SqlRows& rows) {
                          return rows.empty() ? std::nullopt
                                              : std::optional<FoundDataExport>(
                                                    {readExport(rows.row(0)), rows.row(0).byteaOrEmpty(4)});
                        }));
}

void PostgresPersonalDataRepository::claimExport(TimePoint now, TimePoint leaseUntil,
                                                 Reply<std::optional<ClaimedDataExport>> reply) {
  pipeline_.enqueue(personalSql::kClaimExport, std::move(SqlParameters().time(now).time(leaseUntil)),
                    decodeRows<std::optional<ClaimedDataExport>>(
                        personalSql::kClaimExport.name, std::move(reply), [](const SqlRows& rows) {
                          if (rows.empty()) {
                            return std::optional<ClaimedDataExport>();
                          }
                          const auto row = rows.row(0);
                          return std::optional<ClaimedDataExport>(
                              {row.uuid(0), row.uuid(1), row.textOrEmpty(2), std::string{row.text(3)},
                               SecretText{std::string{row.text(4)}}});
                        }));
}

void PostgresPersonalDataRepository::finishExport(FinishDataExport finished, Reply<Done> reply) {
  SqlParameters parameters;
  parameters.uuid(finished.id).bytea(finished.contentSealed).time(finished.now).time(finished.expiresAt);
  addNotice(parameters, finished.notice);
  pipeline_.enqueue(personalSql::kFinishExport, std::move(parameters),
                    decodeNothing(personalSql::kFinishExport, std::move(reply)));
}

void PostgresPersonalDataRepository::scheduleDeletion(ScheduleDeletion deletion,
                                                      Reply<ScheduledDeletion> reply) {
  SqlParameters parameters;
  parameters.uuid(deletion.userId).time(deletion.dueAt).time(deletion.now);
  addNotice(parameters, deletion.notice).jsonbOrNull(formatAuditJson(deletion.audit));
  pipeline_.enqueue(personalSql::kScheduleDeletion, std::move(parameters),
                    decodeRows<ScheduledDeletion>(
                        personalSql::kScheduleDeletion.name, std::move(reply), [](const SqlRows& rows) {
                          ScheduledDeletion scheduled;
                          const auto outcome = rows.row(0).text(0);
                          scheduled.outcome = outcome == "scheduled"    ? ScheduleDeletionOutcome::scheduled
                                              : outcome == "last_admin" ? ScheduleDeletionOutcome::lastAdmin
                                                                        : ScheduleDeletionOutcome::gone;
                          for (int i = 0; i < rows.size(); ++i) {
                            if (const auto id = rows.row(i).optionalUuid(1)) {
                              scheduled.endedSessions.push_back(*id);
                            }
                          }
                          return scheduled;
                        }));
}

void PostgresPersonalDataRepository::cancelledDeletions(Reply<std::vector<CancelledDeletion>> reply) {
  pipeline_.enqueue(personalSql::kCancelledDeletions, {},
                    decodeRows<std::vector<CancelledDeletion>>(
                        personalSql::kCancelledDeletions.name, std::move(reply), [](const SqlRows& rows) {
                          std::vector<CancelledDeletion> accounts;
                          for (int i = 0; i < rows.size(); ++i) {
                            const auto row = rows.row(i);
                            accounts.push_back({row.uuid(0), row.textOrEmpty(1), std::string{row.text(2)}});
                          }
                          return accounts;
                        }));
}

void PostgresPersonalDataRepository::noteCancelledDeletion(NoteCancelledDeletion note, Reply<Done> reply) {
  SqlParameters parameters;
  parameters.uuid(note.userId).time(note.now);
  addNotice(parameters, note.notice).jsonbOrNull(formatAuditJson(note.audit));
  pipeline_.enqueue(personalSql::kNoteCancelledDeletion, std::move(parameters),
                    decodeNothing(personalSql::kNoteCancelledDeletion, std::move(reply)));
}

void PostgresPersonalDataRepository::deleteDueAccount(TimePoint now, AuditEvent audit,
                                                      Reply<std::optional<DeletedAccount>> reply) {
  pipeline_.enqueue(personalSql::kDeleteDueAccount,
                    std::move(SqlParameters().time(now).jsonbOrNull(formatAuditJson(audit))),
                    decodeRows<std::optional<DeletedAccount>>(
                        personalSql::kDeleteDueAccount.name, std::move(reply), [](const SqlRows& rows) {
                          return rows.empty() ? std::nullopt
                                              : std::optional<DeletedAccount>(
                                                    {rows.row(0).uuid(0), rows.row(0).text(1) == "deleted"});
                        }));
}

}  // namespace ks
