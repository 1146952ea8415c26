#pragma once
#include <string>
#include <vector>

#include "http/routing/listAnswer.hpp"
#include "http/schema/objectSchema.hpp"
#include "messages/administration/userAdministrationMessages.hpp"

// Inputs and outputs of roles, sessions and statistics of the user administration.
namespace ks {

ObjectSchema<SearchSessions> schemaFor(Of<SearchSessions> of);
ObjectSchema<AskUserActivity> schemaFor(Of<AskUserActivity> of);

struct SessionPageQuery : PageQuery {};
ObjectSchema<SessionPageQuery> schemaFor(Of<SessionPageQuery> of);

ObjectSchema<EndSessions> schemaFor(Of<EndSessions> of);
ObjectSchema<EndSessionsAnswer> schemaFor(Of<EndSessionsAnswer> of);

ObjectSchema<AdminSession> schemaFor(Of<AdminSession> of);
ObjectSchema<PermissionRecord> schemaFor(Of<PermissionRecord> of);
ObjectSchema<RoleRecord> schemaFor(Of<RoleRecord> of);

struct NewRoleInput {
  std::string name;
  std::string description;
  std::int32_t rank = 0;
  std::vector<std::string> permissions;
};
ObjectSchema<NewRoleInput> schemaFor(Of<NewRoleInput> of);
struct RoleChangeInput : RoleWish {};
ObjectSchema<RoleChangeInput> schemaFor(Of<RoleChangeInput> of);
struct RolePermissionsInput {
  std::vector<std::string> permissions;
};
ObjectSchema<RolePermissionsInput> schemaFor(Of<RolePermissionsInput> of);

struct StatisticsInput {
  std::string range;
};
ObjectSchema<StatisticsInput> schemaFor(Of<StatisticsInput> of);
ObjectSchema<UserStatistics> schemaFor(Of<UserStatistics> of);

}  // namespace ks
