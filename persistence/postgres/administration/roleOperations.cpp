#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/logging/eventRows.hpp"
#include "persistence/postgres/administration/userAdministrationRows.hpp"
#include "persistence/postgres/monitoringCalls.hpp"

namespace ks {
namespace {

using nlohmann::json;

const SqlStatement kRoles{
    "users.roles",
    "SELECT r.id, r.name::text, r.description, r.is_system, r.rank, ARRAY(SELECT permission FROM "
    "role_permissions p WHERE p.role_id = r.id ORDER BY 1), (SELECT count(*) FROM (SELECT FROM "
    "user_roles g WHERE g.role_id = r.id LIMIT 10000) few) FROM roles r ORDER BY r.rank DESC, r.name",
    true};

const SqlStatement kPermissions{"users.permissions",
                                "SELECT name, description FROM permissions ORDER BY name", true};

RoleRecord readRole(const SqlRow& row) {
  return {row.uuid(0),
          std::string{row.text(1)},
          row.textOrEmpty(2),
          row.boolean(3),
          static_cast<std::int32_t>(row.int64(4)),
          row.textArray(5),
          row.count(6)};
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

}  // namespace

void runStatements(PostgresPipeline& pipeline, FindRoles, Reply<RoleList> reply) {
  const auto list = std::make_shared<RoleList>();
  // In the same pipeline before the roles: its reply comes first.
  pipeline.enqueue(kPermissions, {},
                   decodeRows<Done>(
                       kPermissions.name, [](const Result<Done>&) {},
                       [list](const SqlRows& rows) {
                         list->permissions = readAll<PermissionRecord>(rows, readPermission);
                         return Done{};
                       }));
  pipeline.enqueue(kRoles, {},
                   decodeRows<RoleList>(kRoles.name, std::move(reply), [list](const SqlRows& rows) {
                     list->roles = readAll<RoleRecord>(rows, readRole);
                     return std::move(*list);
                   }));
}

SqlCall<RoleChange> sqlCall(const RoleChange& change) {
  constexpr const char* kSql =
      "SELECT outcome, holders::text[], ended::text[] FROM "
      "role_administer($1, $1::uuid IS NULL, $2, $3, $4, $5, $6)";
  SqlParameters parameters;
  parameters.optionalUuid(change.actor)
      .text(roleOperationName(change.wish.operation))
      .uuid(change.roleId)
      .jsonb(roleJson(change.wish).dump())
      .time(change.now)
      .jsonbOrNull(formatAuditJson(change.audit));
  return {repeatable(kSql), std::move(parameters), [](const SqlRows& rows) {
            const auto row = rows.row(0);
            return RoleChangeOutcome{userAdministrationRows::readRefusal(row.text(0)),
                                     userAdministrationRows::readEnded(row, 1, 2)};
          }};
}

}  // namespace ks
