#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "core/bytes.hpp"
#include "core/text/pageCursor.hpp"
#include "core/text/timeText.hpp"
#include "core/text/utf8.hpp"
#include "persistence/postgres/account/accountRows.hpp"
#include "persistence/postgres/monitoring/rollupQueries.hpp"
#include "persistence/postgres/monitoringCalls.hpp"

/// Columns of a list's row, read by readListedUser(), from `users u`.
#define KS_LISTED_USER_COLUMNS                                                                     \
  "u.id, u.email::text, u.email_verified_at IS NOT NULL, u.username::text, u.display_name, "       \
  "u.locale, " KS_USER_STATUS                                                                      \
  ", ARRAY(SELECT r.name::text FROM user_roles ur JOIN roles r ON r.id = ur.role_id "              \
  "WHERE ur.user_id = u.id AND (ur.expires_at IS NULL OR ur.expires_at > now()) "                  \
  "ORDER BY r.rank DESC, r.name::text COLLATE \"C\"), u.version, u.external_id, u.status_reason, " \
  "u.suspended_until, u.last_login_at, u.password_change_required, u.created_at, u.updated_at, "   \
  "u.deleted_at, "                                                                                 \
  "EXISTS (SELECT FROM mfa_factors f WHERE f.user_id = u.id AND f.status = 'active')"

namespace ks {
namespace {

using nlohmann::json;

constexpr std::uint32_t kMostListedUsers = 500;

/// A trigram index finds texts of three characters or more.
constexpr std::size_t kShortestSubstring = 3;

constexpr int kListedColumns = 18;

const SqlStatement kUserSearch{"users.search",
                               "SELECT " KS_LISTED_USER_COLUMNS
                               " FROM user_search($1, $2, $3) WITH ORDINALITY AS found (id, place) "
                               "JOIN users u ON u.id = found.id ORDER BY found.place",
                               true};

const SqlStatement kUserCount{"users.count", "SELECT user_count($1, $2)", true};

const char* sortName(UserSort sort) {
  switch (sort) {
    case UserSort::newest:
      return "-created_at";
    case UserSort::oldest:
      return "created_at";
    case UserSort::email:
      return "email";
    case UserSort::emailDescending:
      return "-email";
    case UserSort::lastLogin:
      return "last_login_at";
    case UserSort::lastLoginDescending:
      return "-last_login_at";
  }
  return "";
}

bool sortsByEmail(UserSort sort) { return sort == UserSort::email || sort == UserSort::emailDescending; }

/// `text` as it stands, in a LIKE pattern.
std::string likeText(std::string_view text) {
  std::string pattern;
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') {
      pattern += '\\';
    }
    pattern += c;
  }
  return pattern;
}

json filtersOf(const UserSearch& query) {
  json filters = json::object();
  if (!query.text.empty()) {
    const bool prefix = countCodePoints(query.text) < kShortestSubstring;
    filters[prefix ? "prefix" : "substring"] = (prefix ? "" : "%") + likeText(query.text) + "%";
  }
  if (query.status) {
    filters["status"] = std::string{accountRows::statusName(*query.status)};
  }
  if (!query.role.empty()) {
    filters["role"] = query.role;
  }
  const auto addTime = [&](const char* name, const std::optional<TimePoint>& time) {
    if (time) {
      filters[name] = formatTime(*time);
    }
  };
  if (query.mfa) {
    filters["mfa"] = *query.mfa;
  }
  addTime("created_after", query.createdAfter);
  addTime("created_before", query.createdBefore);
  addTime("last_login_before", query.lastLoginBefore);
  return filters;
}

/// The last row of the page before. By e-mail address the key is the address and the id, else the id.
std::optional<Fault> addCursor(const UserSearch& query, const std::string& list, json& filters) {
  if (query.cursor.empty()) {
    return std::nullopt;
  }
  const auto cursor = readPageCursor(list, query.cursor);
  const auto split = cursor ? cursor->key.rfind('\n') : std::string::npos;
  const auto id =
      cursor ? Uuid::parse(cursor->key.substr(split == std::string::npos ? 0 : split + 1)) : std::nullopt;
  if (!id || sortsByEmail(query.sort) != (split != std::string::npos)) {
    return fieldFault(ErrorCode::cursorInvalid, "cursor",
                      "the cursor is not one that this list gave out for these filters");
  }
  filters["after_id"] = id->toString();
  filters["after_key"] = sortsByEmail(query.sort) ? cursor->key.substr(0, split) : formatTime(cursor->at);
  return std::nullopt;
}

PageCursor cursorAfter(const AdminUser& user, UserSort sort) {
  switch (sort) {
    case UserSort::email:
    case UserSort::emailDescending:
      return {TimePoint{}, user.email + "\n" + user.id.toString()};
    case UserSort::lastLogin:
    case UserSort::lastLoginDescending:
      return {user.lastLoginAt.value_or(TimePoint{}), user.id.toString()};
    case UserSort::newest:
    case UserSort::oldest:
      break;
  }
  return {user.createdAt, user.id.toString()};
}

AdminUser readListedUser(const SqlRow& row) {
  AdminUser user;
  user.id = row.uuid(0);
  user.email = row.textOrEmpty(1);
  user.emailVerified = row.boolean(2);
  user.username = row.textOrEmpty(3);
  user.displayName = row.textOrEmpty(4);
  user.locale = row.text(5);
  user.status = accountRows::statusFrom(row.text(6));
  user.roles = row.textArray(7);
  user.version = row.int64(8);
  user.externalId = row.textOrEmpty(9);
  user.statusReason = row.textOrEmpty(10);
  user.suspendedUntil = row.optionalTime(11);
  user.lastLoginAt = row.optionalTime(12);
  user.passwordChangeRequired = row.boolean(13);
  user.createdAt = row.time(14);
  user.updatedAt = row.time(15);
  user.deletedAt = row.optionalTime(16);
  user.mfaEnabled = row.boolean(17);
  return user;
}

