#include <nlohmann/json.hpp>
#include <utility>

#include "core/logging/eventRows.hpp"
#include "core/network/ipAddress.hpp"
#include "core/text/timeText.hpp"
#include "persistence/postgres/administration/userAdministrationRows.hpp"
#include "persistence/postgres/monitoring/rollupQueries.hpp"
#include "persistence/postgres/monitoringCalls.hpp"
#include "persistence/sql/keysetPage.hpp"

#define KS_ADMIN_SESSIONS                                                                          \
  "SELECT s.id, s.user_id, u.email::text, s.created_at, s.last_seen_at, least(s.idle_expires_at, " \
  "s.absolute_expires_at), s.ip, s.user_agent, s.device_name, s.transport, s.aal FROM sessions s " \
  "JOIN users u ON u.id = s.user_id WHERE s.revoked_at IS NULL AND s.idle_expires_at > $1 "        \
  "AND s.absolute_expires_at > $1 AND ($3::text IS NULL OR s.ip <<= $3::text::inet) "              \
  "AND (s.created_at, s.id) < ($4, $5) "

#define KS_SESSIONS_NEWEST " ORDER BY s.created_at DESC, s.id DESC LIMIT $6"

namespace ks {
namespace {

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

}  // namespace

SqlCall<FindSessions> sqlCall(const FindSessions& operation) {
  constexpr const char* kOfAll = KS_ADMIN_SESSIONS "AND $2::uuid IS NULL" KS_SESSIONS_NEWEST;
  constexpr const char* kOfUser = KS_ADMIN_SESSIONS "AND s.user_id = $2" KS_SESSIONS_NEWEST;
  auto network = networkText(operation.query.remoteIp);
  if (!network.ok()) {
    return std::move(network.fault());
  }
  if (auto fault = checkLimit(operation.query.limit)) {
    return std::move(*fault);
  }
  const std::string list = "sessions|" + (operation.query.userId ? operation.query.userId->toString() : "") +
                           "|" + network.value();
  auto place = keysetPlace(list, operation.query.cursor);
  if (!place.ok()) {
    return std::move(place.fault());
  }
  SqlParameters parameters;
  parameters.time(operation.now)
      .optionalUuid(operation.query.userId)
      .textOrNull(network.value())
      .time(place.value().before)
      .uuid(place.value().beforeId)
      .int8(static_cast<std::int64_t>(operation.query.limit) + 1);
  return {operation.query.userId ? repeatable(kOfUser, "users.sessionsOfUser") : repeatable(kOfAll),
          std::move(parameters), [list, limit = operation.query.limit](const SqlRows& rows) {
            AdminSessionPage page{readAll<AdminSession>(rows, readAdminSession), {}};
            endKeysetPage(page, list, limit);
            return page;
          }};
}

SqlCall<EndChosenSessions> sqlCall(const EndChosenSessions& choice) {
  constexpr const char* kSql =
      "SELECT chosen, holders::text[], ended::text[] FROM "
      "sessions_end_chosen($1, $1::uuid IS NULL, $2, $3, $4, $5, $6)";
  auto network = networkText(choice.choice.remoteIp);
  if (!network.ok()) {
    return std::move(network.fault());
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
  return {once(kSql), std::move(parameters), [](const SqlRows& rows) {
            return ChosenSessions{rows.row(0).count(0), userAdministrationRows::readEnded(rows.row(0), 1, 2)};
          }};
}

}  // namespace ks
