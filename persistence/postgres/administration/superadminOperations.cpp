#include <nlohmann/json.hpp>
#include <utility>

#include "core/logging/eventRows.hpp"
#include "persistence/postgres/administration/userAdministrationRows.hpp"
#include "persistence/postgres/monitoringCalls.hpp"

namespace ks {
namespace {

SuperadminGrant readGrant(const SqlRow& row) {
  return {row.uuid(0), row.textOrEmpty(1), std::string{row.text(2)}, row.uuid(3), std::string{row.text(4)},
          row.time(5), row.time(6)};
}

}  // namespace

SqlCall<SuperadminChange> sqlCall(const SuperadminChange& change) {
  constexpr const char* kSql =
      "SELECT outcome, granted, ended::text[] FROM superadmin_grant($1, "
      "$1::uuid IS NULL, $2, $3, $4, $5, $6, $7)";
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
  return {once(kSql), std::move(parameters), [](const SqlRows& rows) {
            const auto row = rows.row(0);
            return SuperadminOutcome{userAdministrationRows::readRefusal(row.text(0)), row.boolean(1),
                                     userAdministrationRows::readIds(row, 2)};
          }};
}

SqlCall<SuperadminWithdrawal> sqlCall(const SuperadminWithdrawal& withdrawal) {
  constexpr const char* kSql = "SELECT superadmin_grant_withdraw($1, $2, $3, $4)";
  SqlParameters parameters;
  parameters.uuid(withdrawal.actor)
      .uuid(withdrawal.userId)
      .time(withdrawal.now)
      .jsonbOrNull(formatAuditJson(withdrawal.audit));
  return {once(kSql), std::move(parameters), [](const SqlRows& rows) {
            return UserChangeOutcome{userAdministrationRows::readRefusal(rows.row(0).text(0)), {}};
          }};
}

SqlCall<FindSuperadminGrants> sqlCall(const FindSuperadminGrants& operation) {
  constexpr const char* kSql =
      "SELECT w.user_id, u.email::text, w.kind, w.asked_by, w.reason, w.asked_at, w.expires_at FROM "
      "superadmin_grants_waiting($1) w JOIN users u ON u.id = w.user_id ORDER BY w.asked_at, w.user_id";
  return {repeatable(kSql), std::move(SqlParameters().time(operation.now)),
          [](const SqlRows& rows) { return readAll<SuperadminGrant>(rows, readGrant); }};
}

}  // namespace ks
