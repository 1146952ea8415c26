#include "http/routes/administration/roleSchemas.hpp"

#include "http/routes/account/accountFields.hpp"
#include "http/schema/networkRules.hpp"

namespace ks {
namespace {

bool isRoleName(std::string_view text) {
  for (const char c : text) {
    if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' && c != '-') {
      return false;
    }
  }
  return true;
}

FieldRules roleNameRules() {
  return rules().length(2, 64).accept(&isRoleName, "^[a-z0-9_-]+$").example("\"support\"");
}
FieldRules rankRules() { return rules().range(0, 999).describe("below one's own"); }
FieldRules permissionRules() {
  return rules().length(1, 64).items(0, 100).describe("a subset of the caller's permissions");
}

}  // namespace

ObjectSchema<AdminSession> schemaFor(Of<AdminSession> /*of*/) {
  return ObjectSchema<AdminSession>("AdminSession", "A live session of any account")
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
}

ObjectSchema<SearchSessions> schemaFor(Of<SearchSessions> /*of*/) {
  return pageFields(ObjectSchema<SearchSessions>("SessionSearch")
                        .field("user_id", &SearchSessions::userId)
                        .field("remote_ip", &SearchSessions::remoteIp, networkRules().optional()));
}

ObjectSchema<AskUserActivity> schemaFor(Of<AskUserActivity> /*of*/) {
  return pageFields(ObjectSchema<AskUserActivity>("UserActivityQuery"));
}

ObjectSchema<SessionPageQuery> schemaFor(Of<SessionPageQuery> /*of*/) {
  return pageFields(ObjectSchema<SessionPageQuery>("SessionPageQuery"));
}

ObjectSchema<SessionChoice> schemaFor(Of<SessionChoice> /*of*/) {
  return ObjectSchema<SessionChoice>("SessionChoice", "Sessions that match all filters; empty: all")
      .field("user_id", &SessionChoice::userId)
      .field("role", &SessionChoice::role, rules().optional().length(1, 64))
      .field("remote_ip", &SessionChoice::remoteIp, networkRules().optional())
      .field("created_before", &SessionChoice::createdBefore)
      .field("last_seen_before", &SessionChoice::lastSeenBefore);
}

ObjectSchema<EndSessions> schemaFor(Of<EndSessions> /*of*/) {
  return ObjectSchema<EndSessions>("RevokeSessions", "Which sessions end")
      .field("filter", &EndSessions::choice)
      .field("dry_run", &EndSessions::onlyCount,
             rules().optional().describe("true: nothing ends, only count"));
}

ObjectSchema<EndSessionsAnswer> schemaFor(Of<EndSessionsAnswer> /*of*/) {
  return ObjectSchema<EndSessionsAnswer>("RevokedChosenSessions",
                                         "How many sessions fitted and how many ended")
      .field("matched", &EndSessionsAnswer::chosen, rules().describe("at most 10000; repeat for more"))
      .field("revoked", &EndSessionsAnswer::ended);
}

ObjectSchema<RoleRecord> schemaFor(Of<RoleRecord> /*of*/) {
  return ObjectSchema<RoleRecord>("Role", "A role with its permissions")
      .field("id", &RoleRecord::id)
      .field("name", &RoleRecord::name)
      .field("description", &RoleRecord::description)
      .field("is_system", &RoleRecord::isSystem)
      .field("rank", &RoleRecord::rank)
      .field("permissions", &RoleRecord::permissions)
      .field("holders", &RoleRecord::holders,
             rules().describe("accounts with this role, counted up to 10000"));
}

ObjectSchema<PermissionRecord> schemaFor(Of<PermissionRecord> /*of*/) {
  return ObjectSchema<PermissionRecord>("Permission", "A permission")
      .field("name", &PermissionRecord::name)
      .field("description", &PermissionRecord::description);
}

ObjectSchema<NewRoleInput> schemaFor(Of<NewRoleInput> /*of*/) {
  return ObjectSchema<NewRoleInput>("NewRole", "A role that is made")
      .field("name", &NewRoleInput::name, roleNameRules())
      .field("description", &NewRoleInput::description, shownNameRules(0, 256).optional())
      .field("rank", &NewRoleInput::rank, rankRules())
      .field("permissions", &NewRoleInput::permissions, permissionRules().optional());
}

ObjectSchema<RoleChangeInput> schemaFor(Of<RoleChangeInput> /*of*/) {
  return ObjectSchema<RoleChangeInput>("RoleChange", "Absent or null fields are not changed")
      .field("name", &RoleChangeInput::name, roleNameRules())
      .field("description", &RoleChangeInput::description, shownNameRules(0, 256))
      .field("rank", &RoleChangeInput::rank, rankRules());
}

ObjectSchema<RolePermissionsInput> schemaFor(Of<RolePermissionsInput> /*of*/) {
  return ObjectSchema<RolePermissionsInput>("RolePermissions",
                                            "The permissions that the role has from now on")
      .field("permissions", &RolePermissionsInput::permissions, permissionRules());
}

ObjectSchema<StatisticsInput> schemaFor(Of<StatisticsInput> /*of*/) {
  return ObjectSchema<StatisticsInput>("StatisticsQuery")
      .field("range", &StatisticsInput::range,
             rules()
                 .optional()
                 .oneOf({"24h", "7d", "30d"})
                 .describe("back from now, by the hour; 30d by the day; default: 24h"));
}

ObjectSchema<SignInCounts> schemaFor(Of<SignInCounts> /*of*/) {
  return ObjectSchema<SignInCounts>("SignInCounts", "What happened in one interval")
      .field("at", &SignInCounts::at, rules().describe("start of the interval"))
      .field("sign_ins", &SignInCounts::signIns)
      .field("failures", &SignInCounts::failures)
      .field("registrations", &SignInCounts::registrations);
}

ObjectSchema<UserStatistics> schemaFor(Of<UserStatistics> /*of*/) {
  return ObjectSchema<UserStatistics>("UserStatistics", "Statistics of accounts and sign-ins")
      .field("total", &UserStatistics::total, rules().describe("without deleted ones"))
      .field("pending", &UserStatistics::pending)
      .field("active", &UserStatistics::active)
      .field("suspended", &UserStatistics::suspended)
      .field("deleted", &UserStatistics::deleted)
      .field("active_sessions", &UserStatistics::activeSessions)
      .field("signed_in_since", &UserStatistics::signedInSince,
             rules().describe("accounts whose last sign-in is within the range"))
      .field("intervals", &UserStatistics::intervals,
             rules().items(0, 1000).describe("intervals with events"));
}

}  // namespace ks
