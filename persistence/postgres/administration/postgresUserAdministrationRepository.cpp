#include "persistence/postgres/administration/postgresUserAdministrationRepository.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "core/bytes.hpp"
#include "core/logging/eventRows.hpp"
#include "core/text/pageCursor.hpp"
#include "core/text/timeText.hpp"
#include "core/text/utf8.hpp"
#include "persistence/postgres/account/accountRows.hpp"
#include "persistence/postgres/administration/userAdministrationRows.hpp"
#include "persistence/postgres/administration/userAdministrationStatements.hpp"
#include "persistence/postgres/monitoring/rollupQueries.hpp"

namespace ks {
namespace {

namespace userSql = userAdministrationStatements;
using nlohmann::json;

constexpr std::uint32_t kMostListedUsers = 500;
/// A trigram index finds texts of three characters or more.
constexpr std::size_t kShortestSubstring = 3;
constexpr int kListedColumns = 18;

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
  user.activeSessions = static_cast<std::uint64_t>(row.int64(kListedColumns + 3));
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

const char* operationName(UserOperation operation) {
  switch (operation) {
    case UserOperation::update:
      return "update";
    case UserOperation::suspend:
      return "suspend";
    case UserOperation::unsuspend:
      return "unsuspend";
    case UserOperation::verifyEmail:
      return "verify_email";
    case UserOperation::requirePasswordChange:
      return "require_password_change";
    case UserOperation::unlock:
      return "unlock";
    case UserOperation::resetPassword:
      return "password_reset";
    case UserOperation::resetFactors:
      return "mfa_reset";
    case UserOperation::impersonate:
      return "impersonate";
    case UserOperation::setRoles:
      return "roles";
    case UserOperation::endSessions:
      return "end_sessions";
    case UserOperation::remove:
      return "delete";
  }
  return "";
}

const char* modeName(DeletionMode mode) {
  return mode == DeletionMode::soft ? "soft" : mode == DeletionMode::anonymize ? "anonymize" : "hard";
}

/// What user_apply() reads of a wish.
json wishJson(const UserCommand& wish) {
  json change = json::object();
  const auto put = [&](const char* name, const std::optional<std::string>& value) {
    if (value) {
      change[name] = value->empty() ? json(nullptr) : json(*value);
    }
  };
  const auto putObject = [&](const char* name, const std::optional<std::string>& text) {
    if (text) {
      change[name] = json::parse(*text);
    }
  };
  switch (wish.operation) {
    case UserOperation::update:
      put("email", wish.email);
      put("username", wish.username);
      put("display_name", wish.displayName);
      put("locale", wish.locale);
      put("external_id", wish.externalId);
      putObject("metadata_public", wish.metadata);
      putObject("metadata_admin", wish.metadataAdmin);
      break;
    case UserOperation::suspend:
      change["reason"] = wish.reason;
      if (wish.until) {
        change["until"] = formatTime(*wish.until);
      }
      break;
    case UserOperation::setRoles:
      change["roles"] = wish.roles;
      break;
    case UserOperation::endSessions:
      if (wish.session) {
        change["session"] = wish.session->toString();
      }
      break;
    case UserOperation::remove:
      change["mode"] = modeName(wish.mode);
      break;
    case UserOperation::resetPassword:
      change["deliver"] = wish.byLink ? "link" : "email";
      break;
    case UserOperation::impersonate:
      change["reason"] = wish.reason;
      break;
    case UserOperation::unsuspend:
    case UserOperation::verifyEmail:
    case UserOperation::requirePasswordChange:
    case UserOperation::unlock:
    case UserOperation::resetFactors:
      break;
  }
  return change;
}

/// The same with what goes along.
json changeJson(const UserChange& change) {
  auto out = wishJson(change.wish);
  if (change.token) {
    out["token"] = {{"id", change.token->id.toString()},
                    {"hash", toHex(change.token->hash)},
                    {"expires", formatTime(change.token->expires)}};
  }
  if (change.undo) {
    out["undo"] = {{"id", change.undo->id.toString()},
                   {"hash", toHex(change.undo->hash)},
                   {"expires", formatTime(change.undo->expires)},
                   {"old", change.undo->oldEmail}};
  }
  if (change.mail) {
    out["mail"] = userAdministrationRows::mailJson(*change.mail);
  }
  if (change.session) {
    const auto orNull = [](const std::string& text) { return text.empty() ? json(nullptr) : json(text); };
    out["session"] = {{"id", change.session->id.toString()},
                      {"key", toHex(change.session->refreshKeySealed)},
                      {"expires", formatTime(change.session->absoluteExpiresAt)},
                      {"ip", orNull(change.session->ip)},
                      {"user_agent", orNull(change.session->userAgent)},
                      {"device_name", orNull(change.session->deviceName)},
                      {"device", toHex(change.session->deviceHash)}};
  }
  return out;
}

UserChangeOutcome readChangeOutcome(const SqlRow& row, int column) {
  return {userAdministrationRows::readRefusal(row.text(column)),
          userAdministrationRows::readIds(row, column + 1)};
}

/// What user_create() reads of an account.
json accountJson(const NewUser& user) {
  json account{
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
  return account;
}

}  // namespace

void PostgresUserAdministrationRepository::search(UserSearch query, Reply<UserPage> reply) {
  if (query.limit < 1 || query.limit > kMostListedUsers) {
    reply(fieldFault(ErrorCode::outOfRange, "limit", "limit must be 1 to 500"));
    return;
  }
  auto filters = filtersOf(query);
  const std::string list = std::string{"users|"} + sortName(query.sort) + "|" + filters.dump();
  const auto page = std::make_shared<UserPage>();
  if (query.count != UserCount::none) {
    // In the same pipeline before the page: its reply comes first.
    pipeline_.enqueue(
        userSql::kUserCount,
        std::move(SqlParameters().jsonb(filters.dump()).boolean(query.count == UserCount::exact)),
        decodeRows<Done>(
            userSql::kUserCount.name, [](const Result<Done>&) {},
            [page](const SqlRows& rows) {
              page->total = static_cast<std::uint64_t>(rows.row(0).int64(0));
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
  pipeline_.enqueue(
      userSql::kUserSearch, std::move(parameters),
      decodeRows<UserPage>(userSql::kUserSearch.name, std::move(reply),
                           [page, list, limit = query.limit, sort = query.sort](const SqlRows& rows) {
                             page->rows = readAll<AdminUser>(rows, readListedUser);
                             if (page->rows.size() > limit) {
                               page->rows.resize(limit);
                               page->nextCursor = writePageCursor(list, cursorAfter(page->rows.back(), sort));
                             }
                             return std::move(*page);
                           }));
}

void PostgresUserAdministrationRepository::find(UserKey key, Reply<std::optional<AdminUser>> reply) {
  SqlParameters parameters;
  parameters.optionalUuid(key.id).textOrNull(key.email).textOrNull(key.username).textOrNull(key.externalId);
  pipeline_.enqueue(userSql::kFindUser, std::move(parameters),
                    decodeRows<std::optional<AdminUser>>(
                        userSql::kFindUser.name, std::move(reply), [](const SqlRows& rows) {
                          return rows.empty() ? std::nullopt : std::optional{readUserDetails(rows.row(0))};
                        }));
}

void PostgresUserAdministrationRepository::change(UserChange change, Reply<UserChangeOutcome> reply) {
  SqlParameters parameters;
  parameters.optionalUuid(change.actor)
      .uuid(change.userId)
      .text(operationName(change.wish.operation))
      .jsonb(changeJson(change).dump());
  if (change.expectedVersion) {
    parameters.int4(*change.expectedVersion);
  } else {
    parameters.null(SqlType::int4);
  }
  parameters.time(change.now).jsonbOrNull(formatAuditJson(change.audit));
  pipeline_.enqueue(
      userSql::kChangeUser, std::move(parameters),
      decodeRows<UserChangeOutcome>(userSql::kChangeUser.name, std::move(reply),
                                    [](const SqlRows& rows) { return readChangeOutcome(rows.row(0), 0); }));
}

void PostgresUserAdministrationRepository::changeMany(UsersChange change, Reply<UsersChangeOutcome> reply) {
  std::sort(change.userIds.begin(), change.userIds.end());
  SqlParameters parameters;
  parameters.optionalUuid(change.actor)
      .uuidArray(change.userIds)
      .text(operationName(change.wish.operation))
      .jsonb(wishJson(change.wish).dump())
      .time(change.now)
      .jsonbOrNull(formatAuditJson(change.audit))
      .uuidArray(change.auditIds);
  pipeline_.enqueue(
      userSql::kChangeUsers, std::move(parameters),
      decodeRows<UsersChangeOutcome>(userSql::kChangeUsers.name, std::move(reply), [](const SqlRows& rows) {
        UsersChangeOutcome outcome;
        for (int i = 0; i < rows.size(); ++i) {
          outcome.users.emplace_back(rows.row(i).uuid(0), readChangeOutcome(rows.row(i), 1));
        }
        return outcome;
      }));
}

void PostgresUserAdministrationRepository::create(NewUser user, Reply<UserChangeOutcome> reply) {
  SqlParameters parameters;
  parameters.optionalUuid(user.actor)
      .jsonb(accountJson(user).dump())
      .textOrNull(user.passwordPhc)
      .byteaOrNull(user.tokenHash);
  if (user.tokenHash.empty()) {
    parameters.null(SqlType::uuid)
        .null(SqlType::timestamptz)
        .null(SqlType::uuid)
        .null(SqlType::text)
        .null(SqlType::text)
        .null(SqlType::bytea)
        .null(SqlType::bytea);
  } else {
    parameters.uuid(user.tokenId)
        .time(user.tokenExpires)
        .uuid(user.mail.id)
        .text(user.mail.mailTemplate)
        .text(user.mail.locale)
        .bytea(user.mail.recipientSealed)
        .bytea(user.mail.payloadSealed);
  }
  parameters.time(user.now).jsonbOrNull(formatAuditJson(user.audit));
  pipeline_.enqueue(
      userSql::kCreateUser, std::move(parameters),
      decodeRows<UserChangeOutcome>(userSql::kCreateUser.name, std::move(reply), [](const SqlRows& rows) {
        return UserChangeOutcome{userAdministrationRows::readRefusal(rows.row(0).text(0)), {}};
      }));
}

}  // namespace ks
