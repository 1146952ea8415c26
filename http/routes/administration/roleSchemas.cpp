#include "http/routes/administration/roleSchemas.hpp"

#include "core/network/ipAddress.hpp"
#include "core/text/pageCursor.hpp"
#include "http/routes/account/accountFields.hpp"

namespace ks {
namespace {

bool isAddressOrNetwork(std::string_view text) { return IpNetwork::parse(text).has_value(); }

FieldRules networkRules() {
  return rules()
      .optional()
      .length(2, 49)
      .accept(&isAddressOrNetwork, "^[0-9A-Fa-f:.]+(/[0-9]{1,3})?$")
      .describe("an address or a network");
}

bool isRoleName(std::string_view text) {
  for (const char c : text) {
    if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' && c != '-') {
      return false;
    }
  }
  return true;
}

FieldRules roleNameRules() { return rules().length(2, 64).accept(&isRoleName, "^[a-z0-9_-]+$"); }
FieldRules rankRules() { return rules().range(0, 999).describe("below one's own"); }
FieldRules permissionRules() { return rules().length(1, 64).items(0, 100).describe("that one has oneself"); }

template <class T>
ObjectSchema<T>& sessionPageFields(ObjectSchema<T>& schema) {
  return schema.field("limit", &T::limit, rules().optional().range(1, 500))
      .field("cursor", &T::cursor,
             rules().optional().length(1, kPageCursorCharacters).describe("of the page before"));
}

}  // namespace

const ListSchema<AdminSession>& adminSessionListSchema() {
  static const auto row = ObjectSchema<AdminSession>("AdminSession")
                              .field("id", &AdminSession::id)
                              .field("user_id", &AdminSession::userId)
                              .field("email", &AdminSession::email, rules().orNull())
                              .field("created_at", &AdminSession::createdAt)
                              .field("last_seen_at", &AdminSession::lastSeenAt)
                              .field("expires_at", &AdminSession::expiresAt)
                              .field("ip", &AdminSession::ip, rules().orNull())
                              .field("user_agent", &AdminSession::userAgent, rules().orNull())
                              .field("device_name", &AdminSession::deviceName, rules().orNull())
                              .field("transport", &AdminSession::transport)
                              .field("aal", &AdminSession::assuranceLevel);
  static const ListSchema<AdminSession> schema("AdminSessionList", row);
  return schema;
}

const ObjectSchema<SessionSearch>& sessionSearchSchema() {
  static const auto schema = [] {
    auto fields = ObjectSchema<SessionSearch>("SessionSearch");
    fields.field("user_id", &SessionSearch::userId)
        .field("remote_ip", &SessionSearch::remoteIp, networkRules());
    return sessionPageFields(fields);
  }();
  return schema;
}

const ObjectSchema<SessionPageQuery>& sessionPageSchema() {
  static const auto schema = [] {
    auto fields = ObjectSchema<SessionPageQuery>("SessionPageQuery");
    return sessionPageFields(fields);
  }();
  return schema;
}

const ObjectSchema<RevokeChosenInput>& revokeChosenSchema() {
  static const auto filter =
      ObjectSchema<SessionChoice>("SessionChoice", "Sessions that fit all of it; empty: all")
          .field("user_id", &SessionChoice::userId)
          .field("role", &SessionChoice::role, rules().optional().length(1, 64))
          .field("remote_ip", &SessionChoice::remoteIp, networkRules())
          .field("created_before", &SessionChoice::createdBefore)
          .field("last_seen_before", &SessionChoice::lastSeenBefore);
  static const auto schema = ObjectSchema<RevokeChosenInput>("RevokeSessions")
                                 .field("filter", &RevokeChosenInput::filter, filter)
                                 .field("dry_run", &RevokeChosenInput::dryRun,
                                        rules().optional().describe("true: nothing ends, only count"));
  return schema;
}

const ObjectSchema<RevokeChosenOutput>& revokeChosenOutputSchema() {
  static const auto schema =
      ObjectSchema<RevokeChosenOutput>("RevokedChosenSessions")
          .field("matched", &RevokeChosenOutput::matched, rules().describe("at most 10000; then ask again"))
          .field("revoked", &RevokeChosenOutput::revoked);
  return schema;
}

