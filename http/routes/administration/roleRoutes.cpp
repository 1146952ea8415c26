#include <algorithm>
#include <utility>

#include "http/routes/administration/roleSchemas.hpp"
#include "http/routes/administration/userRoutes.hpp"

namespace ks {
namespace {

RouteSpec roleRoute(HttpMethod method, std::string path, std::string operationId, std::string summary,
                    std::string permission = "roles:read", std::vector<ErrorCode> errors = {}) {
  return adminRoute(method, std::move(path), std::move(operationId), std::move(summary), "roles",
                    RouteAccess::needs(std::move(permission)), std::move(errors));
}

RouteSpec roleChange(HttpMethod method, std::string path, std::string operationId, std::string summary,
                     std::vector<ErrorCode> errors) {
  auto spec = roleRoute(method, std::move(path), std::move(operationId), std::move(summary), "roles:write",
                        std::move(errors));
  spec.access.recentOnly = true;
  return spec;
}

/// The errors of everything that is done to one role.
std::vector<ErrorCode> changeErrors(std::initializer_list<ErrorCode> more = {}) {
  std::vector<ErrorCode> errors{ErrorCode::roleNotFound, ErrorCode::roleIsSystem, ErrorCode::rankTooLow,
                                ErrorCode::conflict};
  errors.insert(errors.end(), more);
  return errors;
}

template <class Call>
RoleRecord changeRole(const UserRoutesConfig& config, const Call& call, const Uuid& id, RoleWish wish) {
  return foundOr(call.ask(config.users(), ChangeRole{call.context, id, std::move(wish)}).role,
                 ErrorCode::roleNotFound);
}

void addRoleReadRoutes(RouteTable& routes, const UserRoutesConfig& config) {
  routes.add(roleRoute(HttpMethod::get, "/roles", "listRoles", "All roles, the highest first"),
             ok("The roles"), [config](const RequestCall<>& call) {
               return wholeList(call.ask(config.users(), ListRoles{call.context}).roles);
             });
  routes.add(roleRoute(HttpMethod::get, "/permissions", "listPermissions", "All permissions there are"),
             ok("The permissions"), [config](const RequestCall<>& call) {
               return wholeList(call.ask(config.users(), ListRoles{call.context}).permissions);
             });
  routes.add(roleRoute(HttpMethod::get, "/roles/{id}", "getRole", "One role", "roles:read",
                       {ErrorCode::roleNotFound}),
             ok("The role"), [config](const IdCall<>& call) -> RoleRecord {
               for (auto& role : call.ask(config.users(), ListRoles{call.context}).roles) {
                 if (role.id == call.path.id) {
                   return std::move(role);
                 }
               }
               throw FaultAnswer{makeFault(ErrorCode::roleNotFound)};
             });
}

void addRoleWriteRoutes(RouteTable& routes, const UserRoutesConfig& config) {
  routes.add(roleChange(HttpMethod::post, "/roles", "createRole", "Create a role",
                        {ErrorCode::conflict, ErrorCode::rankTooLow, ErrorCode::invalidFormat}),
             created("The role"), [config](const RequestCall<NewRoleInput>& call) {
               const auto& in = call.body;
               return changeRole(config, call, Uuid{},
                                 {RoleOperation::create, in.name, in.description, in.rank, in.permissions});
             });

  routes.add(roleChange(HttpMethod::patch, "/roles/{id}", "changeRole", "Change a role", changeErrors()),
             ok("The role"), [config](const IdCall<RoleChangeInput>& call) {
               return changeRole(config, call, call.path.id, call.body);
             });

  routes.add(
      described(roleChange(HttpMethod::put, "/roles/{id}/permissions", "setRolePermissions",
                           "The permissions of a role", changeErrors({ErrorCode::invalidFormat})),
                "Ends the sessions of the role's holders, because a session contains its permissions."),
      ok("The role"), [config](const IdCall<RolePermissionsInput>& call) {
        return changeRole(config, call, call.path.id, {.permissions = call.body.permissions});
      });

  routes.add(roleChange(HttpMethod::del, "/roles/{id}", "deleteRole", "Delete a role without holders",
                        changeErrors({ErrorCode::roleInUse})),
             noContent("Deleted"), [config](const IdCall<>& call) {
               call.ask(config.users(),
                        ChangeRole{call.context, call.path.id, {.operation = RoleOperation::remove}});
               return Done{};
             });
}

}  // namespace

void addRoleRoutes(RouteTable& routes, const UserRoutesConfig& config) {
  addRoleReadRoutes(routes, config);
  addRoleWriteRoutes(routes, config);
  auto statistics = roleRoute(HttpMethod::get, "/stats/overview", "userStatistics",
                              "Statistics of accounts and sign-ins", "users:read");
  statistics.tag = "users";
  routes.add(std::move(statistics), ok("The figures"), [config](const QueryCall<StatisticsInput>& call) {
    const bool byDay = call.query.range == "30d";
    const std::chrono::seconds interval{byDay ? 86'400 : 3'600};
    const std::chrono::hours length{byDay ? 30 * 24 : call.query.range == "7d" ? 7 * 24 : 24};
    UserStatisticsQuery query;
    query.to = config.clock.now();
    query.from = TimePoint{std::chrono::floor<std::chrono::hours>(query.to - length)};
    query.intervalS = static_cast<std::uint32_t>(interval.count());
    return call.ask(config.users(), AskUserStatistics{call.context, query});
  });
}

}  // namespace ks
