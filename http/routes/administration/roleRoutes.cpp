#include <algorithm>
#include <utility>

#include "http/routes/administration/roleSchemas.hpp"
#include "http/routes/administration/userRoutes.hpp"
#include "http/routing/actorBridge.hpp"

namespace ks {
namespace {

RouteSpec roleRoute(HttpMethod method, std::string path, std::string operationId, std::string summary,
                    std::string permission) {
  RouteSpec spec;
  spec.method = method;
  spec.path = "/api/admin" + std::move(path);
  spec.operationId = std::move(operationId);
  spec.summary = std::move(summary);
  spec.tag = "roles";
  spec.access = RouteAccess::needs(std::move(permission));
  return spec;
}

RouteSpec roleChange(HttpMethod method, std::string path, std::string operationId, std::string summary) {
  auto spec = roleRoute(method, std::move(path), std::move(operationId), std::move(summary), "roles:write");
  spec.access.recentOnly = true;
  return spec;
}

Result<RoleList> listRoles(const UserRoutesConfig& config, const RequestContext& context) {
  return askActor<RoleList>(config.system, config.users(), context, ListRoles{context});
}

HttpResponse changeRole(const UserRoutesConfig& config, const RequestContext& context, int status,
                        const Uuid& id, RoleWish wish) {
  auto changed =
      askActor<ChangedRole>(config.system, config.users(), context, ChangeRole{context, id, std::move(wish)});
  if (!changed) {
    return HttpResponse(changed.fault());
  }
  return changed.value().role ? HttpResponse::json(status, roleSchema(), *changed.value().role)
                              : HttpResponse::empty();
}

void addRoleReadRoutes(RouteTable& routes, const UserRoutesConfig& config) {
  routes.add(roleRoute(HttpMethod::get, "/roles", "listRoles", "All roles, the highest first", "roles:read"),
             noInput(), {output(200, "The roles", roleListSchema())},
             [config](const RequestCall<>& call) -> HttpResponse {
               auto list = listRoles(config, call.context);
               return list ? HttpResponse::json(200, roleListSchema(),
                                                RoleListOutput{std::move(list.value().roles)})
                           : HttpResponse(list.fault());
             });
  routes.add(roleRoute(HttpMethod::get, "/permissions", "listPermissions", "All permissions there are",
                       "roles:read"),
             noInput(), {output(200, "The permissions", permissionListSchema())},
             [config](const RequestCall<>& call) -> HttpResponse {
               auto list = listRoles(config, call.context);
               return list ? HttpResponse::json(200, permissionListSchema(),
                                                PermissionListOutput{std::move(list.value().permissions)})
                           : HttpResponse(list.fault());
             });
  auto one = roleRoute(HttpMethod::get, "/roles/{id}", "getRole", "One role", "roles:read");
  one.errors = {ErrorCode::roleNotFound};
  routes.add(std::move(one), pathInput(rolePathSchema()), {output(200, "The role", roleSchema())},
             [config](const RequestCall<NoInput, NoInput, RolePath>& call) -> HttpResponse {
               auto list = listRoles(config, call.context);
               if (!list) {
                 return HttpResponse(list.fault());
               }
               for (const auto& role : list.value().roles) {
                 if (role.id == call.path.id) {
                   return HttpResponse::json(200, roleSchema(), role);
                 }
               }
               return HttpResponse(ErrorCode::roleNotFound);
             });
}

void addRoleWriteRoutes(RouteTable& routes, const UserRoutesConfig& config) {
  auto create = roleChange(HttpMethod::post, "/roles", "createRole", "Make a role");
  create.errors = {ErrorCode::conflict, ErrorCode::rankTooLow, ErrorCode::invalidFormat};
  routes.add(std::move(create), bodyInput(newRoleSchema()), {output(201, "The role", roleSchema())},
             [config](const RequestCall<NewRoleInput>& call) -> HttpResponse {
               return changeRole(config, call.context, 201, Uuid{},
                                 {RoleOperation::create, call.body.name, call.body.description,
                                  call.body.rank, call.body.permissions});
             });

  const std::vector<ErrorCode> errors{ErrorCode::roleNotFound, ErrorCode::roleIsSystem, ErrorCode::rankTooLow,
                                      ErrorCode::conflict};
  auto change = roleChange(HttpMethod::patch, "/roles/{id}", "changeRole", "Change a role");
  change.errors = errors;
  routes.add(std::move(change), bodyInput(roleChangeSchema()).withPath(rolePathSchema()),
             {output(200, "The role", roleSchema())},
             [config](const RequestCall<RoleChangeInput, NoInput, RolePath>& call) -> HttpResponse {
               return changeRole(config, call.context, 200, call.path.id,
                                 {RoleOperation::update, call.body.name, call.body.description,
                                  call.body.rank, std::nullopt});
             });

  auto permissions = roleChange(HttpMethod::put, "/roles/{id}/permissions", "setRolePermissions",
                                "The permissions of a role");
  permissions.description =
      "Ends the sessions of the role's holders: a session carries its permissions with it.";
  permissions.errors = errors;
  permissions.errors.push_back(ErrorCode::invalidFormat);
  routes.add(std::move(permissions), bodyInput(rolePermissionsSchema()).withPath(rolePathSchema()),
             {output(200, "The role", roleSchema())},
             [config](const RequestCall<RolePermissionsInput, NoInput, RolePath>& call) -> HttpResponse {
               return changeRole(
                   config, call.context, 200, call.path.id,
                   {RoleOperation::update, std::nullopt, std::nullopt, std::nullopt, call.body.permissions});
             });

  auto remove = roleChange(HttpMethod::del, "/roles/{id}", "deleteRole", "Delete a role that nobody has");
  remove.errors = errors;
  remove.errors.push_back(ErrorCode::roleInUse);
  routes.add(std::move(remove), pathInput(rolePathSchema()), {noContent("Deleted")},
             [config](const RequestCall<NoInput, NoInput, RolePath>& call) -> HttpResponse {
               RoleWish wish;
               wish.operation = RoleOperation::remove;
               return changeRole(config, call.context, 204, call.path.id, std::move(wish));
             });
}

}  // namespace

void addRoleRoutes(RouteTable& routes, const UserRoutesConfig& config) {
  addRoleReadRoutes(routes, config);
  addRoleWriteRoutes(routes, config);
  auto statistics = roleRoute(HttpMethod::get, "/stats/overview", "userStatistics",
                              "How many accounts there are and how many sign in", "users:read");
  statistics.tag = "users";
  routes.add(std::move(statistics), queryInput(statisticsInputSchema()),
             {output(200, "The figures", userStatisticsSchema())},
             [config](const RequestCall<NoInput, StatisticsInput>& call) -> HttpResponse {
               const bool byDay = call.query.range == "30d";
               const std::chrono::seconds interval{byDay ? 86'400 : 3'600};
               const std::chrono::hours length{byDay ? 30 * 24 : call.query.range == "7d" ? 7 * 24 : 24};
               UserStatisticsQuery query;
               query.to = config.clock.now();
               query.from = TimePoint{std::chrono::floor<std::chrono::hours>(query.to - length)};
               query.intervalS = static_cast<std::uint32_t>(interval.count());
               auto figures = askActor<UserStatistics>(config.system, config.users(), call.context,
                                                       AskUserStatistics{call.context, query});
               return figures ? HttpResponse::json(200, userStatisticsSchema(), figures.value())
                              : HttpResponse(figures.fault());
             });
}

}  // namespace ks
