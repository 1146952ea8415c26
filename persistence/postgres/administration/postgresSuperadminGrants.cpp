#include <nlohmann/json.hpp>
#include <utility>

#include "core/logging/eventRows.hpp"
#include "persistence/postgres/account/accountRows.hpp"
#include "persistence/postgres/administration/postgresUserAdministrationRepository.hpp"
#include "persistence/postgres/administration/userAdministrationRows.hpp"
#include "persistence/postgres/administration/userAdministrationStatements.hpp"

namespace ks {
namespace {

namespace userSql = userAdministrationStatements;

SuperadminGrant readGrant(const SqlRow& row) {
  return {row.uuid(0), row.textOrEmpty(1), std::string{row.text(2)}, row.uuid(3), std::string{row.text(4)},
          row.time(5), row.time(6)};
}

}  // namespace

void PostgresUserAdministrationRepository::grantSuperadmin(SuperadminChange change,
                                                           Reply<SuperadminOutcome> reply) {
  auto mails = nlohmann::json::array();
  for (const auto& mail : change.mails) {
    mails.push_back(userAdministrationRows::mailJson(mail));
  }
  SqlParameters parameters;
  parameters.optionalUuid(change.actor)
      .uuid(change.userId)
      .text(change.reason)
      .jsonb(mails.dump())
      .time(change.expires)
      .time(change.now)
      .jsonbOrNull(formatAuditJson(change.audit));
  pipeline_.enqueue(userSql::kGrantSuperadmin, std::move(parameters),
                    decodeRows<SuperadminOutcome>(
                        userSql::kGrantSuperadmin.name, std::move(reply), [](const SqlRows& rows) {
                          const auto row = rows.row(0);
                          return SuperadminOutcome{userAdministrationRows::readRefusal(row.text(0)),
                                                   row.boolean(1), userAdministrationRows::readIds(row, 2)};
                        }));
}

void PostgresUserAdministrationRepository::withdrawSuperadmin(SuperadminWithdrawal withdrawal,
                                                              Reply<UserChangeOutcome> reply) {
  SqlParameters parameters;
  parameters.uuid(withdrawal.actor)
      .uuid(withdrawal.userId)
      .time(withdrawal.now)
      .jsonbOrNull(formatAuditJson(withdrawal.audit));
  pipeline_.enqueue(
      userSql::kWithdrawSuperadmin, std::move(parameters),
      decodeRows<UserChangeOutcome>(
          userSql::kWithdrawSuperadmin.name, std::move(reply), [](const SqlRows& rows) {
            return UserChangeOutcome{userAdministrationRows::readRefusal(rows.row(0).text(0)), {}};
          }));
}

void PostgresUserAdministrationRepository::superadminGrants(TimePoint now,
                                                            Reply<std::vector<SuperadminGrant>> reply) {
  pipeline_.enqueue(userSql::kSuperadminGrants, std::move(SqlParameters().time(now)),
                    decodeRows<std::vector<SuperadminGrant>>(
                        userSql::kSuperadminGrants.name, std::move(reply),
                        [](const SqlRows& rows) { return readAll<SuperadminGrant>(rows, readGrant); }));
}

}  // namespace ks