AdminUser readUserDetails(const SqlRow& row) {
  auto user = readListedUser(row);
  user.metadata.text = row.text(kListedColumns);
  user.metadataAdmin.text = row.text(kListedColumns + 1);
  user.passwordChangedAt = row.optionalTime(kListedColumns + 2);
  user.activeSessions = row.count(kListedColumns + 3);
  user.lastLoginIp = row.inetOrEmpty(kListedColumns + 4);
  user.pendingEmail = row.textOrEmpty(kListedColumns + 5);
  for (const auto& factor : row.textArray(kListedColumns + 6)) {
    const auto space = factor.find(' ');
    user.factors.push_back({Uuid::parse(factor.substr(0, space)).value_or(Uuid{}), factor.substr(space + 1)});
  }
  user.failedLogins = static_cast<std::uint32_t>(row.int64(kListedColumns + 7));
  user.lockedUntil = row.optionalTime(kListedColumns + 8);
  return user;
}

}  // namespace

void runStatements(PostgresPipeline& pipeline, const UserSearch& query, Reply<UserPage> reply) {
  if (query.limit < 1 || query.limit > kMostListedUsers) {
    reply(fieldFault(ErrorCode::outOfRange, "limit", "limit must be 1 to 500"));
    return;
  }
  auto filters = filtersOf(query);
  const std::string list = std::string{"users|"} + sortName(query.sort) + "|" + filters.dump();
  const auto page = std::make_shared<UserPage>();
  if (query.count != UserCount::none) {
    // In the same pipeline before the page: its reply comes first.
    pipeline.enqueue(
        kUserCount, std::move(SqlParameters().jsonb(filters.dump()).boolean(query.count == UserCount::exact)),
        decodeRows<Done>(
            kUserCount.name, [](const Result<Done>&) {},
            [page](const SqlRows& rows) {
              page->total = rows.row(0).count(0);
              return Done{};
            }));
  }
  if (auto fault = addCursor(query, list, filters)) {
    reply(std::move(*fault));
    return;
  }
  SqlParameters parameters;
  parameters.jsonb(filters.dump())
      .text(sortName(query.sort))
      .int4(static_cast<std::int32_t>(query.limit) + 1);
  pipeline.enqueue(
      kUserSearch, std::move(parameters),
      decodeRows<UserPage>(kUserSearch.name, std::move(reply),
                           [page, list, limit = query.limit, sort = query.sort](const SqlRows& rows) {
                             page->rows = readAll<AdminUser>(rows, readListedUser);
                             if (page->rows.size() > limit) {
                               page->rows.resize(limit);
                               page->nextCursor = writePageCursor(list, cursorAfter(page->rows.back(), sort));
                             }
                             return std::move(*page);
                           }));
}

SqlCall<UserKey> sqlCall(const UserKey& key) {
  constexpr const char* kSql = "SELECT " KS_LISTED_USER_COLUMNS R"sql(, u.metadata_public, u.metadata_admin,
  (SELECT c.changed_at FROM password_credentials c WHERE c.user_id = u.id),
  (SELECT count(*) FROM sessions s WHERE s.user_id = u.id AND s.revoked_at IS NULL AND s.idle_expires_at > now()
     AND s.absolute_expires_at > now()),
  (SELECT s.ip FROM sessions s WHERE s.user_id = u.id AND s.revoked_at IS NULL ORDER BY s.created_at DESC LIMIT 1),
  u.pending_email::text,
  ARRAY(SELECT f.id::text || ' ' || f.type FROM mfa_factors f WHERE f.user_id = u.id AND f.status = 'active' ORDER BY f.id),
  (SELECT coalesce(max(t.failures), 0)::int8 FROM login_throttle t WHERE t.user_id = u.id),
  (SELECT CASE WHEN max(t.locked_until) = 'infinity' THEN '9999-12-31T23:59:59Z' ELSE max(t.locked_until) END FROM login_throttle t WHERE t.user_id = u.id AND t.locked_until > now())
FROM users u
WHERE u.id = coalesce($1::uuid, (SELECT named.id FROM (
    (SELECT id, is_claim, created_at FROM users WHERE email = $2::text AND NOT is_claim AND deleted_at IS NULL)
    UNION ALL (SELECT id, is_claim, created_at FROM users WHERE email = $2::text AND is_claim AND deleted_at IS NULL
               ORDER BY created_at DESC, id DESC LIMIT 1)
    UNION ALL (SELECT id, is_claim, created_at FROM users WHERE username = $3::text AND deleted_at IS NULL)
    UNION ALL (SELECT id, is_claim, created_at FROM users WHERE external_id = $4 AND deleted_at IS NULL)
  ) named ORDER BY named.is_claim, named.created_at DESC LIMIT 1)))sql";
  SqlParameters parameters;
  parameters.optionalUuid(key.id).textOrNull(key.email).textOrNull(key.username).textOrNull(key.externalId);
  return {repeatable(kSql), std::move(parameters),
          [](const SqlRows& rows) { return readFirst<AdminUser>(rows, readUserDetails); }};
}

}  // namespace ks
