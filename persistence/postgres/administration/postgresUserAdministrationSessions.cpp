#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/logging/eventRows.hpp"
#include "core/network/ipAddress.hpp"
#include "core/text/pageCursor.hpp"
#include "core/text/timeText.hpp"
#include "persistence/postgres/account/accountRows.hpp"
#include "persistence/postgres/administration/postgresUserAdministrationRepository.hpp"
#include "persistence/postgres/administration/userAdministrationRows.hpp"
#include "persistence/postgres/administration/userAdministrationStatements.hpp"
#include "persistence/postgres/monitoring/rollupQueries.hpp"
#include "persistence/sql/auditRows.hpp"
#include "persistence/sql/keysetPage.hpp"

// Sessions, roles and statistics of the user administration.
namespace ks {
namespace {

namespace userSql = userAdministrationStatements;
using nlohmann::json;

AdminSession readAdminSession(const SqlRow& row) {
  return {row.uuid(0),
          row.uuid(1),
          row.textOrEmpty(2),
          row.time(3),
          row.time(4),
          row.time(5),
          row.inetOrEmpty(6),
          row.textOrEmpty(7),
          row.textOrEmpty(8),
          row.textOrEmpty(9),
          static_cast<int>(row.int64(10))};
}

/// A filter by an address or a network, as PostgreSQL reads it.
Result<std::string> networkText(const std::string& text) {
  if (text.empty()) {
    return std::string{};
  }
  const auto network = IpNetwork::parse(text);
  if (!network) {
    return fieldFault(ErrorCode::invalidFormat, "remote_ip", "remote_ip must be an address or a network");
  }
  return network->toString();
}

std::vector<EndedSession> readEnded(const SqlRow& row, int holders, int sessions) {
  std::vector<EndedSession> ended;
  const auto users = userAdministrationRows::readIds(row, holders);
  const auto ids = userAdministrationRows::readIds(row, sessions);
  for (std::size_t i = 0; i < std::min(users.size(), ids.size()); ++i) {
    ended.push_back({users[i], ids[i]});
  }
  return ended;
}

RoleRecord readRole(const SqlRow& row) {
  return {row.uuid(0),
          std::string{row.text(1)},
          row.textOrEmpty(2),
          row.boolean(3),
          static_cast<std::int32_t>(row.int64(4)),
          row.textArray(5),
          static_cast<std::uint64_t>(row.int64(6))};
}

PermissionRecord readPermission(const SqlRow& row) { return {std::string{row.text(0)}, row.textOrEmpty(1)}; }

const char* roleOperationName(RoleOperation operation) {
  return operation == RoleOperation::create   ? "create"
         : operation == RoleOperation::update ? "update"
                                              : "delete";
}

json roleJson(const RoleWish& wish) {
  json change = json::object();
  if (wish.name) {
    change["name"] = *wish.name;
  }
  if (wish.description) {
    change["description"] = *wish.description;
  }
  if (wish.rank) {
    change["rank"] = *wish.rank;
  }
  if (wish.permissions) {
    change["permissions"] = *wish.permissions;
  }
  return change;
}

std::uint64_t countAt(const SqlRow& row, int column) { return static_cast<std::uint64_t>(row.int64(column)); }

}  // namespace

void PostgresUserAdministrationRepository::sessions(SessionSearch query, TimePoint now,
                                                    Reply<AdminSessionPage> reply) {
  auto network = networkText(query.remoteIp);
  if (!network.ok()) {
    reply(std::move(network.fault()));
    return;
  }
  if (auto fault = checkLimit(query.limit)) {
    reply(std::move(*fault));
    return;
  }
  const std::string list =
      "sessions|" + (query.userId ? query.userId->toString() : "") + "|" + network.value();
  auto place = keysetPlace(list, query.cursor);
  if (!place.ok()) {
    reply(std::move(place.fault()));
    return;
  }
  SqlParameters parameters;
  parameters.time(now)
      .optionalUuid(query.userId)
      .textOrNull(network.value())
      .time(place.value().before)
      .uuid(place.value().beforeId)
      .int8(static_cast<std::int64_t>(query.limit) + 1);
  const auto& statement = query.userId ? userSql::kSessionsOfUser : userSql::kSessions;
  pipeline_.enqueue(statement, std::move(parameters),
                    decodeRows<AdminSessionPage>(
                        statement.name, std::move(reply), [list, limit = query.limit](const SqlRows& rows) {
                          AdminSessionPage page{readAll<AdminSession>(rows, readAdminSession), {}};
                          endKeysetPage(page, list, limit);
                          return page;
                        }));
}

void PostgresUserAdministrationRepository::endChosen(EndChosenSessions choice, Reply<ChosenSessions> reply) {
  auto network = networkText(choice.choice.remoteIp);
  if (!network.ok()) {
    reply(std::move(network.fault()));
    return;
  }
  json filters = json::object();
  if (choice.choice.userId) {
    filters["user"] = choice.choice.userId->toString();
  }
  if (!choice.choice.role.empty()) {
    filters["role"] = choice.choice.role;
  }
  if (!network.value().empty()) {
    filters["network"] = network.value();
  }
  if (choice.choice.createdBefore) {
    filters["created_before"] = formatTime(*choice.choice.createdBefore);
  }
  if (choice.choice.lastSeenBefore) {
    filters["last_seen_before"] = formatTime(*choice.choice.lastSeenBefore);
  }
  SqlParameters parameters;
  parameters.optionalUuid(choice.actor)
      .jsonb(filters.dump())
      .boolean(choice.onlyCount)
      .int4(kMostSessionsEnded)
      .time(choice.now)
      .jsonbOrNull(formatAuditJson(choice.audit));
  pipeline_.enqueue(
      userSql::kEndChosenSessions, std::move(parameters),
      decodeRows<ChosenSessions>(userSql::kEndChosenSessions.name, std::move(reply), [](const SqlRows& rows) {
        return ChosenSessions{countAt(rows.row(0), 0), readEnded(rows.row(0), 1, 2)};
      }));
}

void PostgresUserAdministrationRepository::roles(Reply<RoleList> reply) {
  const auto list = std::make_shared<RoleList>();
  // In the same pipeline before the roles: its reply comes first.
  pipeline_.enqueue(userSql::kPermissions, {},
                    decodeRows<Done>(
                        userSql::kPermissions.name, [](const Result<Done>&) {},
                        [list](const SqlRows& rows) {
                          list->permissions = readAll<PermissionRecord>(rows, readPermission);
                          return Done{};
                        }));
  pipeline_.enqueue(userSql::kRoles, {},
                    decodeRows<RoleList>(userSql::kRoles.name, std::move(reply), [list](const SqlRows& rows) {
                      list->roles = readAll<RoleRecord>(rows, readRole);
                      return std::move(*list);
                    }));
}

void PostgresUserAdministrationRepository::changeRole(RoleChange change, Reply<RoleChangeOutcome> reply) {
  SqlParameters parameters;
  parameters.optionalUuid(change.actor)
      .text(roleOperationName(change.wish.operation))
      .uuid(change.roleId)
      .jsonb(roleJson(change.wish).dump())
      .time(change.now)
      .jsonbOrNull(formatAuditJson(change.audit));
  pipeline_.enqueue(
      userSql::kChangeRole, std::move(parameters),
      decodeRows<RoleChangeOutcome>(userSql::kChangeRole.name, std::move(reply), [](const SqlRows& rows) {
        const auto row = rows.row(0);
        return RoleChangeOutcome{userAdministrationRows::readRefusal(row.text(0)), readEnded(row, 1, 2)};
      }));
}

void PostgresUserAdministrationRepository::activity(UserActivityQuery query, Reply<AuditPage> reply) {
  if (auto fault = checkLimit(query.limit)) {
    reply(std::move(*fault));
    return;
  }
  const auto list = "activity|" + query.userId.toString();
  std::optional<std::int64_t> before;
  if (!query.cursor.empty()) {
    const auto cursor = readPageCursor(list, query.cursor);
    if (!cursor) {
      reply(fieldFault(ErrorCode::cursorInvalid, "cursor", "the cursor is not one that this list gave out"));
      return;
    }
    before = cursor->at.time_since_epoch().count();
  }
  SqlParameters parameters;
  parameters.text(query.userId.toString())
      .optionalInt8(before)
      .int8(static_cast<std::int64_t>(query.limit) + 1);
  pipeline_.enqueue(
      userSql::kUserActivity, std::move(parameters),
      decodeRows<AuditPage>(
          userSql::kUserActivity.name, std::move(reply), [list, limit = query.limit](const SqlRows& rows) {
            AuditPage page;
            page.limit = limit;
            page.entries = readAll<AuditEntry>(rows, readAuditEntry);
            if (page.entries.size() > limit) {
              page.entries.resize(limit);
              page.nextCursor = writePageCursor(list, {TimePoint{Milliseconds{page.entries.back().seq}}, {}});
            }
            return page;
          }));
}

void PostgresUserAdministrationRepository::statistics(UserStatisticsQuery query,
                                                      Reply<UserStatistics> reply) {
  const auto statistics = std::make_shared<UserStatistics>();
  pipeline_.enqueue(userSql::kUserTotals, std::move(SqlParameters().time(query.from).time(query.to)),
                    decodeRows<Done>(
                        userSql::kUserTotals.name, [](const Result<Done>&) {},
                        [statistics](const SqlRows& rows) {
                          const auto row = rows.row(0);
                          statistics->pending = countAt(row, 0);
                          statistics->active = countAt(row, 1);
                          statistics->suspended = countAt(row, 2);
                          statistics->deleted = countAt(row, 3);
                          statistics->total =
                              statistics->pending + statistics->active + statistics->suspended;
                          statistics->activeSessions = countAt(row, 4);
                          statistics->signedInSince = countAt(row, 5);
                          return Done{};
                        }));
  pipeline_.enqueue(
      userSql::kSignInCounts,
      std::move(SqlParameters().time(query.from).time(query.to).int8(query.intervalS)),
      decodeRows<
          UserStatistics>(userSql::kSignInCounts.name, std::move(reply), [statistics](const SqlRows& rows) {
        for (int i = 0; i < rows.size(); ++i) {
          const auto row = rows.row(i);
          statistics->intervals.push_back({row.time(0), countAt(row, 1), countAt(row, 2), countAt(row, 3)});
        }
        return std::move(*statistics);
      }));
}

}  // namespace ks