const ObjectSchema<RoleRecord>& roleSchema() {
  static const auto schema = ObjectSchema<RoleRecord>("Role")
                                 .field("id", &RoleRecord::id)
                                 .field("name", &RoleRecord::name)
                                 .field("description", &RoleRecord::description)
                                 .field("is_system", &RoleRecord::isSystem)
                                 .field("rank", &RoleRecord::rank)
                                 .field("permissions", &RoleRecord::permissions)
                                 .field("holders", &RoleRecord::holders,
                                        rules().describe("accounts with this role, counted up to 10000"));
  return schema;
}

const ObjectSchema<RoleListOutput>& roleListSchema() {
  static const auto schema =
      ObjectSchema<RoleListOutput>("RoleList").field("data", &RoleListOutput::data, roleSchema());
  return schema;
}

const ObjectSchema<PermissionListOutput>& permissionListSchema() {
  static const auto permission = ObjectSchema<PermissionRecord>("Permission")
                                     .field("name", &PermissionRecord::name)
                                     .field("description", &PermissionRecord::description);
  static const auto schema = ObjectSchema<PermissionListOutput>("PermissionList")
                                 .field("data", &PermissionListOutput::data, permission);
  return schema;
}

const ObjectSchema<RolePath>& rolePathSchema() {
  static const auto schema = ObjectSchema<RolePath>("RolePath").field("id", &RolePath::id);
  return schema;
}

const ObjectSchema<NewRoleInput>& newRoleSchema() {
  static const auto schema =
      ObjectSchema<NewRoleInput>("NewRole")
          .field("name", &NewRoleInput::name, roleNameRules())
          .field("description", &NewRoleInput::description, shownNameRules(0, 256).optional())
          .field("rank", &NewRoleInput::rank, rankRules())
          .field("permissions", &NewRoleInput::permissions, permissionRules().optional());
  return schema;
}

const ObjectSchema<RoleChangeInput>& roleChangeSchema() {
  static const auto schema =
      ObjectSchema<RoleChangeInput>("RoleChange", "What is absent or null stays as it is")
          .field("name", &RoleChangeInput::name, roleNameRules())
          .field("description", &RoleChangeInput::description, shownNameRules(0, 256))
          .field("rank", &RoleChangeInput::rank, rankRules());
  return schema;
}

const ObjectSchema<RolePermissionsInput>& rolePermissionsSchema() {
  static const auto schema = ObjectSchema<RolePermissionsInput>("RolePermissions")
                                 .field("permissions", &RolePermissionsInput::permissions, permissionRules());
  return schema;
}

const ObjectSchema<StatisticsInput>& statisticsInputSchema() {
  static const auto schema =
      ObjectSchema<StatisticsInput>("StatisticsQuery")
          .field("range", &StatisticsInput::range,
                 rules()
                     .optional()
                     .oneOf({"24h", "7d", "30d"})
                     .describe("back from now, by the hour; 30d by the day; 24h when absent"));
  return schema;
}

const ObjectSchema<UserStatistics>& userStatisticsSchema() {
  static const auto interval = ObjectSchema<SignInCounts>("SignInCounts")
                                   .field("at", &SignInCounts::at, rules().describe("start of the interval"))
                                   .field("sign_ins", &SignInCounts::signIns)
                                   .field("failures", &SignInCounts::failures)
                                   .field("registrations", &SignInCounts::registrations);
  static const auto schema =
      ObjectSchema<UserStatistics>("UserStatistics")
          .field("total", &UserStatistics::total, rules().describe("without deleted ones"))
          .field("pending", &UserStatistics::pending)
          .field("active", &UserStatistics::active)
          .field("suspended", &UserStatistics::suspended)
          .field("deleted", &UserStatistics::deleted)
          .field("active_sessions", &UserStatistics::activeSessions)
          .field("signed_in_since", &UserStatistics::signedInSince,
                 rules().describe("accounts whose last sign-in is within the range"))
          .field("intervals", &UserStatistics::intervals, interval,
                 rules().items(0, 1000).describe("those in which something happened"));
  return schema;
}

}  // namespace ks
