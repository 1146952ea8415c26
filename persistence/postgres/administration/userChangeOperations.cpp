#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/bytes.hpp"
#include "core/logging/eventRows.hpp"
#include "core/text/timeText.hpp"
#include "persistence/postgres/administration/userAdministrationRows.hpp"
#include "persistence/postgres/monitoringCalls.hpp"

namespace ks {
namespace {

using nlohmann::json;

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

/// The input of user_apply().
json wishJson(const UserCommand& wish) {
  json change = json::object();
  const auto put = [&](const char* name, const std::optional<std::string>& value) {
    if (value) {
      change[name] = value->empty() ? json(nullptr) : json(*value);
    }
  };
  const auto putObject = [&](const char* name, const std::optional<JsonText>& object) {
    if (object) {
      change[name] = json::parse(object->text);
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

/// The input of user_create().
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

SqlCall<UserChange> sqlCall(const UserChange& change) {
  constexpr const char* kSql =
      "SELECT outcome, ended::text[] FROM user_administer($1, $1::uuid IS NULL, $2, $3, $4, $5, $6, $7)";
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
  return {repeatable(kSql), std::move(parameters),
          [](const SqlRows& rows) { return readChangeOutcome(rows.row(0), 0); }};
}

SqlCall<UsersChange> sqlCall(const UsersChange& change) {
  constexpr const char* kSql =
      "SELECT target, outcome, ended::text[] FROM user_administer_many($1, "
      "$1::uuid IS NULL, $2, $3, $4, $5, $6, $7)";
  auto userIds = change.userIds;
  std::sort(userIds.begin(), userIds.end());
  SqlParameters parameters;
  parameters.optionalUuid(change.actor)
      .uuidArray(userIds)
      .text(operationName(change.wish.operation))
      .jsonb(wishJson(change.wish).dump())
      .time(change.now)
      .jsonbOrNull(formatAuditJson(change.audit))
      .uuidArray(change.auditIds);
  return {repeatable(kSql), std::move(parameters), [](const SqlRows& rows) {
            UsersChangeOutcome outcome;
            for (const auto row : rows) {
              outcome.users.emplace_back(row.uuid(0), readChangeOutcome(row, 1));
            }
            return outcome;
          }};
}

SqlCall<NewUser> sqlCall(const NewUser& user) {
  constexpr const char* kSql =
      "SELECT user_create($1, $1::uuid IS NULL, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
  SqlParameters parameters;
  parameters.optionalUuid(user.actor)
      .jsonb(accountJson(user).dump())
      .textOrNull(user.passwordHash.reveal())
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
  return {repeatable(kSql), std::move(parameters), [](const SqlRows& rows) {
            return UserChangeOutcome{userAdministrationRows::readRefusal(rows.row(0).text(0)), {}};
          }};
}

}  // namespace ks
