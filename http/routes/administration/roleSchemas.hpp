#pragma once
#include <optional>
#include <string>
#include <vector>

#include "http/routing/listSchema.hpp"
#include "http/schema/objectSchema.hpp"
#include "messages/administration/userAdministration.hpp"

// Inputs and outputs of roles, sessions and statistics of the user administration.
namespace ks {

const ListSchema<AdminSession>& adminSessionListSchema();
const ObjectSchema<SessionSearch>& sessionSearchSchema();

struct SessionPageQuery {
  std::uint32_t limit = 50;
  std::string cursor;
};
const ObjectSchema<SessionPageQuery>& sessionPageSchema();

struct RevokeChosenInput {
  SessionChoice filter;
  bool dryRun = false;
};
const ObjectSchema<RevokeChosenInput>& revokeChosenSchema();
struct RevokeChosenOutput {
  std::uint64_t matched = 0;
  std::uint64_t revoked = 0;
};
const ObjectSchema<RevokeChosenOutput>& revokeChosenOutputSchema();

const ObjectSchema<RoleRecord>& roleSchema();
struct RoleListOutput {
  std::vector<RoleRecord> data;
};
const ObjectSchema<RoleListOutput>& roleListSchema();
struct PermissionListOutput {
  std::vector<PermissionRecord> data;
};
const ObjectSchema<PermissionListOutput>& permissionListSchema();

struct RolePath {
  Uuid id;
};
const ObjectSchema<RolePath>& rolePathSchema();
struct NewRoleInput {
  std::string name;
  std::string description;
  std::int32_t rank = 0;
  std::vector<std::string> permissions;
};
const ObjectSchema<NewRoleInput>& newRoleSchema();
struct RoleChangeInput {
  std::optional<std::string> name;
  std::optional<std::string> description;
  std::optional<std::int32_t> rank;
};
const ObjectSchema<RoleChangeInput>& roleChangeSchema();
struct RolePermissionsInput {
  std::vector<std::string> permissions;
};
const ObjectSchema<RolePermissionsInput>& rolePermissionsSchema();

struct StatisticsInput {
  std::string range;
};
const ObjectSchema<StatisticsInput>& statisticsInputSchema();
const ObjectSchema<UserStatistics>& userStatisticsSchema();

}  // namespace ks
